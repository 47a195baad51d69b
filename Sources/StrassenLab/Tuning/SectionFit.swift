// SPDX-License-Identifier: AGPL-3.0-or-later

/// A row of the profile from the races of one precision on one number of threads.
struct SectionFit {
    let tuning: Tuning
    /// Root mean square of (predicted − measured) / measured; plans far behind the best count little.
    let modelError: Double

    /// Close races decide; those far behind the best need not be explained well.
    private static let softness = 0.1

    /// - Parameters:
    ///   - records: Plans only, all of one precision and number of threads; not empty.
    ///   - profile: Blocks as they were measured, and prices to start from.
    ///   - damping: Of the prices towards those; see ``CostFit``.
    init(_ records: [TuningRecord], _ profile: Profile, damping: Double = CostFit.usualDamping) {
        let byProblem = Dictionary(grouping: records, by: \.problem)
        // In the order in which they were measured, so that the same evidence gives the same bits.
        var seen = Set<TuningProblem>()
        let problems = records.map(\.problem).filter { seen.insert($0).inserted }
        let races = problems.compactMap { byProblem[$0] }.map(TuningRace.init)
        let problem = problems[0]
        let prior = profile.row(problem) ?? profile.tunings[0]
        let fit = CostFit(
            races.enumerated().flatMap { Self.observations($0.element, number: $0.offset, profile) },
            prior: prior.costs, damping: damping)
        modelError = fit.error
        tuning = Tuning(
            precision: problem.precision, threads: problem.threads, costs: fit.costs,
            cutoff: CutoffFit(races.compactMap(\.fastGain), prior: prior.cutoff).side,
            explicitCutoff: CutoffFit(races.flatMap(\.explicitGains), prior: prior.explicitCutoff).side)
    }

    private static func observations(
        _ race: TuningRace, number: Int, _ profile: Profile
    ) -> [CostFit.Observation] {
        let best = race.seconds.values.min() ?? 1
        return PlanCandidate.probes.compactMap { candidate in
            guard let seconds = race.seconds[candidate], let work = PlanWork(candidate, race.problem, profile) else {
                return nil
            }
            let behind = (seconds / best - 1) / softness
            return CostFit.Observation(work: work, time: seconds * 1e9, weight: 1 / (1 + behind * behind), race: number)
        }
    }
}

/// The times of the probes on one problem.
private struct TuningRace {
    let problem: TuningProblem
    let seconds: [PlanCandidate: Double]

    /// - Precondition: `records` is not empty, and all are of one problem.
    init(_ records: [TuningRecord]) {
        let names = Dictionary(uniqueKeysWithValues: PlanCandidate.probes.map { ($0.name, $0) })
        problem = records[0].problem
        seconds = Dictionary(
            records.compactMap { record in names[record.plan].map { ($0, record.seconds) } }, uniquingKeysWith: { $1 })
    }

    /// Whether the mean side tells what a level gains: of a long inner product the blocks of C are updated many times.
    private var hasMeanSide: Bool { problem.shape != .inner }

    /// What the best fast plan gains over the classical product.
    var fastGain: CutoffFit.Observation? {
        guard hasMeanSide, let without = seconds[.classical],
            let with = seconds.filter({ !$0.key.isClassical }).values.min()
        else { return nil }
        let side = Plan.meanSide(m: problem.m, k: problem.k, n: problem.n)
        return CutoffFit.Observation(side: side, ratio: without / with)
    }

    /// What one more explicit level gains, where nothing is fused: the innermost split is then the finer one.
    var explicitGains: [CutoffFit.Observation] {
        guard hasMeanSide else { return [] }
        return seconds.compactMap { candidate, with in
            let shallower = PlanCandidate(explicit: Array(candidate.explicit.dropFirst()))
            guard candidate.fused.isEmpty, let side = candidate.innermostSplit(problem),
                let without = seconds[shallower]
            else { return nil }
            return CutoffFit.Observation(side: side, ratio: without / with)
        }
    }
}
