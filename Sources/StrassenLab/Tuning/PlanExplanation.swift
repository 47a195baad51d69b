// SPDX-License-Identifier: AGPL-3.0-or-later

/// Which plan a problem gets, why, and what it and its rivals take.
public struct PlanExplanation: Sendable, Codable {
    /// A plan that was considered.
    public struct Row: Sendable, Codable {
        public let plan: String
        public let predictedSeconds, measuredSeconds: Double
        public let isChosen: Bool
    }

    public let problem: TuningProblem
    /// The planner's own words.
    public let reason: String
    /// The schedules of the explicit levels, a line an operation.
    public let program: String
    /// The chosen plan first, then the classical product and the next best by prediction.
    public let rows: [Row]

    /// Rivals that are measured besides the chosen plan and the classical one.
    private static let rivals = 3

    public init(_ problem: TuningProblem, profile: Profile) throws {
        let chosen = try PlanCandidate.chosen(problem, profile)
        let others = PlanCandidate.all.filter { $0 != chosen.candidate && $0.smallestBlock(problem) >= 16 }.compactMap {
            candidate in candidate.plan(problem, profile).map { (candidate: candidate, plan: $0) }
        }.sorted { $0.plan.info.predictedSeconds < $1.plan.info.predictedSeconds }
        let classical = others.filter { $0.candidate.isClassical }
        let entries = [chosen] + classical + others.filter { !$0.candidate.isClassical }.prefix(Self.rivals)
        let bench = try TuningBench(problem, pool: ThreadPool(threads: problem.threads))
        var rules = Race.Rules()
        rules.budget = 10
        let race = try Race(entries.count, rules: rules) { try bench.time(entries[$0].plan) }
        self.problem = problem
        reason = chosen.plan.info.reason
        program = try chosen.plan.explanation
        rows = zip(entries, race.times).enumerated().map { index, pair in
            Row(
                plan: pair.0.candidate.name, predictedSeconds: pair.0.plan.info.predictedSeconds,
                measuredSeconds: Race.typical(pair.1), isChosen: index == 0)
        }
    }
}
