// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// A file system of captured `/proc` and `/sys` files in a temporary folder.
struct CapturedSystem: ~Copyable {
    let root: URL

    init(_ files: [String: String]) throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("strassen-\(UUID().uuidString)")
        for (path, text) in files {
            let url = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: false, encoding: .utf8)
        }
    }

    deinit { try? FileManager.default.removeItem(at: root) }
}

@Suite struct AllowanceTests {
    @Test func versionTwoQuotaOfAParentGroupCounts() throws {
        let system = try CapturedSystem([
            "proc/self/status": "Name:\tx\nCpus_allowed:\tff\n",
            "proc/self/cgroup": "0::/a/b\n",
            "proc/meminfo": "MemTotal: 100 kB\nMemAvailable:   2048 kB\n",
            "sys/fs/cgroup/a/cpu.max": "250000 100000\n",
            "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
            "sys/fs/cgroup/a/b/memory.max": "1048576\n",
        ])
        let allowance = Allowance(root: system.root)
        #expect(allowance.processors == 8)
        #expect(allowance.quota == 2.5)
        #expect(allowance.threads == 2)
        #expect(allowance.availableBytes == 2 << 20)
        #expect(allowance.memoryLimitBytes == 1 << 20)
    }

    /// What a group uses is gone, but for files that it would give up.
    @Test(arguments: [
        ("0::/a\n", "a", "memory.max", "memory.current", "inactive_file"),
        ("4:memory:/a\n", "memory/a", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ]) func memoryInUseIsNotLeft(group: String, folder: String, limit: String, used: String, files: String) throws {
        let system = try CapturedSystem([
            "proc/self/cgroup": group, "sys/fs/cgroup/\(folder)/\(limit)": "1000\n",
            "sys/fs/cgroup/\(folder)/\(used)": "700\n",
            "sys/fs/cgroup/\(folder)/memory.stat": "anon 5\n\(files) 200\n",
        ])
        #expect(Allowance(root: system.root).memoryLimitBytes == 500)
    }

    @Test func versionOneQuotaAndNoMemoryLimit() throws {
        let system = try CapturedSystem([
            "proc/self/status": "Cpus_allowed:\tffffffff,ffffffff\n",
            "proc/self/cgroup": "5:cpu,cpuacct:/g\n4:memory:/g\n",
            "sys/fs/cgroup/cpu/g/cpu.cfs_quota_us": "50000\n",
            "sys/fs/cgroup/cpu/g/cpu.cfs_period_us": "100000\n",
            "sys/fs/cgroup/memory/g/memory.limit_in_bytes": "9223372036854771712\n",
        ])
        let allowance = Allowance(root: system.root)
        #expect(allowance.processors == 64)
        #expect(allowance.quota == 0.5)
        #expect(allowance.threads == 1)
        #expect(allowance.memoryLimitBytes == nil)
    }

    @Test func damagedFilesAreNoLimits() throws {
        let system = try CapturedSystem([
            "proc/self/status": "Cpus_allowed:\tzz\n", "proc/self/cgroup": "nonsense\n0::/../../etc\n",
            "proc/meminfo": "MemAvailable: 99999999999999999999 kB\n", "sys/fs/cgroup/etc/cpu.max": "-1 0\n",
        ])
        let allowance = Allowance(root: system.root)
        #expect(allowance.processors >= 1)
        #expect(allowance.quota == nil)
        #expect(allowance.availableBytes == nil)
    }

    @Test func clockFromCapturedFiles() throws {
        let system = try CapturedSystem(["proc/cpuinfo": "processor : 0\ncpu MHz\t\t: 2445.1\n"])
        let clock = ProcessorClock(root: system.root, measuring: false)
        #expect(clock.stated == 2.4451)
        #expect(clock.source == "/proc/cpuinfo")
        #expect(clock.measured == nil)
    }

    @Test func bandwidthBuffersFitOneLevelEach() throws {
        let zen = try fixtureTopology("zen3_vm.xml")
        let one = BandwidthMeter.targets(zen, threads: 1, memory: 8 << 30)
        #expect(one.map(\.level) == ["L1d", "L2", "L3", "memory"])
        #expect(one.map(\.bytes) == [16 << 10, 256 << 10, 16 << 20, 128 << 20])
        let two = BandwidthMeter.targets(zen, threads: 2, memory: 64 << 20)
        #expect(two.map(\.bytes) == [16 << 10, 256 << 10, 8 << 20, 8 << 20])
    }
}
