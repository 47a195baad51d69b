// SPDX-License-Identifier: AGPL-3.0-or-later

/// How thoroughly to tune.
public struct TuningSettings: Sendable, Equatable {
    /// Seconds of measuring that it aims at; planning adds some.
    public var budget: Double
    public var precisions: [Precision] = Precision.allCases
    /// Numbers of threads, each with its own row of the profile.
    public var threads: [Int]
    /// Share of the budget for block sizes; 0 leaves the derived ones.
    public var blockingShare = 0.2

    public init(budget: Double, threads: [Int]) {
        (self.budget, self.threads) = (budget, Array(Set(threads.map { max(1, $0) })).sorted())
    }

    /// One thread and all that this process may use, within 90 s in all.
    public static var quick: TuningSettings { TuningSettings(budget: 75, threads: [1, Allowance().threads]) }
    /// Powers of two in between as well, within 20 minutes in all.
    public static var full: TuningSettings {
        let all = Allowance().threads
        let powers = (0...8).map { 1 << $0 }.filter { $0 < all }
        return TuningSettings(budget: 900, threads: Array(powers.suffix(4)) + [1, all])
    }

    /// For the first line of the evidence.
    var summary: String {
        "budget \(Int(budget)) s; \(precisions.map(\.rawValue).joined(separator: " ")); threads \(threads.map(String.init).joined(separator: " "))"
    }
}

/// One precision on one number of threads: the unit in which time is shared out.
struct TuningSection: Hashable {
    let precision: Precision
    let threads: Int
    /// Classical GFLOP/s to reckon with.
    let gflops: Double

    /// Seconds that a problem takes by the classical product.
    func seconds(_ m: Int, _ k: Int, _ n: Int) -> Double { 2 * Double(m) * Double(k) * Double(n) / (gflops * 1e9) }

    /// Sides of square training problems, in the order in which they are added.
    ///
    /// No powers of two: rows that lie so many bytes apart fall into the same sets of the caches, which slows some plans and
    /// not others, and would teach the model prices that hold nowhere else.
    private static let ladder = [400, 560, 760, 1000, 1400, 1900, 2600, 3600]
    /// From this side on thin problems are measured too.
    private static let leastThin = 760

    /// Training problems: a ladder of squares, from 760 up also panels, rank-k updates and inner products three eighths thin, as
    /// high as three rounds of all probes fit into `budget` seconds.
    func problems(budget: Double) -> [TuningProblem] {
        var (problems, spent) = ([TuningProblem](), 0.0)
        for side in Self.ladder {
            var shapes = [(side, side, side)]
            let thin = side / 8 * 3
            if side >= Self.leastThin {
                shapes += [(side, thin, side), (thin, side, side), (side, side, thin), (thin, side, thin)]
            }
            let cost =
                shapes.reduce(0) { $0 + seconds($1.0, $1.1, $1.2) } * 3 * Double(PlanCandidate.probes.count) * 0.8
            guard problems.isEmpty || spent + cost <= budget else { break }
            spent += cost
            problems += shapes.map { TuningProblem(precision: precision, threads: threads, m: $0.0, k: $0.1, n: $0.2) }
        }
        return problems
    }
}
