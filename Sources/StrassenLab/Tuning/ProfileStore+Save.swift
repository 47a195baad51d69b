// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

extension ProfileStore {
    /// Merges what was measured into the machine's profile in a folder: rows of the same precision and number of threads
    /// are replaced, others stay. Writers take turns by a lock on the folder; readers see the old file or the new one.
    ///
    /// - Parameters:
    ///   - measured: With ``Profile/machine`` and ``Profile/library`` set.
    ///   - precisions: Whose block sizes were measured; those of others keep what the file says.
    /// - Returns: The file.
    /// - Throws: ``FileSystemError`` when the folder cannot be made or written.
    @discardableResult
    public static func save(_ measured: Profile, precisions: [Precision] = Precision.allCases, in folder: URL) throws
        -> URL
    {
        try OutputFolder.create(folder.path)
        let fingerprint = Fingerprint(machine: measured.machine, library: measured.library)
        let url = folder.appendingPathComponent(fingerprint.fileName + ".profile")
        try FileLock.hold(folder.appendingPathComponent(".lock")) {
            removeLeftovers(of: url)
            let known = try? Profile(contentsOf: url)
            let merged =
                known.map { fingerprint.mismatch($0) == nil ? merge($0, measured, precisions) : measured } ?? measured
            try AtomicFile.write(Array(try merged.text.utf8), to: url.path)
        }
        return url
    }

    static func merge(_ known: Profile, _ measured: Profile, _ precisions: [Precision]) -> Profile {
        var merged = measured
        for precision in Precision.allCases where !precisions.contains(precision) {
            merged.setBlocking(known.blocking(precision), precision)
        }
        let kept = known.tunings.filter { old in !measured.tunings.contains { $0.isAbout(old) } }
        merged.tunings = (kept + measured.tunings).sorted { $0.precedes($1) }
        return merged
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
    fileprivate func precedes(_ other: Tuning) -> Bool {
        precision == other.precision ? threads < other.threads : precision.rawValue < other.precision.rawValue
    }
}
