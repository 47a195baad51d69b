// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// How good a profile's decisions are on problems that it was not tuned with: each is measured against every plan that the
/// planner could have taken.
public struct TuningEvaluation: Sendable, Codable {
    /// One problem.
    public struct Row: Sendable, Codable {
        public let problem: TuningProblem
        public let shape: ShapeClass
        /// What the planner takes with the profile, what it takes without one, and the fastest of all.
        public let chosen, derived, best: String
        /// Seconds; `derivedSeconds` with the derived block sizes too.
        public let chosenSeconds, derivedSeconds, bestSeconds, classicalSeconds: Double
        /// Plans that ran.
        public let plans: Int

        /// How much slower the chosen plan is than the fastest, and than the classical product (negative: faster).
        public var regret: Double { chosenSeconds / bestSeconds - 1 }
        public var versusClassical: Double { chosenSeconds / classicalSeconds - 1 }
    }

    public let rows: [Row]

    /// A loss up to this counts as none.
    public static let tolerance = 0.02

    public var withinTolerance: Int { rows.filter { $0.regret <= Self.tolerance }.count }
    public var slowerThanClassical: Int { rows.filter { $0.versusClassical > Self.tolerance }.count }
    /// Geometric mean of tuned time over derived time: the share of the tuned speed that an untuned machine has.
    public var derivedShare: Double {
        guard !rows.isEmpty else { return .nan }
        return exp(rows.reduce(0) { $0 + log($1.chosenSeconds / $1.derivedSeconds) } / Double(rows.count))
    }

    /// Problems by which profiles are judged: none is on the tuner's ladder; powers of two, odd and thin ones are among them.
    public static func heldOut(threads: [Int]) -> [TuningProblem] {
        let shapes: [(Int, Int, Int)] = [
            (450, 450, 450), (700, 700, 700), (901, 901, 901), (1024, 1024, 1024), (1280, 1280, 1280),
            (1600, 1600, 1600),
            (2048, 2048, 2048), (1300, 450, 1300), (1800, 600, 1800), (500, 1700, 1700), (1750, 1750, 640),
            (900, 1800, 1300),
        ]
        return Precision.allCases.flatMap { precision in
            threads.flatMap { threads in
                shapes.map { TuningProblem(precision: precision, threads: threads, m: $0.0, k: $0.1, n: $0.2) }
            }
        }
    }

    /// Measures. Plans that the model expects to take twice as long as its favourite are left out.
    ///
    /// - Parameters:
    ///   - derived: The profile of an untuned machine.
    ///   - report: Hears of each problem before it is measured.
    public init(
        _ problems: [TuningProblem], profile: Profile, derived: Profile, stop: StopFlag = StopFlag(),
        report: (Int, TuningProblem) -> Void = { _, _ in }
    ) throws {
        var rows: [Row] = []
        for (index, problem) in problems.enumerated() {
            report(index, problem)
            guard let row = try Self.measure(problem, profile, derived, stop), !stop.isRaised else { break }
            rows.append(row)
        }
        self.rows = rows
    }

    private static func measure(
        _ problem: TuningProblem, _ profile: Profile, _ derived: Profile, _ stop: StopFlag
    ) throws -> Row? {
        let tuned = try PlanCandidate.chosen(problem, profile)
        let untuned = try PlanCandidate.chosen(problem, derived)
        var entries = [
            (name: tuned.candidate.name, plan: tuned.plan), (name: untuned.candidate.name, plan: untuned.plan),
        ]
        entries += allowed(problem, profile, limit: 2 * tuned.plan.info.predictedSeconds).filter {
            $0.name != tuned.candidate.name
        }
        let bench = try TuningBench(problem, pool: ThreadPool(threads: problem.threads))
        var rules = Race.Rules()
        (rules.leastRounds, rules.settlingRounds, rules.mostRounds) = (2, 12, 12)
        (rules.hopeless, rules.tie, rules.budget) = (1.12, 0, .infinity)
        // The three that are reported must not drop out for want of speed: they run on by themselves.
        let race = try Race(entries.count, rules: rules, isStopped: { stop.isRaised }) {
            try bench.time(entries[$0].plan)
        }
        func seconds(_ index: Int) throws -> Double {
            var times = race.times[index]
            while times.count < 5 && !stop.isRaised { times.append(try bench.time(entries[index].plan)) }
            return Race.typical(times)
        }
        // The untuned plan has other block sizes, so it does not compete for the best of this profile.
        let rivals = entries.indices.filter { $0 != 1 && !race.times[$0].isEmpty }
        guard let best = rivals.min(by: { Race.typical(race.times[$0]) < Race.typical(race.times[$1]) }),
            let classical = entries.firstIndex(where: {
                $0.name == PlanCandidate.classical.name && $0.plan !== untuned.plan
            })
        else { return nil }
        return Row(
            problem: problem, shape: problem.shape, chosen: entries[0].name, derived: entries[1].name,
            best: entries[best].name,
            chosenSeconds: try seconds(0), derivedSeconds: try seconds(1), bestSeconds: try seconds(best),
            classicalSeconds: try seconds(classical), plans: entries.count)
    }

    /// Every plan that the planner may take: within its limits on workspace and accuracy.
    private static func allowed(_ problem: TuningProblem, _ profile: Profile, limit: Double) -> [(
        name: String, plan: Plan
    )] {
        let own = PlanCandidate.classical.plan(problem, profile)?.info.workspaceBytes ?? 0
        return PlanCandidate.all.compactMap { candidate in
            guard candidate.smallestBlock(problem) >= 16, let plan = candidate.plan(problem, profile) else {
                return nil
            }
            let info = plan.info
            let fits = info.workspaceBytes - own <= problem.m * problem.n * problem.precision.bytes
            let growth = pow(3, Double(info.levels)) * (info.levels > 1 ? 0.95 : 1.0001)
            guard candidate.isClassical || (fits && info.errorGrowth <= growth && info.predictedSeconds <= limit) else {
                return nil
            }
            return (candidate.name, plan)
        }
    }
}
