// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// What was counted in one phase, summed over threads and runs.
struct PhaseTotals: Equatable {
    var calls = 0
    /// Seconds of the wall clock, and of the threads on their cores.
    var wall = 0.0, cpu = 0.0
    /// In the order of the pass's events.
    var counters: [Int64]
    /// In the order of ``SoftwareQuantity/allCases``.
    var software: [Int] = Array(repeating: 0, count: SoftwareQuantity.allCases.count)

    init(events: Int) { counters = Array(repeating: 0, count: events) }
}

/// Measures the phases of runs: clocks, page faults, switches, and one pass of counters, an event set for each thread.
final class PhaseMeter: PhaseObserver, @unchecked Sendable {  // every thread has a slot of its own
    private let library: (any CounterLibrary)?
    private let events: [String]
    private let multiplexed: Bool
    private let slots: [Slot]
    /// Set while no run is under way.
    private var isRetiring = false

    /// - Parameter pass: The events; `nil`: none.
    init(threads: Int, library: (any CounterLibrary)? = nil, pass: CounterPass? = nil, multiplexed: Bool = false) {
        self.library = pass == nil ? nil : library
        self.multiplexed = multiplexed
        events = pass?.events ?? []
        slots = (0..<threads).map { [events] _ in Slot(events: events.count) }
    }

    func phase(_ phase: Phase, thread: Int, isEntered: Bool) {
        guard slots.indices.contains(thread) else { return }
        let slot = slots[thread]
        if isRetiring { return slot.stop() }
        if isEntered {
            if let library, slot.set == nil, slot.refusal == nil { slot.open(library, events, multiplexed) }
            slot.enter()
        } else {
            slot.leave(phase.rawValue)
        }
    }

    /// Counts `body`, which runs on the calling thread, as one phase.
    func measure(_ phase: Phase, _ body: () throws -> Void) rethrows {
        self.phase(phase, thread: 0, isEntered: true)
        try body()
        self.phase(phase, thread: 0, isEntered: false)
    }

    /// Forgets what was counted so far (a first run that touches memory).
    func reset() { slots.forEach { $0.reset() } }

    /// From now on every thread that enters a phase stops its event set: they belong to their threads.
    func retire() { isRetiring = true }

    /// What the threads counted in a phase together.
    func totals(_ phase: Phase) -> PhaseTotals {
        slots.reduce(into: PhaseTotals(events: events.count)) { sum, slot in
            let part = slot.totals[phase.rawValue]
            sum.calls += part.calls
            (sum.wall, sum.cpu) = (sum.wall + part.wall, sum.cpu + part.cpu)
            for index in events.indices { sum.counters[index] += part.counters[index] }
            for index in part.software.indices { sum.software[index] += part.software[index] }
        }
    }

    /// Why the counters of some thread are missing; `nil`: all counted.
    var refusal: String? { slots.lazy.compactMap(\.refusal).first }

    /// One thread's state; touched by that thread during a run, by others only between runs.
    private final class Slot {
        var totals: [PhaseTotals]
        var set: (any CounterSet)?
        var refusal: String?
        private let start: UnsafeMutablePointer<Int64>, now: UnsafeMutablePointer<Int64>
        private var wall = 0.0, cpu = 0.0, usage = rusage()
        private let events: Int

        init(events: Int) {
            self.events = events
            totals = Phase.allCases.map { _ in PhaseTotals(events: events) }
            start = .allocate(capacity: max(1, events))
            now = .allocate(capacity: max(1, events))
            start.initialize(repeating: 0, count: max(1, events))
            now.initialize(repeating: 0, count: max(1, events))
        }

        deinit {
            start.deallocate()
            now.deallocate()
        }

        func open(_ library: any CounterLibrary, _ events: [String], _ multiplexed: Bool) {
            do { set = try library.makeSet(events, multiplexed: multiplexed) } catch { refusal = "\(error)" }
        }

        func reset() { totals = Phase.allCases.map { _ in PhaseTotals(events: events) } }

        func stop() {
            set?.stop()
            set = nil
        }

        // The clocks are read innermost, so that reading the rest is not charged to the phase.
        func enter() {
            usage = Self.threadUsage()
            read(start)
            cpu = TimeSource.thread
            wall = TimeSource.wall
        }

        func leave(_ phase: Int) {
            totals[phase].wall += TimeSource.wall - wall
            totals[phase].cpu += TimeSource.thread - cpu
            totals[phase].calls += 1
            read(now)
            for index in 0..<events { totals[phase].counters[index] += now[index] - start[index] }
            let last = Self.threadUsage()
            for (index, quantity) in SoftwareQuantity.allCases.enumerated() {
                totals[phase].software[index] += quantity.count(in: last) - quantity.count(in: usage)
            }
        }

        private func read(_ values: UnsafeMutablePointer<Int64>) {
            guard let set, !set.read(values) else { return }
            refusal = "the counters stopped answering"
        }

        /// RUSAGE_THREAD, which glibc hides from Swift.
        private static func threadUsage() -> rusage {
            var usage = rusage()
            getrusage(__rusage_who_t(1), &usage)
            return usage
        }
    }
}

extension SoftwareQuantity {
    fileprivate func count(in usage: rusage) -> Int {
        switch self {
        case .pageFaults: usage.ru_minflt
        case .majorFaults: usage.ru_majflt
        case .voluntarySwitches: usage.ru_nvcsw
        case .involuntarySwitches: usage.ru_nivcsw
        }
    }
}
