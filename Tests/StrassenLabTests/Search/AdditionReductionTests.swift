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

    /// Pairs of inputs and ratios of coefficients are counted in 256 MiB at most: these would take 5 GB and far more.
    @Test(arguments: [(6, 216), (40, 1600)]) func whatHasNoRoomStaysAsItIs(forms: Int, inputs: Int) {
        let rows = (0..<forms).map { form in
            (0..<inputs).map { $0 % forms == form ? Rational(Int64($0 + 1)) : 0 }
        }
        let program = LinearProgram(rows: rows)
        #expect(AdditionReduction.reduce(program, restarts: 2, seed: 1) == program)
    }

    @Test func nothingToShare() {
        let empty = LinearProgram(rows: [[0, 0], [1, 0]])
        #expect(AdditionReduction.reduce(empty, restarts: 2, seed: 1) == empty)
        let none = LinearProgram(inputs: 0, fresh: [], forms: [])
        #expect(AdditionReduction.reduce(none, restarts: 1, seed: 1).additions == 0)
    }

    /// What `discover --improve` found: as few additions as published, with W's program turned from its transpose.
    @Test func fewestAdditionsOf3x3x3() throws {
        let scheme = try SchemeFile.read(path: Fixture.url("schemes/3x3x3-23-58.scheme").path).scheme
        let reduced = AdditionReduction.reduce(scheme)
        #expect(try scheme.verify().isExact)
        #expect(scheme.rank == 23 && reduced.additions == 58)
        #expect(try reduced.tables() == Scheme.Factor.allCases.map { scheme.rows(of: $0) })
        #expect(AdditionReduction.published(m: 3, k: 3, n: 3, rank: 23) == 58)
    }

    /// From Strassen's 18 additions to Winograd's 15, by changes of bases alone.
    @Test func searchReachesWinograd() throws {
        let found = try AdditionSearch(steps: 2000).run(try .builtin("strassen"))
        #expect(found.report.isExact && found.scheme.rank == 7)
        #expect(AdditionReduction.reduce(found.scheme).additions == 15)
        #expect(AdditionReduction.published(m: 2, k: 2, n: 2, rank: 7) == 15)
    }

    /// Thirty times as many moves as the walk's patience: it has to go back to its best scheme on the way.
    @Test func searchReturnsToItsBest() throws {
        let found = try AdditionSearch(steps: 60_000).run(try .builtin("3x3x3-23"))
        #expect(found.report.isExact && found.scheme.rank == 23)
        #expect(AdditionReduction.reduce(found.scheme).additions <= 63)
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

    @Test(arguments: Scheme.builtinNames)
    func transposedProgramsComputeTheTransposedTable(name: String) throws {
        let rows = try Scheme.builtin(name).rows(of: .w)
        let program = AdditionReduction.reduce(LinearProgram(rows: rows), restarts: 2, seed: 1)
        let transposed = try #require(program.transposed())
        #expect(transposed.inputs == rows.count)
        #expect(try transposed.expanded() == rows[0].indices.map { entry in rows.map { $0[entry] } })
        #expect(transposed.additions == program.additions + rows.count - rows[0].count)
        #expect(try transposed.transposed()?.expanded() == rows)
    }

    @Test func transposedOddPrograms() throws {
        // An unused sum, an input without use, a sum that is a multiple of another, a form without terms.
        let program = LinearProgram(
            inputs: 3,
            fresh: [[.init(index: 0, value: 2)], [.init(index: 3, value: 3), .init(index: 1, value: 1)], []],
            forms: [[.init(index: 3, value: 1), .init(index: 0, value: -2)], [], [.init(index: 0, value: 5)]])
        let transposed = try #require(program.transposed())
        #expect(try transposed.expanded() == [[0, 0, 5], [0, 0, 0], [0, 0, 0]])
        let large = LinearProgram(
            inputs: 1, fresh: [[.init(index: 0, value: Rational(.max))]], forms: [[.init(index: 1, value: 4)]])
        #expect(large.transposed() == nil)
    }

    /// One seed's scheme was improved alone, then among three; the better of them wins on any number of threads.
    @Test func contestKeepsTheBest() async throws {
        let problem = try SearchProblem(shape: SearchShape("2x3x3"), rank: 15)
        let search = SchemeSearch(problem: problem, seed: 5, walkers: 2)
        let first = try #require(try await search.run(threads: 1))
        let count = { (scheme: DiscoveredScheme) in AdditionReduction.reduce(scheme.scheme).additions }
        let alone = try await AdditionContest(starts: 1, steps: 500).run(first, of: search, threads: 2)
        #expect(try alone.scheme == first.improved(by: AdditionSearch(steps: 500, seed: 5)).scheme)
        let contest = AdditionContest(starts: 3, steps: 500)
        let best = try await contest.run(first, of: search, threads: 1)
        #expect(count(best) <= count(alone) && best.scheme.rank == 15 && best.rings.contains(.integers))
        #expect(try await contest.run(first, of: search, threads: 3).scheme == best.scheme)
        let stop = StopFlag()
        stop.raise()
        let limited = try await contest.run(first, of: search, threads: 1, searchStop: stop)
        #expect(limited.scheme == alone.scheme)
        let stopped = try await contest.run(first, of: search, threads: 1, stop: stop)
        #expect(stopped.scheme.rank == 15)
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
