// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab
import Testing

@Suite("Sparsest form of a scheme") struct SparsifyTests {
    /// U → PᵀUQ⁻ᵀ and so on for P = 1 + x·e₂₁, Q = 1 + y·e₁₂, R = 1 + z·e₂₁.
    private func moved(_ scheme: Scheme, x: Int64, y: Int64, z: Int64) throws -> Scheme {
        func product(_ a: [Int64], _ b: [Int64]) -> [Int64] {
            [
                a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2],
                a[2] * b[1] + a[3] * b[3],
            ]
        }
        func rows(_ factor: Scheme.Factor, _ left: [Int64], _ right: [Int64]) -> [[Rational]] {
            scheme.rows(of: factor).map { product(product(left, $0.map(\.numerator)), right).map { Rational($0) } }
        }
        return try Scheme(
            name: "moved", m: 2, k: 2, n: 2, u: rows(.u, [1, x, 0, 1], [1, 0, -y, 1]),
            v: rows(.v, [1, 0, y, 1], [1, -z, 0, 1]),
            w: rows(.w, [1, 0, -x, 1], [1, 0, z, 1]))
    }

    @Test func everyBasisOfStrassenComesBack() throws {
        let strassen = try Scheme.builtin("strassen")
        for (x, y, z) in [(1, 0, 0), (3, -2, 1), (-17, 40, 9), (1000, -1000, 999)] as [(Int64, Int64, Int64)] {
            let other = try moved(strassen, x: x, y: y, z: z)
            #expect(try other.verify().isExact && other.nonzeros > 36)
            let found = try SchemeSparsifier(seed: 5).run(other)
            #expect(found.report.isExact && found.scheme.nonzeros == 36 && found.scheme.plainAdditions == 18)
        }
    }

    @Test(arguments: ["winograd", "accurate", "accurate-12.0662"])
    func everyBuiltInOfRankSevenReachesStrassensForm(name: String) throws {
        #expect(try SchemeSparsifier().run(.builtin(name)).scheme.nonzeros == 36)
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
