// SPDX-License-Identifier: AGPL-3.0-or-later

extension Tuner {
    /// Looks for better block sizes, one size at a time, by the classical product on one thread.
    ///
    /// - Parameter budget: Seconds; 0 leaves the derived ones.
    /// - Returns: false when stopped.
    func tuneBlocks(_ precision: Precision, budget: Double) throws -> Bool {
        guard budget > 0 else { return true }
        let phases = [TuningRecord.Phase.kernel, .depth, .rows, .columns]
        let problems = try blockProblems(precision, budget: budget / Double(phases.count))
        for phase in phases {
            let now = profile.blocking(precision)
            let contenders = try BlockingSearch.contenders(phase, now, precision) { try meter.rate($0) }
            if contenders.count > 1 {
                let share = budget / Double(phases.count)
                guard let records = try raceBlocks(phase, problems, contenders, budget: share) else { return false }
                profile.setBlocking(BlockingSearch.winner(records), precision)
            }
            pass(budget / Double(phases.count))
        }
        return true
    }

    /// A square and two thin products, as large as three rounds of a race allow.
    private func blockProblems(_ precision: Precision, budget: Double) throws -> [TuningProblem] {
        let section = try section(precision, threads: 1)
        let (contenders, rounds, allShapes) = (6.0, 3.0, 1.5)
        let side =
            [1900, 1400, 1000, 760, 560].first {
                section.seconds($0, $0, $0) * allShapes * contenders * rounds <= budget
            } ?? 384
        return TuningProblem.blockProblems(precision, side: side)
    }

    /// Races block sizes over all problems at once, or takes the race from the journal.
    ///
    /// - Returns: A record a contender; `nil` when stopped.
    private func raceBlocks(
        _ phase: TuningRecord.Phase, _ problems: [TuningProblem], _ contenders: [Blocking], budget: Double
    ) throws -> [TuningRecord]? {
        let (first, plan) = (problems[0], PlanCandidate.classical.name)
        if let known = journal.race(phase, first, contenders.map { (plan, $0) }) { return known }
        let runners = try problems.map { try meter.prepare($0) }
        let plans = try contenders.map { try classicalPlans(problems, $0) }
        let finished = try race(contenders.count, budget: budget, "\(phase.rawValue) of blocks, \(first.name)") {
            index in try zip(runners, plans[index]).reduce(0) { $0 + (try $1.0($1.1)) }
        }
        guard let finished else { return nil }
        let records = contenders.indices.map {
            TuningRecord(phase, first, plan: plan, contenders[$0], finished.times[$0], finished.verdict)
        }
        try journal.append(records)
        return records
    }

    private func classicalPlans(_ problems: [TuningProblem], _ blocking: Blocking) throws -> [Plan] {
        var blocked = profile
        blocked.setBlocking(blocking, problems[0].precision)
        return try problems.map { problem in
            guard let plan = PlanCandidate.classical.plan(problem, blocked) else {
                throw StrassenError(.unsupported, "no classical plan for \(problem.name)")
            }
            return plan
        }
    }
}
