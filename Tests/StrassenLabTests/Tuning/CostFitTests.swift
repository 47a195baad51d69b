// SPDX-License-Identifier: AGPL-3.0-or-later
import Testing

@testable import StrassenLab

@Suite struct CostFitTests {
    static let sides = [400, 560, 760, 1000, 1400, 1900]

    /// All probes on squares and thin problems, as a made-up machine would run them.
    static func records(noise: Double = 0) throws -> (records: [TuningRecord], profile: Profile) {
        let topology = try SyntheticMachine.topology()
        let profile = Profile(derivedFrom: topology)
        let meter = SyntheticMeter(SyntheticMachine.truth(topology), noise: noise)
        var records: [TuningRecord] = []
        for side in sides {
            let thin = side / 8 * 3
            for (m, k, n) in [(side, side, side), (thin, side, side), (side, thin, side)] {
                let problem = TuningProblem(precision: .float64, threads: 1, m: m, k: k, n: n)
                let run = meter.prepare(problem)
                for candidate in PlanCandidate.probes {
                    guard let plan = candidate.plan(problem, profile) else { continue }
                    let times = try (0..<5).map { _ in try run(plan) }
                    records.append(
                        TuningRecord(
                            .plans, problem, plan: candidate.name, profile.blocking(.float64), times, .separated))
                }
            }
        }
        return (records, profile)
    }

    /// Pack and update prices trade off against each other; what they predict does not. The usual damping leaves the
    /// prediction exact too, but keeps prices nearer to the typical ones.
    @Test func recoversTheHiddenPrices() throws {
        let (records, profile) = try Self.records()
        #expect(SectionFit(records, profile).modelError < 0.01)
        let fit = SectionFit(records, profile, damping: 1e-4)
        #expect(fit.modelError < 0.01)
        let (found, hidden) = (fit.tuning.costs, SyntheticMachine.prices)
        #expect(abs(found.multiplyAdd / hidden.multiplyAdd - 1) < 0.02)
        #expect(abs(found.sum / hidden.sum - 1) < 0.15)
        #expect(fit.tuning.threads == 1 && fit.tuning.precision == .float64)
    }

    @Test func noiseMovesThePricesLittle() throws {
        let (records, profile) = try Self.records(noise: 0.03)
        let fit = SectionFit(records, profile)
        #expect(fit.modelError < 0.03)
        #expect(abs(fit.tuning.costs.multiplyAdd / SyntheticMachine.prices.multiplyAdd - 1) < 0.06)
    }

    /// A neighbour at work during two races slows all their contenders alike.
    @Test func slowRacesTeachNothing() throws {
        let (records, profile) = try Self.records()
        let slowed = records.map { record -> TuningRecord in
            guard record.problem.m == 400 else { return record }
            return TuningRecord(
                .plans, record.problem, plan: record.plan, profile.blocking(.float64),
                [Double](repeating: 1.7 * record.seconds, count: 5), .separated)
        }
        let (calm, disturbed) = (SectionFit(records, profile), SectionFit(slowed, profile))
        #expect(slowed.map(\.seconds) != records.map(\.seconds))
        #expect(abs(disturbed.tuning.costs.multiplyAdd / calm.tuning.costs.multiplyAdd - 1) < 0.03)
        #expect(disturbed.modelError < 0.03)
    }

    /// What the measurements do not speak of stays where it was, at the machine's speed.
    @Test func dampingKeepsWhatIsNotMeasured() throws {
        let (records, profile) = try Self.records()
        let classical = records.filter { $0.plan == PlanCandidate.classical.name }
        let prior = profile.tunings[1].costs
        let found = SectionFit(classical, profile).tuning.costs
        let speed = SyntheticMachine.prices.multiplyAdd / prior.multiplyAdd
        #expect((0.5...2).contains(found.sum / prior.sum / speed))
        #expect(found.values.allSatisfy { $0 > 0 && $0.isFinite })
    }

    @Test func withoutObservationsThePriorStays() throws {
        let prior = SyntheticMachine.prices
        let fit = CostFit([], prior: prior)
        #expect(fit.costs == prior)
        #expect(fit.error == 0)
    }
}

@Suite struct CutoffFitTests {
    private static func seen(_ side: Int, _ ratio: Double) -> CutoffFit.Observation {
        CutoffFit.Observation(side: side, ratio: ratio)
    }

    /// The prior is far above all that was measured.
    private static func side(_ observations: [CutoffFit.Observation], prior: Int = 5000) -> Int {
        CutoffFit(observations, prior: prior).side
    }

    @Test func liesWhereItBeginsToPay() {
        let seen = [Self.seen(400, 0.9), Self.seen(560, 0.95), Self.seen(760, 1.08), Self.seen(1000, 1.12)]
        #expect(Self.side(seen) == 760)
        #expect(Self.side(seen, prior: 100) == 760)
    }

    @Test func oneDisturbedRaceDoesNotMoveIt() {
        #expect(
            Self.side([Self.seen(400, 1.02), Self.seen(560, 0.95), Self.seen(760, 1.08), Self.seen(1000, 1.12)]) == 760)
        #expect(
            Self.side([Self.seen(400, 0.9), Self.seen(560, 1.10), Self.seen(760, 0.99), Self.seen(1000, 1.12)]) == 560)
    }

    @Test func liesAboveAllWhereItNeverPays() {
        #expect(Self.side([Self.seen(400, 0.9), Self.seen(560, 0.97)], prior: 300) == 561)
        #expect(Self.side([], prior: 384) == 384)
    }

    @Test func liesNearThePriorWhereLittleIsLost() {
        let seen = [Self.seen(400, 1.0), Self.seen(560, 1.01), Self.seen(760, 1.01), Self.seen(1000, 1.08)]
        #expect(Self.side(seen, prior: 384) == 384)
        #expect(Self.side(seen, prior: 700) == 700)
        #expect(Self.side(seen, prior: 2000) == 1000)
        #expect(Self.side([Self.seen(400, 0.9)] + seen, prior: 384) == 560)
    }
}
