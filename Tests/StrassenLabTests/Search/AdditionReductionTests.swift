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

    /// From Strassen's 18 additions to Winograd's 15, by changes of bases alone.
    @Test func searchReachesWinograd() throws {
        let found = try AdditionSearch(steps: 2000).run(try .builtin("strassen"))
        #expect(found.report.isExact && found.scheme.rank == 7)
        #expect(AdditionReduction.reduce(found.scheme).additions == 15)
        #expect(AdditionReduction.published(m: 2, k: 2, n: 2, rank: 7) == 15)
    }

    @Test(arguments: ["3x3x3-23", "2x3x4-20", "accurate"])
    func searchKeepsTheEquations(name: String) throws {
        let scheme = try Scheme.builtin(name)
        let search = AdditionSearch(steps: 1500, seed: 4)
        let found = try search.run(scheme)
        #expect(found.report.isExact && found.scheme.rank == scheme.rank)
        #expect(try search.run(scheme).scheme == found.scheme)
        #expect(
            AdditionReduction.reduce(found.scheme, restarts: 1).additions
                <= AdditionReduction.reduce(scheme, restarts: 1).additions)
    }

    @Test func stoppedSearchKeepsTheScheme() throws {
        let stop = StopFlag()
        stop.raise()
        let scheme = try Scheme.builtin("3x3x3-23")
        let found = try AdditionSearch(steps: 1_000_000_000).run(scheme, stop: stop).scheme
        #expect(found.plainAdditions == scheme.plainAdditions)
    }

    /// A scheme that holds mod 2 only stays one.
    @Test func searchMod2() throws {
        let path = Fixture.url("schemes/alphatensor_factorizations_f2.npz").path
        let scheme = try SchemeFile.read(path: path, entry: "4,4,4", ring: .gf2).scheme
        let found = try AdditionSearch(steps: 300).run(scheme, ring: .gf2)
        #expect(found.isMod2Only && found.scheme.rank == 47)
    }
}
