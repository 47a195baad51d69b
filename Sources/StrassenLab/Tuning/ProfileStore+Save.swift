// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

extension ProfileStore {
    /// What ``save(_:precisions:in:)`` did.
    public struct Saved {
        public let url: URL
        /// Rows of earlier tunings for which the profile has no room any more.
        public let dropped: [Tuning]
    }

    /// Merges what was measured into the machine's profile in a folder: rows of the same precision and number of threads
    /// are replaced, others stay while there is room (``Profile/maximumTunings``). Writers take turns by a lock on the folder; readers see the old file or the new one.
    ///
    /// - Parameters:
    ///   - measured: With ``Profile/machine`` and ``Profile/library`` set.
    ///   - precisions: Whose block sizes were measured; those of others keep what the file says.
    /// - Throws: ``FileSystemError`` when the folder cannot be made or written.
    @discardableResult
    public static func save(_ measured: Profile, precisions: [Precision] = Precision.allCases, in folder: URL) throws
        -> Saved
    {
        try OutputFolder.create(folder.path)
        let fingerprint = Fingerprint(machine: measured.machine, library: measured.library)
        let url = folder.appendingPathComponent(fingerprint.fileName + ".profile")
        return try FileLock.hold(folder.appendingPathComponent(".lock")) {
            removeLeftovers(of: url)
            let known = (try? Profile(contentsOf: url)).flatMap { fingerprint.mismatch($0) == nil ? $0 : nil }
            let (merged, dropped) = known.map { merge($0, measured, precisions) } ?? (measured, [])
            try AtomicFile.write(Array(try merged.text.utf8), to: url.path)
            return Saved(url: url, dropped: dropped)
        }
    }

    private static func merge(
        _ known: Profile, _ measured: Profile, _ precisions: [Precision]
    ) -> (merged: Profile, dropped: [Tuning]) {
        var merged = measured
        for precision in Precision.allCases where !precisions.contains(precision) {
            merged.setBlocking(known.blocking(precision), precision)
        }
        let older = known.tunings.filter { old in !measured.tunings.contains { $0.isAbout(old) } }
        let dropped = rowsToDrop(older, beside: measured.tunings)
        merged.tunings = (older.filter { !dropped.contains($0) } + measured.tunings).sorted { $0.precedes($1) }
        return (merged, dropped)
    }

    /// The older rows that make room for the measured ones: one after the other whose neighbours, with which the planner
    /// works in its place, are nearest.
    private static func rowsToDrop(_ older: [Tuning], beside measured: [Tuning]) -> [Tuning] {
        var (kept, dropped) = (older, [Tuning]())
        while kept.count + measured.count > Profile.maximumTunings {
            let holes = kept.map { $0.hole(in: kept + measured) }
            guard let index = holes.indices.min(by: { holes[$0] < holes[$1] }) else { break }
            dropped.append(kept.remove(at: index))
        }
        return dropped
    }

    /// Temporaries of writers that were killed; while we hold the lock nobody is writing.
    private static func removeLeftovers(of url: URL) {
        let folder = url.deletingLastPathComponent()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        where name.hasPrefix(url.lastPathComponent + ".") && name.hasSuffix(".tmp") {
            unlink(folder.appendingPathComponent(name).path)
        }
    }
}

extension Tuning {
    func isAbout(_ other: Tuning) -> Bool { precision == other.precision && threads == other.threads }

    /// How far apart the rows on both sides of this one are, as a ratio of threads; infinite for the first and the last.
    fileprivate func hole(in rows: [Tuning]) -> Double {
        let counts = rows.filter { $0.precision == precision }.map(\.threads)
        guard let below = counts.filter({ $0 < threads }).max(), let above = counts.filter({ $0 > threads }).min()
        else {
            return .infinity
        }
        return Double(above) / Double(below)
    }

    fileprivate func precedes(_ other: Tuning) -> Bool {
        precision == other.precision ? threads < other.threads : precision.rawValue < other.precision.rawValue
    }
}
