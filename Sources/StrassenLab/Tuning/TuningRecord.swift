// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// One contender of one race: a line of the evidence.
public struct TuningRecord: Sendable, Equatable {
    public enum Phase: String, Sendable { case kernel, depth, rows, columns, plans }

    public let phase: Phase
    /// In races of block sizes the square of ``TuningProblem/blockProblems(_:side:)``, all of which a sample takes.
    public let problem: TuningProblem
    /// Levels, in the words of ``PlanCandidate/name``.
    public let plan: String
    public let blocking: Blocking
    public let samples: Int
    /// Lower quartile, and the 95 % interval of the median, in seconds to whole nanoseconds, as they are written.
    public let seconds, low, high: Double
    /// How the race ended.
    let verdict: Race.Verdict

    init(
        _ phase: Phase, _ problem: TuningProblem, plan: String, _ blocking: Blocking, _ times: [Double],
        _ verdict: Race.Verdict
    ) {
        (self.phase, self.problem, self.plan, self.blocking) = (phase, problem, plan, blocking)
        let interval = Sample(times).medianInterval()
        samples = times.count
        (seconds, low, high) = (
            Self.rounded(Race.typical(times)), Self.rounded(interval.low), Self.rounded(interval.high)
        )
        self.verdict = verdict
    }

    /// What is read back is what was known before: a tuning that goes on ends with the same profile.
    private static func rounded(_ seconds: Double) -> Double { max(1, (seconds * 1e9).rounded()) / 1e9 }

    static let columns = [
        "phase", "precision", "threads", "m", "k", "n", "shape", "plan", "kernel", "mc", "kc", "nc", "samples",
        "seconds", "low", "high", "gflops", "verdict",
    ]

    /// The cells of a line, in the order of ``columns``.
    var cells: [String] {
        [
            phase.rawValue, problem.precision.rawValue, "\(problem.threads)", "\(problem.m)", "\(problem.k)",
            "\(problem.n)", problem.shape.rawValue, plan, blocking.kernel, "\(blocking.mc)", "\(blocking.kc)",
            "\(blocking.nc)", "\(samples)",
            String(format: "%.9f", seconds), String(format: "%.9f", low), String(format: "%.9f", high),
            Format.fixed(flops / seconds / 1e9, 2), verdict.rawValue,
        ]
    }

    /// Of what a sample takes.
    private var flops: Double {
        phase == .plans
            ? problem.flops
            : TuningProblem.blockProblems(problem.precision, side: problem.m).map(\.flops).reduce(0, +)
    }

    /// More than any race has.
    private static let (mostSide, mostSamples, mostSeconds) = (1 << 24, 10_000, 86_400.0)

    /// Reads a line; `nil` for what is none, such as the torn last line of a killed run.
    init?(cells: [String]) {
        guard cells.count == Self.columns.count, let phase = Phase(rawValue: cells[0]),
            let precision = Precision(rawValue: cells[1]), let verdict = Race.Verdict(rawValue: cells[17])
        else { return nil }
        let whole = [2, 3, 4, 5, 9, 10, 11, 12].map { Int(cells[$0]) ?? 0 }
        let times = [13, 14, 15].map { Double(cells[$0]) ?? 0 }
        guard whole.allSatisfy({ (1...Self.mostSide).contains($0) }), whole[7] <= Self.mostSamples,
            times[1] <= times[2],
            times.allSatisfy({ $0 > 0 && $0 <= Self.mostSeconds })
        else { return nil }
        self.phase = phase
        problem = TuningProblem(precision: precision, threads: whole[0], m: whole[1], k: whole[2], n: whole[3])
        (plan, blocking) = (cells[7], Blocking(kernel: cells[8], mc: whole[4], kc: whole[5], nc: whole[6]))
        (samples, seconds, low, high, self.verdict) = (whole[7], times[0], times[1], times[2], verdict)
    }
}
