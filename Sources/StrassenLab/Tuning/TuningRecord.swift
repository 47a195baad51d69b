// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// One contender of one race: a line of the evidence.
public struct TuningRecord: Sendable, Equatable {
    public enum Phase: String, Sendable { case kernel, depth, rows, columns, plans }

    public let phase: Phase
    public let problem: TuningProblem
    /// Levels, in the words of ``PlanCandidate/name``.
    public let plan: String
    public let blocking: Blocking
    public let samples: Int
    /// Lower quartile, and the 95 % interval of the median, in seconds.
    public let seconds, low, high: Double
    /// How the race ended.
    let verdict: Race.Verdict

    init(
        _ phase: Phase, _ problem: TuningProblem, plan: String, _ blocking: Blocking, _ times: [Double],
        _ verdict: Race.Verdict
    ) {
        (self.phase, self.problem, self.plan, self.blocking) = (phase, problem, plan, blocking)
        let interval = Sample(times).medianInterval()
        (samples, seconds, low, high) = (times.count, Race.typical(times), interval.low, interval.high)
        self.verdict = verdict
    }

    static let columns = [
        "phase", "precision", "threads", "m", "k", "n", "shape", "plan", "kernel", "mc", "kc", "nc", "samples",
        "seconds",
        "low", "high", "gflops", "verdict",
    ]

    /// The cells of a line, in the order of ``columns``.
    var cells: [String] {
        [
            phase.rawValue, problem.precision.rawValue, "\(problem.threads)", "\(problem.m)", "\(problem.k)",
            "\(problem.n)",
            problem.shape.rawValue, plan, blocking.kernel, "\(blocking.mc)", "\(blocking.kc)", "\(blocking.nc)",
            "\(samples)",
            String(format: "%.9f", seconds), String(format: "%.9f", low), String(format: "%.9f", high),
            Format.fixed(problem.flops / seconds / 1e9, 2), verdict.rawValue,
        ]
    }

    /// Reads a line; `nil` for what is none, such as the torn last line of a killed run.
    init?(cells: [String]) {
        guard cells.count == Self.columns.count, let phase = Phase(rawValue: cells[0]),
            let precision = Precision(rawValue: cells[1]), let verdict = Race.Verdict(rawValue: cells[17])
        else { return nil }
        let whole = [2, 3, 4, 5, 9, 10, 11, 12].map { Int(cells[$0]) ?? 0 }
        let times = [13, 14, 15].map { Double(cells[$0]) ?? 0 }
        guard whole.allSatisfy({ $0 > 0 }), times.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        self.phase = phase
        problem = TuningProblem(precision: precision, threads: whole[0], m: whole[1], k: whole[2], n: whole[3])
        (plan, blocking) = (cells[7], Blocking(kernel: cells[8], mc: whole[4], kc: whole[5], nc: whole[6]))
        (samples, seconds, low, high, self.verdict) = (whole[7], times[0], times[1], times[2], verdict)
    }
}

/// The evidence of a tuning: CSV, a line a contender, appended as races end, so that a tuning can be interrupted and
/// gone on with. Its first line says for what it was measured; under other conditions it is not used.
final class TuningJournal {
    private let url: URL
    private let title: String
    private(set) var records: [TuningRecord]

    /// - Parameters:
    ///   - conditions: Machine, library and settings; a journal of others is started anew.
    ///   - fresh: Start anew in any case.
    init(_ url: URL, conditions: String, fresh: Bool) throws {
        self.url = url
        title = "# \(conditions)"
        records = []
        let lines = ((try? String(contentsOf: url, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
        if !fresh, lines.first == title {
            records = lines.dropFirst(2).compactMap { TuningRecord(cells: $0.components(separatedBy: ",")) }
        }
        try rewrite()
    }

    /// What was measured in a race, if all of its contenders are known.
    func race(_ phase: TuningRecord.Phase, _ problem: TuningProblem, _ contenders: [(plan: String, blocking: Blocking)])
        -> [TuningRecord]?
    {
        let known = contenders.map { wanted in
            records.last {
                $0.phase == phase && $0.problem == problem && $0.plan == wanted.plan && $0.blocking == wanted.blocking
            }
        }
        return known.contains { $0 == nil } ? nil : known.compactMap(\.self)
    }

    func append(_ new: [TuningRecord]) throws {
        records += new
        let text = new.map { $0.cells.joined(separator: ",") + "\n" }.joined()
        guard let handle = try? FileHandle(forWritingTo: url) else { return try rewrite() }
        defer { try? handle.close() }
        do {
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(text.utf8))
        } catch {
            throw FileSystemError(operation: .write, path: url.path, reason: error.localizedDescription)
        }
    }

    private func rewrite() throws {
        let lines =
            [title, TuningRecord.columns.joined(separator: ",")] + records.map { $0.cells.joined(separator: ",") }
        try AtomicFile.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: url.path)
    }

    /// Gives the finished evidence its name.
    func finish(as final: URL) throws {
        guard rename(url.path, final.path) == 0 else {
            throw FileSystemError(operation: .write, path: final.path, reason: String(cString: strerror(errno)))
        }
    }
}
