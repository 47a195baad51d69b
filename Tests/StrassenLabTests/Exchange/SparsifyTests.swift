// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab
import Testing

@Suite("Sparsest form of a scheme") struct SparsifyTests {
    /// The scheme in other bases: 1 + x·e in the place of P (axis 0), Q or R, e the unit matrix at (source, target).
    private func moved(_ scheme: Scheme, axis: Int, target: Int, source: Int, by x: Int64) throws -> Scheme {
        let (m, k, n) = (scheme.m, scheme.k, scheme.n)
        func added(_ factor: Scheme.Factor, _ line: (Int) -> [Int], _ target: Int, _ source: Int, _ x: Int64)
            -> [[Rational]]
        {
            scheme.rows(of: factor).map { row in
                var row = row
                for (to, from) in zip(line(target), line(source)) {
                    row[to] = Rational(row[to].numerator + x * row[from].numerator)
                }
                return row
            }
        }
        func rows(_ columns: Int) -> (Int) -> [Int] { { line in (0..<columns).map { line * columns + $0 } } }
        func columns(_ height: Int, _ columns: Int) -> (Int) -> [Int] {
            { line in (0..<height).map { $0 * columns + line } }
        }
        var (u, v, w) = (scheme.rows(of: .u), scheme.rows(of: .v), scheme.rows(of: .w))
        switch axis {
        case 0: (u, w) = (added(.u, rows(k), target, source, x), added(.w, rows(n), source, target, -x))
        case 1: (v, u) = (added(.v, rows(n), target, source, x), added(.u, columns(m, k), source, target, -x))
        default: (w, v) = (added(.w, columns(m, n), target, source, x), added(.v, columns(k, n), source, target, -x))
        }
        return try Scheme(name: "moved", m: m, k: k, n: n, u: u, v: v, w: w)
    }

    @Test func everyBasisOfStrassenComesBack() throws {
        for (x, y, z) in [(1, 0, 0), (3, -2, 1), (-17, 40, 9), (1000, -1000, 999)] as [(Int64, Int64, Int64)] {
            var scheme = try Scheme.builtin("strassen")
            for (axis, factor) in [x, y, z].enumerated() {
                scheme = try moved(scheme, axis: axis, target: axis % 2, source: 1 - axis % 2, by: factor)
            }
            #expect(try scheme.verify().isExact && scheme.nonzeros > 36)
            let found = try SchemeSparsifier(seed: 5).run(scheme)
            #expect(found.report.isExact && found.scheme.nonzeros == 36 && found.scheme.plainAdditions == 18)
        }
    }

    @Test(arguments: ["3x3x3-23", "3x2x3-15", "2x3x4-20"])
    func otherShapesComeBackFromThirtyRandomMoves(name: String) throws {
        let original = try Scheme.builtin(name)
        var (scheme, random) = (original, RandomSource(seed: 7))
        for _ in 0..<30 {
            let axis = Int.random(in: 0..<3, using: &random)
            let size = [scheme.m, scheme.k, scheme.n][axis]
            let target = Int.random(in: 0..<size, using: &random)
            let source = (target + Int.random(in: 1..<size, using: &random)) % size
            scheme = try moved(scheme, axis: axis, target: target, source: source, by: random.next() % 2 == 0 ? 1 : -1)
        }
        #expect(try scheme.verify().isExact && scheme.nonzeros > original.nonzeros)
        #expect(try SchemeSparsifier().run(scheme).scheme.nonzeros == original.nonzeros)
    }

    @Test(arguments: ["winograd", "accurate", "accurate-12.0662", "accurate-turned"])
    func everyBuiltInOfRankSevenReachesStrassensForm(name: String) throws {
        #expect(try SchemeSparsifier().run(.builtin(name)).scheme.nonzeros == 36)
    }

    @Test(arguments: ["strassen", "winograd", "accurate"])
    func fewestAdditionsAreWinogradsFifteen(name: String) throws {
        let found = try SchemeSparsifier(objective: .additions).run(.builtin(name))
        #expect(found.report.isExact && AdditionReduction.reduce(found.scheme).additions == 15)
        #expect(found.scheme.nonzeros == 42)
    }

    @Test func theSameSeedGivesTheSameForm() throws {
        let scheme = try Scheme.builtin("3x3x3-23")
        let results = try (0..<2).map { _ in try SchemeSparsifier(seed: 9, rounds: 2, steps: 3000).run(scheme).scheme }
        #expect(results[0] == results[1])
        #expect(results[0].nonzeros <= scheme.nonzeros)
    }

    @Test func otherShapesAndRationalsKeepProving() throws {
        let wide = try Scheme.builtin("2x3x4-20")
        let composed = try Scheme.builtin("accurate").composed(with: .builtin("strassen"))
        for scheme in [wide, composed] {
            let found = try SchemeSparsifier(rounds: 2, steps: 2000).run(scheme, name: "x")
            #expect(found.report.isExact && found.scheme.nonzeros <= scheme.nonzeros && found.scheme.name == "x")
        }
    }
}
