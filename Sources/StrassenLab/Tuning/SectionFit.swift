// SPDX-License-Identifier: AGPL-3.0-or-later

/// A row of the profile from the races of one precision on one number of threads.
struct SectionFit {
    let tuning: Tuning
    /// Root mean square of (predicted − measured) / measured.
    let modelError: Double

    /// A fast level must have gained this much somewhere for the cutoff to let sizes like that in.
    private static let leastGain = 0.01
    /// Close races decide; those far behind the best need not be explained well.
    private static let softness = 0.1

    /// - Parameters:
    ///   - records: Plans only, all of one precision and number of threads; not empty.
    ///   - profile: Blocks as they were measured, and prices to start from.
    init(_ records: [TuningRecord], _ profile: Profile) {
        let known = Dictionary(PlanCandidate.probes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let races = Dictionary(grouping: records.filter { known[$0.plan] != nil }, by: \.problem)
        let problem = records[0].problem
        let row = profile.row(problem) ?? profile.tunings[0]
        var (observations, cutoff, explicitCutoff) = ([CostFit.Observation](), Int.max, Int.max)
        for (problem, contenders) in races {
            let best = contenders.map(\.seconds).min() ?? 1
            let classical = contenders.first { $0.plan == PlanCandidate.classical.name }?.seconds ?? best
            let fused = contenders.filter { known[$0.plan]?.explicit.isEmpty == true }.map(\.seconds).min() ?? classical
            for contender in contenders {
                guard let candidate = known[contender.plan], let work = PlanWork(candidate, problem, profile) else {
                    continue
                }
                let behind = contender.seconds / best - 1
                let weight = 1 / (1 + behind * behind / (Self.softness * Self.softness))
                observations.append(CostFit.Observation(work: work, time: contender.seconds * 1e9, weight: weight))
                let side = min(problem.m, problem.k, problem.n)
                if !candidate.isClassical, contender.seconds < classical * (1 - Self.leastGain) {
                    cutoff = min(cutoff, side)
                }
                if let split = candidate.smallestSplit(problem), contender.seconds < fused * (1 - Self.leastGain) {
                    explicitCutoff = min(explicitCutoff, split)
                }
            }
        }
        let fit = CostFit(observations, prior: row.costs)
        modelError = fit.error
        let largest = races.keys.map { min($0.m, $0.k, $0.n) }.max() ?? 0
        // Nothing won: the next larger size may, so the cutoff lies just above what was measured.
        tuning = Tuning(
            precision: problem.precision, threads: problem.threads, costs: fit.costs,
            cutoff: cutoff == .max ? largest + 1 : cutoff,
            explicitCutoff: explicitCutoff == .max ? largest + 1 : explicitCutoff)
    }
}
