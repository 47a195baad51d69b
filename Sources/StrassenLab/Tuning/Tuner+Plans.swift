// SPDX-License-Identifier: AGPL-3.0-or-later

extension Tuner {
    /// Races the probes on a section's ladder and fits the planner's prices and cutoffs to them.
    ///
    /// - Returns: false when stopped.
    func tunePlans(_ section: TuningSection, budget: Double) throws -> Bool {
        let problems = section.problems(budget: budget)
        let weight = problems.reduce(0) { $0 + $1.flops.squareRoot() }
        var (spent, races) = (0.0, [[TuningRecord]]())
        // A machine slower than reckoned gets fewer of the large problems, not more time.
        for problem in problems where spent < budget {
            let (share, start) = (budget * problem.flops.squareRoot() / weight, meter.now)
            guard let race = try racePlans(problem, budget: share) else { return false }
            // What an earlier run measured counts as if it were measured now: going on gives the same profile.
            spent += max(meter.now - start, race.reduce(0) { $0 + $1.seconds * Double($1.samples) })
            races.append(race)
            pass(share)
        }
        adopt(SectionFit(races.flatMap(\.self), profile), races)
        return true
    }

    /// Races the probes on a problem, or takes the race from the journal.
    ///
    /// - Returns: A record a probe; `nil` when stopped.
    private func racePlans(_ problem: TuningProblem, budget: Double) throws -> [TuningRecord]? {
        let blocking = profile.blocking(problem.precision)
        let entries = PlanCandidate.probes.filter { $0.smallestBlock(problem) >= Self.smallestBlock }.compactMap {
            candidate in
            candidate.plan(problem, profile).map { (name: candidate.name, plan: $0) }
        }
        if let known = journal.race(.plans, problem, entries.map { ($0.name, blocking) }) { return known }
        let run = try meter.prepare(problem)
        let finished = try race(entries.count, budget: budget, problem.name) { try run(entries[$0].plan) }
        guard let finished else { return nil }
        let records = entries.indices.map {
            TuningRecord(.plans, problem, plan: entries[$0].name, blocking, finished.times[$0], finished.verdict)
        }
        try journal.append(records)
        return records
    }

    /// Probes whose blocks are smaller than this never win and only cost time.
    private static let smallestBlock = 64
}
