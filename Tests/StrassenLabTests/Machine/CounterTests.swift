// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// A counter library with a given list of events and a given number of hardware counters.
struct FakeCounters: CounterLibrary {
    let name = "fake 1.0"
    var known: Set<String>
    var slots = 8
    /// Events that start but cannot be read.
    var unreadable: Set<String> = []

    func makeSet(_ events: [String], multiplexed: Bool) throws -> any CounterSet {
        for event in events where !known.contains(event) {
            throw CounterRefusal(event: event, reason: "Event does not exist")
        }
        guard multiplexed || events.count <= slots else {
            throw CounterRefusal(event: events[slots], reason: "Event exists, but cannot be counted")
        }
        return FakeSet(events: events, fails: !unreadable.isDisjoint(with: events))
    }

    final class FakeSet: CounterSet {
        let events: [String], fails: Bool
        var reads: Int64 = 0
        init(events: [String], fails: Bool) { (self.events, self.fails) = (events, fails) }
        func read(_ values: UnsafeMutablePointer<Int64>) -> Bool {
            reads += 1
            for index in events.indices { values[index] = reads * Int64(100 * (index + 1)) }
            return !fails
        }
        func stop() {}
    }
}

@Suite struct CounterTests {
    @Test func presetsComeBeforeNativeEvents() {
        let library = FakeCounters(known: ["PAPI_TOT_CYC", "perf::CYCLES", "perf::INSTRUCTIONS"])
        let plan = CounterPlan(library, quantities: [.cycles, .instructions, .l2Misses], multiplexed: false)
        #expect(plan.passes.map(\.events) == [["PAPI_TOT_CYC", "perf::INSTRUCTIONS"]])
        #expect(Array(plan.missing.keys) == [.l2Misses])
    }

    @Test func fewCountersMeanSeveralRunsUnlessMultiplexed() {
        let library = FakeCounters(
            known: ["PAPI_TOT_CYC", "PAPI_TOT_INS", "PAPI_L1_DCM", "PAPI_L2_DCM", "PAPI_TLB_DM"], slots: 2)
        let quantities: [CounterQuantity] = [.cycles, .instructions, .l1Misses, .l2Misses, .tlbMisses]
        let exact = CounterPlan(library, quantities: quantities, multiplexed: false)
        #expect(exact.passes.map(\.quantities.count) == [2, 2, 1])
        let shared = CounterPlan(library, quantities: quantities, multiplexed: true)
        #expect(shared.passes.map(\.quantities.count) == [5])
    }

    @Test func eventsThatStartButCannotBeReadAreMissing() {
        let library = FakeCounters(known: ["PAPI_TOT_CYC", "perf::CYCLES"], unreadable: ["PAPI_TOT_CYC"])
        let plan = CounterPlan(library, quantities: [.cycles], multiplexed: false)
        #expect(plan.passes.map(\.events) == [["perf::CYCLES"]])
    }

    @Test func withoutPAPIItSaysWhatToInstall() {
        let found = CounterAvailability.probe(
            library: { try PAPILibrary(fileNames: ["libpapi-that-is-not-there.so"]) },
            root: URL(fileURLWithPath: "/nowhere"))
        #expect(found.library == nil)
        #expect(found.isEmpty)
        #expect(found.obstacles.first?.remedy.contains("libpapi") == true)
    }

    @Test func virtualMachineWithoutUnitIsNamed() throws {
        let system = try CapturedSystem(["proc/cpuinfo": "flags\t\t: fpu hypervisor avx2\n", ".dockerenv": ""])
        let found = CounterAvailability.probe(library: { FakeCounters(known: []) }, root: system.root)
        #expect(found.library == "fake 1.0")
        #expect(found.events.isEmpty)
        #expect(found.obstacles.count == 1)
        #expect(found.obstacles[0].reason.contains("hypervisor"))
    }

    @Test func paranoidKernelAndContainerAreBothNamed() throws {
        let system = try CapturedSystem([
            "proc/cpuinfo": "flags\t\t: fpu avx2\n", "proc/sys/kernel/perf_event_paranoid": "4\n", ".dockerenv": "",
            "sys/bus/event_source/devices/cpu/type": "4\n",
        ])
        let found = CounterAvailability.probe(library: { FakeCounters(known: []) }, root: system.root)
        #expect(found.obstacles.map(\.remedy).contains { $0.contains("perf_event_paranoid=2") })
        #expect(found.obstacles.map(\.remedy).contains { $0.contains("PERFMON") })
    }

    @Test func refusedEventsAreNamedWhereNothingElseIsWrong() throws {
        let system = try CapturedSystem([
            "proc/cpuinfo": "flags : fpu\n", "sys/bus/event_source/devices/cpu/type": "4\n",
        ])
        let found = CounterAvailability.probe(library: { FakeCounters(known: ["PAPI_TOT_CYC"]) }, root: system.root)
        #expect(found.events == [.cycles: "PAPI_TOT_CYC"])
        #expect(found.obstacles.contains { $0.reason.hasPrefix("l1_misses") })
    }

    /// Whatever this host has: a probe ends, and what is missing has a reason.
    @Test func thisMachineHasCountersOrReasons() {
        let found = CounterAvailability.probe()
        #expect(found.events.count == CounterQuantity.allCases.count || !found.obstacles.isEmpty)
    }
}
