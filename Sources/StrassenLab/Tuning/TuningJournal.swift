// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// The evidence of a tuning: CSV, a line a contender, appended as races end, so that a tuning can be interrupted and
/// gone on with. Its first line says for what it was measured; under other conditions it is not used.
final class TuningJournal {
    private let url: URL
    private let title: String
    private(set) var records: [TuningRecord] = []

    /// Largest journal that is read: hundreds of times what a tuning writes.
    private static let maximumBytes = 1 << 24

    /// - Parameters:
    ///   - conditions: Machine, library and settings; a journal of others is started anew.
    ///   - fresh: Start anew in any case.
    /// - Throws: ``FileSystemError`` when the file cannot be written.
    init(_ url: URL, conditions: String, fresh: Bool) throws {
        (self.url, title) = (url, "# \(conditions)")
        if !fresh { records = Self.read(url, title) }
        try rewrite()
    }

    /// What a journal of these conditions holds. Lines that are no records, such as a torn last one, are left out.
    private static func read(_ url: URL, _ title: String) -> [TuningRecord] {
        guard let bytes = try? Data(contentsOf: url, options: .alwaysMapped), bytes.count <= maximumBytes else {
            return []
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first.map(String.init) == title else { return [] }
        // Behind the last line end there is nothing, or a torn line.
        return lines.dropFirst().dropLast().compactMap {
            TuningRecord(cells: $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        }
    }

    /// What was measured in a race, if all of its contenders are known.
    func race(
        _ phase: TuningRecord.Phase, _ problem: TuningProblem, _ contenders: [(plan: String, blocking: Blocking)]
    ) -> [TuningRecord]? {
        let known = contenders.compactMap { wanted in
            records.first {
                $0.phase == phase && $0.problem == problem && $0.plan == wanted.plan && $0.blocking == wanted.blocking
            }
        }
        return known.count == contenders.count ? known : nil
    }

    /// Adds the records of a race. What a torn race has left of it goes: its times were taken under other conditions.
    func append(_ race: [TuningRecord]) throws {
        let kept = records.filter { old in !race.contains { $0.isAbout(old) } }
        guard kept.count == records.count, let handle = try? FileHandle(forWritingTo: url) else {
            records = kept + race
            return try rewrite()
        }
        records += race
        defer { try? handle.close() }
        do {
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(race.map(\.line).joined().utf8))
        } catch {
            throw FileSystemError(operation: .write, path: url.path, reason: error.localizedDescription)
        }
    }

    private func rewrite() throws {
        let text = "\(title)\n\(TuningRecord.columns.joined(separator: ","))\n" + records.map(\.line).joined()
        try AtomicFile.write(Array(text.utf8), to: url.path)
    }

    /// Gives the finished evidence its name.
    func finish(as final: URL) throws {
        guard rename(url.path, final.path) == 0 else {
            throw FileSystemError(operation: .write, path: final.path, reason: String(cString: strerror(errno)))
        }
    }
}

extension TuningRecord {
    fileprivate var line: String { cells.joined(separator: ",") + "\n" }

    /// Whether both are times of the same contender.
    fileprivate func isAbout(_ other: TuningRecord) -> Bool {
        phase == other.phase && problem == other.problem && plan == other.plan && blocking == other.blocking
    }
}
