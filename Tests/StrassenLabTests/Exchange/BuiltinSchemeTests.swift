// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab
import Testing

/// The figures of docs/schemes.md.
@Suite("Built-in 7-product schemes") struct BuiltinSchemeTests {
    struct Facts: Sendable {
        let name: String
        let nonzeros, additions, shared: Int
        /// Σ_p ‖U_p‖₂·‖V_p‖₂·‖W_p‖₂.
        let frobenius: Double
        /// Σ_p W_pc²·‖U_p‖²·‖V_p‖² / 2 of every block of C.
        let variance: [Double]
    }

    static let table = [
        Facts(name: "strassen", nonzeros: 36, additions: 18, shared: 18, frobenius: 14.828, variance: [6, 2, 2, 6]),
        Facts(name: "winograd", nonzeros: 42, additions: 24, shared: 15, frobenius: 17.853, variance: [1, 9, 9, 9]),
        Facts(
            name: "strassen-turned", nonzeros: 48, additions: 30, shared: 22, frobenius: 14.828, variance: [5, 5, 3, 3]),
        Facts(
            name: "accurate", nonzeros: 54, additions: 36, shared: 27, frobenius: 12.203,
            variance: [1.074, 4.344, 4.344, 1.563]),
        Facts(
            name: "accurate-turned", nonzeros: 66, additions: 48, shared: 35, frobenius: 12.203,
            variance: [2.709, 2.953, 2.709, 2.953]),
        Facts(
            name: "accurate-12.0662", nonzeros: 63, additions: 45, shared: 33, frobenius: 12.066,
            variance: [2.044, 3.508, 3.515, 2.044]),
    ]

    @Test(arguments: table)
    func figuresHold(facts: Facts) throws {
        let scheme = try Scheme.builtin(facts.name)
        #expect(try scheme.verify().isExact)
        #expect(scheme.nonzeros == facts.nonzeros && scheme.plainAdditions == facts.additions)
        #expect(AdditionReduction.reduce(scheme).additions == facts.shared)
        let norms = Scheme.Factor.allCases.map { factor in
            scheme.rows(of: factor).map { $0.reduce(0) { $0 + $1.doubleValue * $1.doubleValue } }
        }
        let frobenius = (0..<7).reduce(0) { $0 + (norms[0][$1] * norms[1][$1] * norms[2][$1]).squareRoot() }
        #expect(abs(frobenius - facts.frobenius) < 0.001)
        for block in 0..<4 {
            let variance = (0..<7).reduce(0.0) { sum, p in
                let w = scheme[.w, p, block].doubleValue
                return sum + w * w * norms[0][p] * norms[1][p] / 2
            }
            #expect(abs(variance - facts.variance[block]) < 0.001, "block \(block)")
        }
    }

    @Test func theTurnedSchemesAreTheSameAlgorithms() throws {
        for name in ["strassen-turned", "accurate-turned"] {
            #expect(try Scheme.builtin(name).canonicalForm().hash == Scheme.builtin("strassen").canonicalForm().hash)
        }
    }
}
