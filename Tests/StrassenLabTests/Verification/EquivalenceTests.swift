// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab
import Testing

@Suite("Equivalence of schemes") struct EquivalenceTests {
    @Test(arguments: ["winograd", "accurate", "accurate-12.0662", "strassen-turned", "accurate-turned"])
    func theTransformationTurnsOneIntoTheOther(name: String) throws {
        let (first, second) = (try Scheme.builtin("strassen"), try Scheme.builtin(name))
        guard case .transformed(let transform) = try first.equivalence(to: second) else {
            Issue.record("expected a transformation")
            return
        }
        #expect(try first.applying(transform, name: "moved") == second)
    }

    @Test func rotatedShapesAreTheSameAlgorithm() throws {
        #expect(try Scheme.builtin("3x2x3-15").equivalence(to: .builtin("2x3x3-15")).isEquivalent == true)
        #expect(try Scheme.builtin("4x2x4-26").equivalence(to: .builtin("2x4x4-26")).isEquivalent == true)
    }

    @Test func differentAlgorithmsDifferInAnInvariant() throws {
        let other = try SchemeFile.read(path: Fixture.url("schemes/3x3x3_m23_Z.json").path).scheme
        guard case .different(let invariant, _, _) = try Scheme.builtin("3x3x3-23").equivalence(to: other) else {
            Issue.record("expected a difference")
            return
        }
        #expect(invariant == .ranks)
    }

    @Test func whatIsNoSchemeIsNotCompared() throws {
        let mod2 = try SchemeFile.read(
            path: Fixture.url("schemes/alphatensor_factorizations_f2.npz").path, entry: "4,4,4", ring: .gf2)
        #expect(throws: SymmetryError.self) { try mod2.scheme.equivalence(to: mod2.scheme) }
    }

    @Test func structureCountsWhatTheLiteratureCounts() throws {
        let strassen = try SchemeStructure(.builtin("strassen"))
        #expect(strassen.nonZeros == 36 && strassen.additions == 18 && strassen.scalings == 0)
        #expect(strassen.maxNormGrowth == 12 && abs(strassen.frobeniusGrowth - 14.828) < 0.001)
        #expect(SchemeStructure.text(strassen.rankPattern) == "1·(2,2,2) + 6·(1,1,1)")
        #expect(try SchemeStructure(.builtin("winograd")).maxNormGrowth == 18)
    }
}
