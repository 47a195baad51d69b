// SPDX-License-Identifier: AGPL-3.0-or-later
@testable import StrassenLab

/// A machine whose times are what the planner's model says at hidden prices, with the blocks of `truth` and those of the plan
/// as good or bad as `blockFactor` says; its clock moves only while it multiplies.
final class SyntheticMeter: TuningMeter {
    /// With the hidden prices.
    let truth: Profile
    /// Largest factor by which a time may be too long, less 1.
    let noise: Double
    /// What times are multiplied by for the blocks of a plan.
    let blockFactor: (PlanInfo) -> Double
    private(set) var now = 0.0
    private(set) var runs = 0
    /// Called before every run with its number.
    var beforeRun: (Int) -> Void = { _ in }
    private var random: RandomSource
    private var known: [Key: Double] = [:]

    private struct Key: Hashable {
        let problem: TuningProblem
        let candidate: PlanCandidate
    }

    init(
        _ truth: Profile, noise: Double = 0, seed: UInt64 = 7, blockFactor: @escaping (PlanInfo) -> Double = { _ in 1 }
    ) {
        (self.truth, self.noise, self.blockFactor) = (truth, noise, blockFactor)
        random = RandomSource(seed: seed)
    }

    func peak(_ precision: Precision, threads: Int) -> Double { (precision == .float64 ? 40 : 80) * Double(threads) }

    /// One micro-kernel is far ahead, so that none is raced.
    func rate(_ kernel: Kernel) -> Double { kernel.name == Kernel.best(kernel.precision)?.name ? 40 : 10 }

    func prepare(_ problem: TuningProblem) -> (Plan) throws -> Double {
        { [self] plan in
            beforeRun(runs)
            runs += 1
            let seconds = try exact(plan.info, problem) * (1 + noise * random.uniform(0, 1))
            now += seconds
            return seconds
        }
    }

    /// What the model says at the hidden prices.
    private func exact(_ info: PlanInfo, _ problem: TuningProblem) throws -> Double {
        let key = Key(problem: problem, candidate: PlanCandidate(info))
        if let seconds = known[key] { return seconds * blockFactor(info) }
        guard let plan = key.candidate.plan(problem, truth) else {
            throw StrassenError(.unsupported, "no plan \(key.candidate.name) for \(problem.name)")
        }
        known[key] = plan.info.predictedSeconds
        return plan.info.predictedSeconds * blockFactor(info)
    }
}

/// A made-up machine to tune.
enum SyntheticMachine {
    /// The prices of a float64 row: the derived ones of this CPU's instruction set, each times another factor.
    static let prices: Costs = {
        let derived = Profile(l1d: 0, l2: 0, l3: 0).tunings.first { $0.precision == .float64 }?.costs.values ?? []
        let factors = [1.5, 1.7, 1.75, 1.75, 1.25, 2.2, 2, 1.7, 2]
        return Costs(values: zip(derived, factors).map { $0 * $1 })
    }()

    /// A profile with rows of those prices, scaled by precision and threads.
    static func truth(_ topology: Topology, threads: [Int] = [1, 2]) -> Profile {
        var truth = Profile(derivedFrom: topology)
        truth.tunings = Precision.allCases.flatMap { precision in
            threads.map { threads in
                let scale = (precision == .float64 ? 1 : 0.5) / Double(threads)
                return Tuning(
                    precision: precision, threads: threads, costs: Costs(values: prices.values.map { $0 * scale }),
                    cutoff: 256, explicitCutoff: 256)
            }
        }
        return truth
    }

    static func topology() throws -> Topology { try fixtureTopology("zen3_vm.xml") }
}
