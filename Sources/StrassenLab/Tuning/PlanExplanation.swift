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
    /// Seconds for measuring: every plan runs once at least, and three times before a verdict.
    private static let budget = 10.0

    /// Asks the planner, then measures.
    ///
    /// - Throws: ``StrassenError`` when the matrices do not fit in memory.
    public init(_ problem: TuningProblem, profile: Profile) throws {
        try self.init(problem, profile: profile, meter: MachineMeter())
    }

    init(_ problem: TuningProblem, profile: Profile, meter: any TuningMeter) throws {
        let chosen = try PlanCandidate.chosen(problem, profile)
        let others = PlanCandidate.allowed(problem, profile).filter { $0.candidate != chosen.candidate }
        let fast = others.filter { !$0.candidate.isClassical }.sorted {
            $0.plan.info.predictedSeconds < $1.plan.info.predictedSeconds
        }
        let entries = [chosen] + others.filter(\.candidate.isClassical) + fast.prefix(Self.rivals)
        let run = try meter.prepare(problem)
        var rules = Race.Rules()
        rules.budget = Self.budget
        let race = try Race(entries.count, rules: rules, clock: { meter.now }) { try run(entries[$0].plan) }
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
