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
        /// Seconds, from a race of these four alone; `derivedSeconds` with the derived block sizes too.
        public let chosenSeconds, derivedSeconds, bestSeconds, classicalSeconds: Double
        /// Whether it could be told from the noise how the chosen plan compares with the fastest, and with the classical one.
        public let isSettledWithBest, isSettledWithClassical: Bool
        /// All plans that ran, with the times by which the fastest was picked.
        public let plans: [PlanTime]

        /// How much slower the chosen plan is than the fastest, and than the classical product (negative: faster).
        public var regret: Double { chosenSeconds / bestSeconds - 1 }
        public var versusClassical: Double { chosenSeconds / classicalSeconds - 1 }

        /// Whether it is behind by more than ``tolerance`` in a comparison that noise may explain.
        public var hasUnsettledLoss: Bool {
            (regret > TuningEvaluation.tolerance && !isSettledWithBest)
                || (versusClassical > TuningEvaluation.tolerance && !isSettledWithClassical)
        }
    }

    /// Seconds of a plan.
    public struct PlanTime: Sendable, Codable {
        public let plan: String
        public let predicted, measured: Double
    }

    public let rows: [Row]
    /// Problems that were to be measured; more than ``rows`` when it was stopped.
    public let problems: Int

    /// A loss up to this counts as none.
    public static let tolerance = 0.02

    public var withinTolerance: Int { rows.filter { $0.regret <= Self.tolerance }.count }
    /// Rows where noise does not explain it.
    public var slowerThanClassical: Int {
        rows.filter { $0.versusClassical > Self.tolerance && $0.isSettledWithClassical }.count
    }
    /// Rows with a loss that noise may explain.
    public var unsettled: Int { rows.filter(\.hasUnsettledLoss).count }
    public var isComplete: Bool { rows.count == problems }
    /// Geometric mean of tuned time over derived time: the share of the tuned speed that an untuned machine has.
    public var derivedShare: Double {
        guard !rows.isEmpty else { return .nan }
        return exp(rows.reduce(0) { $0 + log($1.chosenSeconds / $1.derivedSeconds) } / Double(rows.count))
    }

    /// Problems by which profiles are judged: none is on the tuner's ladder; powers of two, odd and thin ones are among them.
    ///
    /// - Returns: 26 for each number of threads.
    public static func heldOut(threads: [Int]) -> [TuningProblem] {
        let shapes: [(Int, Int, Int)] = [
            (450, 450, 450), (700, 700, 700), (901, 901, 901), (1024, 1024, 1024), (1280, 1280, 1280),
            (1600, 1600, 1600), (2048, 2048, 2048), (1300, 450, 1300), (1800, 600, 1800), (500, 1700, 1700),
            (1750, 1750, 640), (900, 1800, 1300), (800, 2400, 700),
        ]
        return threads.flatMap { threads in
            Precision.allCases.flatMap { precision in
                shapes.map { TuningProblem(precision: precision, threads: threads, m: $0.0, k: $0.1, n: $0.2) }
            }
        }
    }

    /// Measures.
    ///
    /// - Parameters:
    ///   - derived: The profile of an untuned machine.
    ///   - report: Hears of each problem before it is measured.
    public init(
        _ problems: [TuningProblem], profile: Profile, derived: Profile, stop: StopFlag = StopFlag(),
        report: (Int, TuningProblem) -> Void = { _, _ in }
    ) throws {
        try self.init(
            problems, profile: profile, derived: derived, stop: stop, meter: MachineMeter(), report: report)
    }

    init(
        _ problems: [TuningProblem], profile: Profile, derived: Profile, stop: StopFlag = StopFlag(),
        meter: any TuningMeter, report: (Int, TuningProblem) -> Void = { _, _ in }
    ) throws {
        var rows: [Row] = []
        for (index, problem) in problems.enumerated() {
            report(index, problem)
            let field = try EvaluationField(problem, profile, derived)
            guard let row = try field.measure(meter, stop) else { break }
            rows.append(row)
        }
        (self.rows, self.problems) = (rows, problems.count)
    }
}

/// The plans that compete on one problem.
private struct EvaluationField {
    private typealias Entry = (name: String, plan: Plan)

    private let problem: TuningProblem
    private let chosen, derived, classical: Entry
    /// Every plan of the profile; the chosen one first. The derived one has other block sizes and does not compete.
    private let rivals: [Entry]

    /// Plans that the model expects to take longer than its favourite by this factor are left out.
    private static let expectation = 1.3

    init(_ problem: TuningProblem, _ profile: Profile, _ derived: Profile) throws {
        self.problem = problem
        let tuned = try PlanCandidate.chosen(problem, profile)
        let untuned = try PlanCandidate.chosen(problem, derived)
        let limit = Self.expectation * tuned.plan.info.predictedSeconds
        chosen = (tuned.candidate.name, tuned.plan)
        self.derived = (untuned.candidate.name, untuned.plan)
        let allowed = PlanCandidate.allowed(problem, profile)
        classical = tuned.candidate.isClassical ? chosen : (allowed[0].candidate.name, allowed[0].plan)
        let others = allowed.filter {
            $0.candidate != tuned.candidate && ($0.candidate.isClassical || $0.plan.info.predictedSeconds <= limit)
        }
        rivals = [chosen] + others.map { ($0.candidate.name, $0.plan) }
    }

    /// Looks for the fastest plan, then times the ones that are reported anew: a minimum over many noisy times is too low.
    ///
    /// - Returns: `nil` when stopped.
    func measure(_ meter: any TuningMeter, _ stop: StopFlag) throws -> TuningEvaluation.Row? {
        let run = try meter.prepare(problem)
        func race(_ entries: [Entry], _ rules: Race.Rules) throws -> Race {
            try Race(entries.count, rules: rules, clock: { meter.now }, isStopped: { stop.isRaised }) {
                try run(entries[$0].plan)
            }
        }
        let search = try race(rivals, Self.searchRules)
        let best = rivals[search.winner]
        let finalists = [chosen, best, classical, derived]
        var times = [[Double]](repeating: [], count: finalists.count)
        func isSettled(with rival: Int) -> Bool {
            finalists[rival].plan === chosen.plan
                || Race.compare(times[0], times[rival], tie: TuningEvaluation.tolerance) != .unsettled
        }
        for _ in 0..<Self.heats where !stop.isRaised {
            let heat = try race(finalists, Self.heatRules)
            times = zip(times, heat.times).map { $0 + $1 }
            if isSettled(with: 1) && isSettled(with: 2) { break }
        }
        guard !stop.isRaised else { return nil }
        let seconds = times.map { Race.typical($0) }
        return TuningEvaluation.Row(
            problem: problem, shape: problem.shape, chosen: chosen.name, derived: derived.name, best: best.name,
            chosenSeconds: seconds[0], derivedSeconds: seconds[3],
            bestSeconds: search.winner == 0 ? seconds[0] : seconds[1],
            classicalSeconds: classical.plan === chosen.plan ? seconds[0] : seconds[2],
            isSettledWithBest: isSettled(with: 1), isSettledWithClassical: isSettled(with: 2),
            plans: zip(rivals, search.times).map {
                TuningEvaluation.PlanTime(
                    plan: $0.name, predicted: $0.plan.info.predictedSeconds, measured: Race.typical($1))
            })
    }

    /// The slow drop out soon; whoever is near the best runs six times.
    private static var searchRules: Race.Rules {
        var rules = Race.Rules()
        (rules.leastRounds, rules.mostRounds, rules.settlingRounds) = (2, 6, 6)
        (rules.hopeless, rules.tie, rules.budget) = (1.1, 0, .infinity)
        return rules
    }

    /// Most heats; more are run until all is settled.
    private static let heats = 3
    /// All run nine times.
    private static var heatRules: Race.Rules {
        var rules = Race.Rules()
        (rules.leastRounds, rules.mostRounds, rules.settlingRounds) = (9, 9, 9)
        (rules.hopeless, rules.budget) = (.infinity, .infinity)
        return rules
    }
}
