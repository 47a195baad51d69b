// SPDX-License-Identifier: AGPL-3.0-or-later
import Testing

@testable import StrassenLab

@Suite("Reduction of additions") struct AdditionReductionTests {
    @Test(arguments: Scheme.builtinNames)
    func programsComputeTheScheme(name: String) throws {
        let scheme = try Scheme.builtin(name)
        let reduced = AdditionReduction.reduce(scheme, restarts: 4)
        #expect(try reduced.tables() == Scheme.Factor.allCases.map { scheme.rows(of: $0) })
        #expect(reduced.additions <= scheme.plainAdditions)
        #expect(AdditionReduction.reduce(scheme, restarts: 4) == reduced)
    }

    /// Winograd's form is the one that reaches the published 15 (4 + 4 + 7).
    @Test func publishedCounts() throws {
        let winograd = AdditionReduction.reduce(try Scheme.builtin("winograd"))
        #expect([winograd.u.additions, winograd.v.additions, winograd.w.additions] == [4, 4, 7])
        #expect(AdditionReduction.reduce(try Scheme.builtin("strassen")).additions == 18)
    }

    @Test func ratiosOfCoefficientsCount() throws {
        // 2x + y + z, −4x − 2y, 2x + y: the last one is shared, once times −2.
        let rows: [[Rational]] = [[2, 1, 1], [-4, -2, 0], [2, 1, 0]]
        let reduced = AdditionReduction.reduce(LinearProgram(rows: rows), restarts: 3, seed: 1)
        #expect(reduced.additions == 2)
        #expect(try reduced.expanded() == rows)
    }

    @Test func nothingToShare() {
        let empty = LinearProgram(rows: [[0, 0], [1, 0]])
        #expect(AdditionReduction.reduce(empty, restarts: 2, seed: 1) == empty)
        let none = LinearProgram(inputs: 0, fresh: [], forms: [])
        #expect(AdditionReduction.reduce(none, restarts: 1, seed: 1).additions == 0)
    }
}
