// SPDX-License-Identifier: AGPL-3.0-or-later

/// A library that reads the processor's performance counters; PAPI, or a stand-in in tests.
protocol CounterLibrary: Sendable {
    /// Such as `"PAPI 7.0.0"`.
    var name: String { get }
    /// Counters of the calling thread. Several events share the hardware in turn only when `multiplexed`.
    ///
    /// - Throws: ``CounterRefusal`` naming the event that this machine does not count.
    func makeSet(_ events: [String], multiplexed: Bool) throws -> any CounterSet
}

/// Running counters of one thread; made, read and stopped on that thread.
protocol CounterSet: AnyObject {
    /// Values since the start, in the order of the events.
    ///
    /// - Returns: false when the library fails; the values are then meaningless.
    func read(_ values: UnsafeMutablePointer<Int64>) -> Bool
    func stop()
}

/// An event that cannot be counted, and what the library said.
struct CounterRefusal: Error, Equatable {
    let event: String
    let reason: String
}

/// Events that are counted together in one run of the code.
struct CounterPass: Equatable, Sendable {
    var quantities: [CounterQuantity]
    var events: [String]
}

/// Which events this machine counts, and in how many runs.
struct CounterPlan: Equatable, Sendable {
    var passes: [CounterPass]
    let multiplexed: Bool
    /// Quantities that no event could be found for, with the last refusal.
    var missing: [CounterQuantity: String]

    /// Tries every event by really starting it: libraries claim more than machines have.
    ///
    /// - Parameter multiplexed: One run for all, the hardware shared in turn and the counts scaled up; else as many runs
    ///   as it takes to count everything exactly.
    init(_ library: any CounterLibrary, quantities: [CounterQuantity], multiplexed: Bool) {
        self.multiplexed = multiplexed
        (passes, missing) = ([], [:])
        for quantity in quantities {
            switch Self.working(quantity, library) {
            case .success(let event): place(quantity, event, library)
            case .failure(let refusal): missing[quantity] = "\(refusal.event): \(refusal.reason)"
            }
        }
    }

    private mutating func place(_ quantity: CounterQuantity, _ event: String, _ library: any CounterLibrary) {
        for index in passes.indices {
            let together = passes[index].events + [event]
            guard Self.runs(together, library, multiplexed: multiplexed) == nil else { continue }
            passes[index].events = together
            passes[index].quantities.append(quantity)
            return
        }
        passes.append(CounterPass(quantities: [quantity], events: [event]))
    }

    private static func working(_ quantity: CounterQuantity, _ library: any CounterLibrary) -> Result<
        String, CounterRefusal
    > {
        var last = CounterRefusal(event: quantity.rawValue, reason: "no event is known")
        for event in quantity.events {
            guard let refusal = runs([event], library, multiplexed: false) else { return .success(event) }
            last = refusal
        }
        return .failure(last)
    }

    /// `nil` when the events count together.
    private static func runs(_ events: [String], _ library: any CounterLibrary, multiplexed: Bool) -> CounterRefusal? {
        do {
            let set = try library.makeSet(events, multiplexed: multiplexed)
            defer { set.stop() }
            var values = [Int64](repeating: 0, count: events.count)
            return set.read(&values) ? nil : CounterRefusal(event: events[0], reason: "it starts but cannot be read")
        } catch let refusal as CounterRefusal {
            return refusal
        } catch {
            return CounterRefusal(event: events[0], reason: "\(error)")
        }
    }
}
