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

    /// Random rational bases, order and scales, undone exactly.
    @Test func everyFormOfStrassenHasOneCanonicalForm() throws {
        var random = RandomSource(seed: 21)
        let strassen = try Scheme.builtin("strassen")
        let canonical = try strassen.canonicalForm()
        func entries() -> [Rational] {
            while true {
                let x = (0..<4).map { _ in Int64(random.uniform(-3.5, 3.5).rounded()) }
                if x[0] * x[3] != x[1] * x[2] { return x.map { Rational($0) } }
            }
        }
        for _ in 0..<50 {
            let transform = SchemeTransform(
                p: entries(), q: entries(), r: entries(), order: (0..<7).shuffled(using: &random),
                scales: (0..<7).map { _ in [Rational(2), Rational(-1, 3), Rational(-3, 2)] })
            let moved = try strassen.applying(transform, name: "moved")
            #expect(try moved.verify().isExact)
            let form = try moved.canonicalForm()
            #expect(form.hash == canonical.hash && form.scheme == canonical.scheme)
            #expect(try moved.applying(form.transform, name: "form") == canonical.scheme)
            guard case .transformed(let back) = try moved.equivalence(to: strassen) else {
                Issue.record("expected a transformation")
                continue
            }
            #expect(try moved.applying(back, name: "back") == strassen)
        }
        #expect(throws: SymmetryError.self) { try Scheme.builtin("3x3x3-23").canonicalForm() }
    }

    /// Rows and columns renamed and negated, products shuffled and scaled.
    @Test(arguments: ["3x3x3-23", "2x3x4-20", "3x2x3-15"]) func relabelledSchemesAreRecognised(name: String) throws {
        let scheme = try Scheme.builtin(name)
        var random = RandomSource(seed: 22)
        func relabelling(_ size: Int) -> [Rational] {
            let order = (0..<size).shuffled(using: &random)
            return (0..<size).flatMap { row in
                let sign: Int64 = random.uniform() < 0.5 ? -1 : 1
                return (0..<size).map { Rational($0 == order[row] ? sign : 0) }
            }
        }
        let transform = SchemeTransform(
            p: relabelling(scheme.m), q: relabelling(scheme.k), r: relabelling(scheme.n),
            order: (0..<scheme.rank).shuffled(using: &random),
            scales: (0..<scheme.rank).map { _ in [Rational(-1), Rational(1, 2), Rational(-2)] })
        let moved = try scheme.applying(transform, name: "moved")
        guard case .transformed(let found) = try scheme.equivalence(to: moved) else {
            Issue.record("expected a transformation")
            return
        }
        #expect(try scheme.applying(found, name: "found") == moved)
        #expect(try scheme.equivalence(to: scheme) == .identical)
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
