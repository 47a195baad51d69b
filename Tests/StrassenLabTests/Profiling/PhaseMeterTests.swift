// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// Counters that are refused to every thread but the first.
private struct OneThreadCounters: CounterLibrary {
    let name = "fake 1.0"
    private let owner = pthread_self()

    func makeSet(_ events: [String], multiplexed: Bool) throws -> any CounterSet {
        guard pthread_equal(pthread_self(), owner) != 0 else {
            throw CounterRefusal(event: events[0], reason: "Permission level does not permit operation")
        }
        return FakeCounters.FakeSet(events: events, fails: false)
    }
}

@Suite struct PhaseMeterTests {
    private static let everyEvent = Set(CounterQuantity.allCases.compactMap(\.events.first))
    private static let topology = Topology(
        model: "test", packages: 1, cores: 2, hardwareThreads: 2,
        caches: [(1, 32 << 10), (2, 512 << 10), (3, 32 << 20)].map { level, bytes in
            Topology.Cache(
                level: level, contents: level == 1 ? .data : .unified, bytes: bytes, lineBytes: 64, ways: 8, count: 1,
                coresSharing: 1)
        }, nodes: [])

    private func profiler(
        _ library: @escaping () throws -> any CounterLibrary, multiplexed: Bool = false
    ) -> Profiler {
        let counters = OpenCounters(
            Profiler.quantities(.float64), multiplexed: multiplexed, library: library,
            root: URL(fileURLWithPath: "/nowhere"))
        return Profiler(
            environment: BenchmarkEnvironment(scheme: { try Scheme.builtin($0) }), topology: Self.topology,
            multiplexed: multiplexed, repeats: 2, counters: counters)
    }

    private func problem(_ size: Int, threads: Int = 1) -> ProfileProblem {
        ProfileProblem(m: size, k: size, n: size, precision: .float64, threads: threads, schemes: ["strassen"])
    }

    /// A fake set's counts grow by 100 (the n-th event: by 100n) from read to read: the count tells the calls.
    @Test func everyCallOfAPhaseIsCounted() throws {
        let run = try profiler { FakeCounters(known: Self.everyEvent) }
            .profile(.turbo, problem(256), levels: 1).0
        #expect(run.levels == 1)
        let phases = run.phases.filter { $0.phase != .other }
        #expect(Set(phases.map(\.phase)).isSuperset(of: [.packA, .packB, .kernel]))
        for phase in phases {
            let calls = try #require(phase.calls)
            #expect(phase.counters[.cycles] == calls * 100)
            #expect(phase.counters[.instructions] == calls * 200)
            #expect(phase.counters[.singleOperations] == nil)
            #expect((phase.seconds ?? -1) >= 0 && (phase.cpuSeconds ?? -1) >= 0)
        }
        #expect(run.total.counters[.cycles] == run.phases.compactMap { $0.counters[.cycles] }.reduce(0, +))
        #expect(run.total.perFlop[.cycles] == run.total.counters[.cycles]! / (2 * 256 * 256 * 256))
    }

    @Test func fewCountersTakeSeveralRunsAndLoseNothing() throws {
        let run = try profiler { FakeCounters(known: Self.everyEvent, slots: 2) }
            .profile(.classical, problem(128), levels: nil).0
        #expect(run.total.counters.count == Profiler.quantities(.float64).count)
    }

    @Test func everyThreadHasItsOwnCounters() throws {
        let run = try profiler { FakeCounters(known: Self.everyEvent) }
            .profile(.classical, problem(256, threads: 2), levels: nil).0
        let packing = try #require(run.phases.first { $0.phase == .packB })
        #expect(packing.counters[.cycles] == packing.calls! * 100)
        #expect(packing.calls! >= 2)
    }

    @Test func countersThatOneThreadIsRefusedAreUnavailableNotSmaller() throws {
        let (run, refusal) = try profiler { OneThreadCounters() }
            .profile(.classical, problem(256, threads: 2), levels: nil)
        #expect(run.total.counters.isEmpty)
        #expect(refusal?.contains("Permission") == true)
        #expect((run.total.seconds ?? 0) > 0)
    }

    @Test func libraryWithoutPhasesIsAWhole() throws {
        let profiler = profiler { FakeCounters(known: Self.everyEvent) }
        let run = try profiler.profile(.openblas, problem(64), levels: nil).0
        #expect(run.phases.map(\.phase) == [.whole])
        #expect(run.total.counters[.cycles] == 100)
        let (threaded, refusal) = try profiler.profile(.openblas, problem(64, threads: 2), levels: nil)
        #expect(threaded.total.counters.isEmpty)
        #expect(refusal?.contains("unavailable") == true)
    }

    @Test func withoutALibraryTimesRemainAndNothingIsZero() throws {
        let profiler = profiler { try PAPILibrary(fileNames: ["libpapi-that-is-not-there.so"]) }
        let report = try profiler.report(problem(128), [(.turbo, [0, 1])])
        #expect(report.source == .software)
        #expect(report.counters?.obstacles.first?.remedy.contains("libpapi") == true)
        #expect(report.runs.map(\.levels) == [0, 1])
        for run in report.runs {
            #expect(run.total.counters.isEmpty && run.total.perFlop.isEmpty)
            #expect((run.seconds ?? 0) > 0)
            #expect(run.total.model != nil)
        }
        #expect(ProfileTable.traffic(report.runs[1], report).plain.contains("unavailable"))
    }

    @Test func multiplexingIsSaid() throws {
        let report = try profiler({ FakeCounters(known: Self.everyEvent, slots: 1) }, multiplexed: true)
            .report(problem(64), [(.classical, [nil])])
        #expect(report.multiplexed)
        #expect(report.source == .measured)
        #expect(report.notes.contains { $0.contains("multiplexed") })
    }
}
