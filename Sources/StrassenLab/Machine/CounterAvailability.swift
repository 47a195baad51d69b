// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// What this machine can count, or why it cannot.
public struct CounterAvailability: Sendable, Codable, Equatable {
    /// Such as `"PAPI 7.0"`; `nil`: absent.
    public let library: String?
    /// Event by quantity; empty when there are no hardware counters.
    public let events: [CounterQuantity: String]
    /// Runs of the code that it takes to count all of them exactly.
    public let passes: Int
    /// Why quantities are missing; empty when all are there.
    public let obstacles: [CounterObstacle]

    public var isEmpty: Bool { events.isEmpty }

    /// Loads PAPI and tries every event.
    public static func probe() -> CounterAvailability {
        probe(library: { try PAPILibrary() }, root: URL(fileURLWithPath: "/"))
    }

    /// - Parameters:
    ///   - library: Makes the library, or throws when it is absent.
    ///   - root: Where `/proc` and `/sys` lie.
    static func probe(library: () throws -> any CounterLibrary, root: URL) -> CounterAvailability {
        OpenCounters(CounterQuantity.allCases, library: library, root: root).availability
    }
}

/// A counter library with the events chosen for some quantities, or the reasons why there is none.
struct OpenCounters {
    let library: (any CounterLibrary)?
    /// No passes where nothing can be counted.
    let plan: CounterPlan?
    let availability: CounterAvailability

    /// Counters that nobody asked for: nothing is counted, and nothing is in the way.
    static let off = OpenCounters()

    private init() {
        (library, plan) = (nil, nil)
        availability = CounterAvailability(library: nil, events: [:], passes: 0, obstacles: [])
    }

    init(
        _ quantities: [CounterQuantity], multiplexed: Bool = false,
        library: () throws -> any CounterLibrary = { try PAPILibrary() }, root: URL = URL(fileURLWithPath: "/")
    ) {
        do {
            let library = try library()
            let plan = CounterPlan(library, quantities: quantities, multiplexed: multiplexed)
            let pairs = plan.passes.flatMap { zip($0.quantities, $0.events) }
            availability = CounterAvailability(
                library: library.name, events: Dictionary(uniqueKeysWithValues: pairs), passes: plan.passes.count,
                obstacles: plan.passes.isEmpty
                    ? CounterObstacle.find(plan.missing, root: root) : CounterObstacle.unknown(plan.missing))
            (self.library, self.plan) = (library, plan)
        } catch {
            let missing = (error as? UnavailableError) ?? UnavailableError("\(error)", advice: "reinstall PAPI")
            availability = CounterAvailability(
                library: nil, events: [:], passes: 0,
                obstacles: [CounterObstacle(reason: missing.what, remedy: missing.advice)])
            (self.library, plan) = (nil, nil)
        }
    }
}

/// One reason why a counter is missing, and how to remove it.
public struct CounterObstacle: Sendable, Codable, Equatable {
    public let reason: String
    public let remedy: String

    /// Looks for the usual causes, most decisive first: no PMU, permission, the container's filter.
    static func find(_ missing: [CounterQuantity: String], root: URL) -> [CounterObstacle] {
        let files = LimitFiles(root: root)
        var found: [CounterObstacle] = []
        let hasUnit = ["cpu", "cpu_core", "armv8_pmuv3_0"].contains {
            files.exists("sys/bus/event_source/devices/\($0)")
        }
        let isVirtual = files.processorField("flags")?.split(separator: " ").contains("hypervisor") ?? false
        if !hasUnit {
            found.append(
                CounterObstacle(
                    reason: isVirtual
                        ? "this is a virtual machine whose hypervisor does not pass the performance counters on"
                        : "the kernel drives no performance monitoring unit of this CPU",
                    remedy: isVirtual
                        ? "ask for a machine with a virtual PMU (KVM: -cpu host,pmu=on; clouds: a metal instance)"
                        : "boot a kernel with CONFIG_PERF_EVENTS and the PMU driver of this CPU"))
        }
        if let level = files.text("proc/sys/kernel/perf_event_paranoid").flatMap({ Int($0.trimmed) }), level > 2 {
            found.append(
                CounterObstacle(
                    reason: "perf_event_paranoid is \(level): users may not count their own processes",
                    remedy: "sudo sysctl kernel.perf_event_paranoid=2"))
        }
        if hasUnit, files.exists(".dockerenv") || files.exists("run/.containerenv") {
            found.append(
                CounterObstacle(
                    reason: "this is a container, whose seccomp filter may forbid perf_event_open",
                    remedy: "start it with --cap-add PERFMON, or --security-opt seccomp=unconfined"))
        }
        return found.isEmpty ? unknown(missing) : found
    }

    /// Quantities that this machine, which counts others, has no event for.
    static func unknown(_ missing: [CounterQuantity: String]) -> [CounterObstacle] {
        missing.sorted { $0.key.rawValue < $1.key.rawValue }.map { quantity, refusal in
            CounterObstacle(
                reason: "\(quantity.rawValue): no event counts it (\(refusal))",
                remedy: "look for one with papi_native_avail (Debian's papi-tools)")
        }
    }
}

extension LimitFiles {
    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }
}
