// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

@Suite struct ProfileStoreTests {
    static let fingerprint = Fingerprint(machine: "Test CPU; 32768 524288 8388608; avx2", library: "9.9.9")

    static func profile(_ fingerprint: Fingerprint = fingerprint, threads: [Int] = [1], cutoff: Int = 500) -> Profile {
        var profile = Profile(l1d: 32 << 10, l2: 512 << 10, l3: 8 << 20)
        (profile.machine, profile.library) = (fingerprint.machine, fingerprint.library)
        let row = profile.tunings[0]
        profile.tunings = threads.map {
            Tuning(precision: .float64, threads: $0, costs: row.costs, cutoff: cutoff, explicitCutoff: 2 * cutoff)
        }
        return profile
    }

    @Test func userFolderComesBeforeShippedOnes() throws {
        let system = try CapturedSystem([:])
        let (user, shipped) = (
            system.root.appendingPathComponent("user"), system.root.appendingPathComponent("shipped")
        )
        let store = ProfileStore(user: user, shipped: [shipped])
        #expect(store.find(Self.fingerprint).found == nil)
        try ProfileStore.save(Self.profile(cutoff: 700), in: shipped)
        #expect(store.find(Self.fingerprint).found?.profile.tunings.first?.cutoff == 700)
        try ProfileStore.save(Self.profile(cutoff: 800), in: user)
        #expect(store.find(Self.fingerprint).found?.profile.tunings.first?.cutoff == 800)
    }

    @Test func cacheFolderFollowsTheSpecification() {
        #expect(ProfileStore.cacheFolder(["XDG_CACHE_HOME": "/x", "HOME": "/h"])?.path == "/x/strassen")
        #expect(ProfileStore.cacheFolder(["XDG_CACHE_HOME": "relative", "HOME": "/h"])?.path == "/h/.cache/strassen")
        #expect(ProfileStore.cacheFolder([:]) == nil)
    }

    @Test func foreignProfilesAreIgnoredWithOneWarning() throws {
        let system = try CapturedSystem([:])
        let other = Fingerprint(machine: "Other CPU; 1 2 3; avx2", library: "9.9.9")
        let older = Fingerprint(machine: Self.fingerprint.machine, library: "0.0.1")
        try ProfileStore.save(Self.profile(other), in: system.root)
        try ProfileStore.save(Self.profile(older), in: system.root)
        let (found, warning) = ProfileStore(user: system.root, shipped: []).find(Self.fingerprint)
        #expect(found == nil)
        #expect(warning?.contains("ignored") == true)
        #expect(warning?.split(separator: "\n").count == 1)
        // Where profiles of many machines are shipped, foreign ones are no surprise.
        let shipped = ProfileStore(user: nil, shipped: [system.root]).find(Self.fingerprint)
        #expect(shipped.found == nil && shipped.warning == nil)
    }

    @Test func damagedProfilesAreIgnoredWithTheLine() throws {
        let system = try CapturedSystem([
            "a.profile": "strassen-profile 1\nmachine x\nnonsense here\n", "b.profile": "\u{0}\u{1}",
        ])
        let (found, warning) = ProfileStore(user: system.root, shipped: []).find(Self.fingerprint)
        #expect(found == nil)
        #expect(warning?.contains("line 3") == true)
    }

    @Test func textRoundTrips() throws {
        var profile = Self.profile(threads: [1, 2, 4])
        profile.created = "2026-01-02T03:04:05Z"
        profile.setBlocking(Blocking(kernel: "f64_8x6_avx2", mc: 96, kc: 256, nc: 3072), .float64)
        let read = try Profile(text: profile.text)
        #expect(read.tunings == profile.tunings)
        #expect(read.blocking(.float64) == profile.blocking(.float64))
        #expect((read.machine, read.library, read.created) == (profile.machine, profile.library, profile.created))
    }

    @Test func mergingKeepsOtherRows() throws {
        let system = try CapturedSystem([:])
        try ProfileStore.save(Self.profile(threads: [1, 2], cutoff: 500), in: system.root)
        let url = try ProfileStore.save(Self.profile(threads: [2, 4], cutoff: 900), in: system.root).url
        let rows = try Profile(contentsOf: url).tunings
        #expect(rows.map(\.threads) == [1, 2, 4])
        #expect(rows.map(\.cutoff) == [500, 900, 900])
    }

    /// Where there is no room for all, what was just measured stays, and it is said what went.
    @Test func olderRowsGiveWayToMeasuredOnes() throws {
        let system = try CapturedSystem([:])
        let counts = [1, 2, 4, 6, 8, 12, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128]
        #expect(try ProfileStore.save(Self.profile(threads: counts), in: system.root).dropped.isEmpty)
        let measured = Self.profile(threads: [1, 256], cutoff: 900)
        let saved = try ProfileStore.save(measured, in: system.root)
        let rows = try Profile(contentsOf: saved.url).tunings
        #expect(saved.dropped.map(\.threads) == [112])  // 128 / 96 is the smallest hole
        #expect(rows.map(\.threads) == (counts + [256]).filter { $0 != 112 })
        #expect(rows.filter { $0.cutoff == 900 }.map(\.threads) == [1, 256])
    }

    @Test func sixteenConcurrentWritersLoseNothing() throws {
        let system = try CapturedSystem([:])
        let folder = system.root
        _ = try onThreads(16) { index in
            for round in 1...4 {
                try ProfileStore.save(Self.profile(threads: [index + 1], cutoff: 100 * round), in: folder)
            }
        }
        let rows = try #require(ProfileStore(user: folder, shipped: []).find(Self.fingerprint).found).profile.tunings
        #expect(rows.map(\.threads) == Array(1...16))
        #expect(rows.allSatisfy { $0.cutoff == 400 })
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left.filter { $0.hasSuffix(".tmp") }.isEmpty)
    }

    @Test func temporariesOfKilledWritersAreRemoved() throws {
        let system = try CapturedSystem([
            "\(Self.fingerprint.fileName).profile.77-abc.tmp": "half a prof", "other.tmp": "keep",
        ])
        try ProfileStore.save(Self.profile(), in: system.root)
        let left = try FileManager.default.contentsOfDirectory(atPath: system.root.path).filter { $0.hasSuffix(".tmp") }
        #expect(left == ["other.tmp"])
    }

    @Test func unwritableFolderSaysSo() throws {
        let system = try CapturedSystem(["file": "x"])
        #expect(throws: FileSystemError.self) {
            try ProfileStore.save(Self.profile(), in: system.root.appendingPathComponent("file/below"))
        }
    }
}
