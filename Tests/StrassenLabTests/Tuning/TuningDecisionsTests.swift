// SPDX-License-Identifier: AGPL-3.0-or-later
import Testing

@testable import StrassenLab

@Suite struct TuningDecisionsTests {
    private static func profile(cutoff: Int = 400) throws -> Profile {
        var profile = SyntheticMachine.truth(try SyntheticMachine.topology())
        profile.tunings = profile.tunings.map {
            Tuning(precision: $0.precision, threads: $0.threads, costs: $0.costs, cutoff: cutoff, explicitCutoff: 1000)
        }
        return profile
    }

    @Test func aProfileAgreesWithItself() throws {
        let decisions = try TuningDecisions(Self.profile(), threads: [1, 2])
        #expect(decisions.agreements(with: decisions) == decisions.count)
        // Precisions, threads, shapes, engines, sides.
        #expect(decisions.count == 2 * 2 * 4 * 2 * TuningDecisions.sides.count)
    }

    @Test func otherCutoffsAreOtherDecisions() throws {
        let one = try TuningDecisions(Self.profile(), threads: [1])
        let other = try TuningDecisions(Self.profile(cutoff: 3000), threads: [1])
        #expect(one.agreements(with: other) < one.count)
        #expect(one.agreements(with: other) > 0)
    }

    @Test func spansBeginSmallAndChange() throws {
        let decisions = try TuningDecisions(Self.profile(), threads: [1])
        let auto = decisions.spans.filter { $0.precision == .float64 && $0.shape == .square && $0.engine == .auto }
        #expect(auto.first?.from == 256 && auto.first?.plan == "classical")
        #expect(auto.count > 1 && auto.last?.plan != "classical")
        #expect(zip(auto, auto.dropFirst()).allSatisfy { $0.from < $1.from && $0.plan != $1.plan })
    }

    @Test func nothingFastBelowTheCutoff() throws {
        let decisions = try TuningDecisions(Self.profile(cutoff: 3000), threads: [1])
        let fast = decisions.spans.filter { $0.engine == .auto && $0.plan != "classical" }
        #expect(Set(fast.map(\.shape)) == Set(ShapeClass.allCases))
        for span in fast {
            let problem = span.shape.problem(span.from, span.precision, span.threads)
            #expect(Plan.meanSide(m: problem.m, k: problem.k, n: problem.n) >= 3000, "\(span)")
        }
    }
}

@Suite struct PlanCandidateTests {
    @Test(arguments: PlanCandidate.all) func namesSayWhatPlansAre(_ candidate: PlanCandidate) throws {
        let problem = TuningProblem(precision: .float64, threads: 1, m: 4000, k: 4000, n: 4000)
        let plan = candidate.plan(problem, Profile(l1d: 0, l2: 0, l3: 0))
        #expect(plan != nil || !PlanCandidate.probes.contains(candidate))
        if let plan { #expect(PlanCandidate(plan.info) == candidate) }
    }

    @Test func namesAreShort() {
        #expect(PlanCandidate.classical.name == "classical")
        #expect(PlanCandidate(explicit: ["winograd", "winograd"], fused: ["strassen"]).name == "winograd^2+[strassen]")
        #expect(Set(PlanCandidate.all.map(\.name)).count == PlanCandidate.all.count)
    }

    @Test func whatThePlannerTakesIsAllowed() throws {
        let profile = SyntheticMachine.truth(try SyntheticMachine.topology())
        for side in [300, 1000, 3000] {
            let problem = TuningProblem(precision: .float32, threads: 1, m: side, k: side, n: side)
            let chosen = try PlanCandidate.chosen(problem, profile).candidate
            let allowed = PlanCandidate.allowed(problem, profile).map(\.candidate)
            #expect(allowed.first == .classical)
            #expect(allowed.contains(chosen))
        }
    }

    @Test func shapesAreToldByTheThinnestSide() {
        #expect(ShapeClass(m: 100, k: 100, n: 100) == .square)
        #expect(ShapeClass(m: 100, k: 51, n: 100) == .square)
        #expect(ShapeClass(m: 100, k: 50, n: 100) == .rankK)
        #expect(ShapeClass(m: 40, k: 100, n: 100) == .panel)
        #expect(ShapeClass(m: 100, k: 100, n: 40) == .panel)
        #expect(ShapeClass(m: 50, k: 100, n: 40) == .inner)
        #expect(ShapeClass(m: 51, k: 100, n: 40) == .panel)
    }
}
