// SPDX-License-Identifier: AGPL-3.0-or-later
import Testing

@testable import StrassenLab

@Suite("Scheme search") struct SchemeSearchTests {
    /// Limits are in flips, so that no test depends on the machine's speed.
    @Test(
        arguments: [
            ("1x1x1", 1), ("2x2x2", 7), ("2x2x3", 11), ("2x2x4", 14), ("2x2x5", 18), ("3x2x3", 15), ("2x3x4", 20),
            ("3x3x3", 23),
        ])
    func findsKnownRanks(text: String, rank: Int) async throws {
        let search = SchemeSearch(problem: try SearchProblem(shape: SearchShape(text), rank: rank), seed: 5)
        let found = try #require(try await search.run(threads: 2, effort: 100_000_000))
        #expect(found.scheme.rank == rank && found.rings.contains(.integers))
        #expect(try found.scheme.verify().isExact)
    }

    @Test func threadsDoNotChangeTheResult() async throws {
        let problem = try SearchProblem(shape: SearchShape(3, 3, 3), rank: 23)
        var schemes: Set<Scheme> = []
        for threads in 1...3 {
            let search = SchemeSearch(problem: problem, seed: 11, walkers: 3)
            schemes.insert(try #require(try await search.run(threads: threads)).scheme)
        }
        #expect(schemes.count == 1)
        let other = try await SchemeSearch(problem: problem, seed: 12, walkers: 3).run(threads: 2)
        #expect(try schemes.first != #require(other).scheme)
    }

    @Test func resumedSearchFindsTheSame() async throws {
        let problem = try SearchProblem(shape: SearchShape(2, 3, 4), rank: 20)
        let whole = SchemeSearch(problem: problem, seed: 2, walkers: 2)
        let expected = try #require(try await whole.run(threads: 1))
        var effort = 0
        var search = SchemeSearch(problem: problem, seed: 2, walkers: 2)
        var found: DiscoveredScheme?
        while found == nil {
            effort += 100_000
            found = try await search.run(threads: 2, effort: effort)
            search = try SchemeSearch(savedState: search.savedState())
        }
        #expect(found?.scheme == expected.scheme && found?.flips == expected.flips)
        #expect(try await search.run(threads: 1)?.scheme == expected.scheme)
    }

    @Test func interruptionForgetsTheSlice() async throws {
        let problem = try SearchProblem(shape: SearchShape(3, 3, 3), rank: 22)
        let search = SchemeSearch(problem: problem, seed: 1, walkers: 2)
        _ = try await search.run(threads: 2, effort: 200_000)
        let before = try search.savedState()
        let stop = StopFlag()
        stop.raise()
        #expect(try await search.run(threads: 2, stop: stop) == nil)
        #expect(try search.savedState() == before)
        #expect(search.progress.flips > 0 && search.progress.lowestRank != nil)
    }

    /// The scheme to start from has no signs, and the search for another one takes far longer than the limit.
    @Test func aLimitKeepsTheSchemeAtHand() async throws {
        let path = Fixture.url("schemes/2x3x7_m35_Q.json").path
        let problem = try SearchProblem(
            shape: SearchShape(2, 3, 7), rank: 35, ring: .rationals,
            start: BinaryScheme(SchemeFile.read(path: path).scheme))
        let search = SchemeSearch(problem: problem, seed: 1, walkers: 3)
        #expect(try search.unimproved() == nil)
        #expect(try await search.run(threads: 2, effort: 50_000) == nil)
        let found = try #require(try search.unimproved())
        #expect(found.scheme.rank == 35 && found.rings.contains(.rationals) && !found.isTernary)
        let (walkers, walker) = (search.walkers, search.walkers[found.walker])
        #expect(walkers.allSatisfy { $0.fallback == nil || $0.effort >= walker.effort } && found.flips == walker.flips)
        let resumed = try SchemeSearch(savedState: search.savedState())
        #expect(try resumed.unimproved()?.scheme == found.scheme)
    }

    /// More products than the standard algorithm's are never needed, but may be asked for.
    @Test(arguments: SearchRing.allCases) func anyRankMayBeAskedFor(ring: SearchRing) async throws {
        let problem = try SearchProblem(shape: SearchShape(2, 2, 2), rank: .max, ring: ring)
        let found = try #require(try await SchemeSearch(problem: problem, seed: 1, walkers: 2).run(threads: 1))
        #expect(found.scheme.rank <= 8)
    }

    @Test func mod2OnlyIsSaid() async throws {
        let path = Fixture.url("schemes/alphatensor_factorizations_f2.npz").path
        let start = try BinaryScheme(SchemeFile.read(path: path, entry: "4,4,4", ring: .gf2).scheme)
        let problem = try SearchProblem(shape: SearchShape(4, 4, 4), rank: 47, ring: .gf2, start: start)
        let search = SchemeSearch(problem: problem, seed: 1, walkers: 1)
        let found = try #require(try await search.run(threads: 1, effort: 1))
        #expect(found.holdsOnlyMod2 && found.rings == .gf2 && found.scheme.name == "4x4x4-47-mod2")
        let integers = try SearchProblem(shape: SearchShape(4, 4, 4), rank: 47, start: start)
        #expect(try await SchemeSearch(problem: integers, seed: 1, walkers: 1).run(threads: 1, effort: 60_000) == nil)
    }

    @Test func startsFromAScheme() async throws {
        let start = try BinaryScheme(Scheme.builtin("strassen"))
        let problem = try SearchProblem(shape: SearchShape(2, 2, 2), rank: 7, start: start)
        let found = try await SchemeSearch(problem: problem, seed: 1, walkers: 1).run(threads: 1, effort: 1)
        #expect(found?.scheme.rank == 7)
        var broken = start
        broken.products[0].u = 6
        #expect(throws: SearchError.self) { try SearchProblem(shape: SearchShape(2, 2, 2), rank: 7, start: broken) }
    }

    @Test func impossibleRanksAreRefused() {
        #expect(throws: SearchError.rank(8, SearchShape(3, 3, 3), least: 9)) {
            try SearchProblem(shape: SearchShape(3, 3, 3), rank: 8)
        }
    }

    @Test func lubySequence() {
        #expect((1...15).map(SearchWalker.luby) == [1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8])
    }
}
