// SPDX-License-Identifier: AGPL-3.0-or-later

import Foundation

/// Profiles as tables. What could not be counted is "unavailable", never 0.
public enum ProfileTable {
    static let missing = "unavailable"

    /// The phases and their total; a library without phases is its own total.
    private static func rows(_ run: ProfileRun) -> [PhaseProfile] {
        run.phases.filter { $0.phase != .whole } + [run.total]
    }

    /// Time of each phase, and what the system counted.
    public static func times(_ run: ProfileRun) -> Table {
        var table = Table(
            "phase", ">share", ">time", ">cpu", ">calls", ">GFLOP/s", ">page faults", ">switches", ">memory GB/s",
            ">model GB/s")
        for phase in rows(run) {
            let software = phase.software
            let switches = [SoftwareQuantity.voluntarySwitches, .involuntarySwitches].compactMap { software[$0] }
            table.add(
                phase.phase == .whole ? "total" : phase.phase.title, phase.share.map(Format.percent) ?? "–",
                phase.seconds.map(Format.seconds) ?? "–", phase.cpuSeconds.map(Format.seconds) ?? "–",
                Format.fixed(phase.calls, 0), Format.fixed(phase.gflops, 1), Format.fixed(software[.pageFaults], 0),
                switches.isEmpty ? "–" : Format.fixed(switches.reduce(0, +), 0),
                phase.gigabytesPerSecond.map { Format.fixed($0, 2) } ?? missing,
                Format.fixed(phase.modelledGigabytesPerSecond, 2))
        }
        return table
    }

    /// Counts of each phase: as they are, for 1000 flops of the product, for an element that the phase writes.
    public static func counts(_ run: ProfileRun) -> Table {
        let known = CounterQuantity.allCases.filter { run.total.counters[$0] != nil }
        var table = Table(["phase"] + known.flatMap { [">\($0.title)", ">/kflop", ">/element"] })
        for phase in rows(run) {
            table.add(
                [phase.phase == .whole ? "total" : phase.phase.title]
                    + known.flatMap { quantity in
                        [
                            phase.counters[quantity].map { Format.count($0) } ?? missing,
                            phase.perFlop[quantity].map { Format.compact($0 * 1000) } ?? missing,
                            phase.perElement[quantity].map(Format.compact) ?? "–",
                        ]
                    })
        }
        return table
    }

    /// Lines into each cache: counted and predicted, for 1000 flops of the product.
    public static func traffic(_ run: ProfileRun, _ report: ProfileReport) -> Table {
        var table = Table(
            ["phase"] + levels.flatMap { [">\($0.name) lines/kflop", ">model"] } + [">bytes from memory"])
        for phase in rows(run) where phase.phase != .other || !phase.counters.isEmpty {
            var cells = [phase.phase == .whole ? "total" : phase.phase.title]
            for level in levels {
                cells += [
                    phase.perFlop[level.quantity].map { Format.compact($0 * 1000) } ?? missing,
                    phase.model.map {
                        Format.compact($0[keyPath: level.model] / report.lineBytes / report.flops * 1000)
                    }
                        ?? "–",
                ]
            }
            table.add(cells + [phase.model.map { Format.bytes(Int($0.intoL3)) } ?? "–"])
        }
        return table
    }

    /// One row a phase, one column a number of levels: times (of the processor on one thread, else of the wall clock), or lines into L2 where there are none.
    public static func levels(_ report: ProfileReport) -> Table {
        var table = Table(["phase"] + report.runs.map { ">\($0.levels) level\($0.levels == 1 ? "" : "s")" })
        for phase in ProfilePhase.allCases where phase != .whole {
            let cells = report.runs.map { cell($0.phases.first { $0.phase == phase }, report) }
            if cells.contains(where: { $0 != "–" }) { table.add([phase.title] + cells) }
        }
        table.add(["total"] + report.runs.map { cell($0.total, report) })
        return table
    }

    private static func cell(_ phase: PhaseProfile?, _ report: ProfileReport) -> String {
        if let seconds = report.threads == 1 ? phase?.cpuSeconds : phase?.seconds { return Format.seconds(seconds) }
        return phase?.perFlop[.l2Misses].map { Format.compact($0 * 1000) } ?? "–"
    }

    /// One row a kernel: speed and misses for 1000 flops of the product.
    public static func comparison(_ report: ProfileReport) -> Table {
        var table = Table(
            ["kernel", "scheme", ">levels", ">time", ">GFLOP/s"]
                + levels.flatMap { [">\($0.name) misses/kflop", ">model"] } + [">page faults"])
        for run in report.runs {
            var cells = [
                run.kernel.rawValue, run.scheme == "none" ? "–" : run.scheme, "\(run.levels)",
                run.seconds.map(Format.seconds) ?? "–", Format.fixed(run.gflops, 1),
            ]
            for level in levels {
                cells += [
                    run.total.perFlop[level.quantity].map { Format.compact($0 * 1000) } ?? missing,
                    run.total.model.map {
                        Format.compact($0[keyPath: level.model] / report.lineBytes / report.flops * 1000)
                    } ?? "–",
                ]
            }
            table.add(cells + [Format.fixed(run.total.software[.pageFaults], 0)])
        }
        return table
    }

    /// Everything, one row a phase, for spreadsheets; empty cells are unavailable.
    public static func all(_ report: ProfileReport) -> Table {
        let quantities = CounterQuantity.allCases
        var table = Table(
            ["source", "kernel", "levels", "phase", "seconds", "cpu_seconds", "calls", "flops", "elements"]
                + quantities.map(\.rawValue) + SoftwareQuantity.allCases.map(\.rawValue)
                + ["model_bytes_into_l1", "model_bytes_into_l2", "model_bytes_into_l3"])
        for run in report.runs {
            for phase in rows(run) {
                let numbers: [Double?] =
                    [phase.seconds, phase.cpuSeconds, phase.calls, phase.flops, phase.elements]
                    + quantities.map { phase.counters[$0] } + SoftwareQuantity.allCases.map { phase.software[$0] }
                    + levels.map { level in phase.model.map { $0[keyPath: level.model] } }
                table.add(
                    [
                        report.source.rawValue, run.kernel.rawValue, "\(run.levels)",
                        phase.phase == .whole ? "total" : phase.phase.rawValue,
                    ] + numbers.map { $0.map { "\($0)" } ?? "" })
            }
        }
        return table
    }

    /// A cache with its counter and its model.
    struct Level {
        let name: String
        let quantity: CounterQuantity
        let model: KeyPath<CacheTraffic, Double> & Sendable
    }
    static let levels = [
        Level(name: "L1", quantity: .l1Misses, model: \.intoL1),
        Level(name: "L2", quantity: .l2Misses, model: \.intoL2),
        Level(name: "L3", quantity: .l3Misses, model: \.intoL3),
    ]
}

extension ProfileReport {
    /// Bytes of a cache line; the model's traffic over it is in lines.
    var lineBytes: Double { Double(simulation?.l1.lineBytes ?? 64) }
}

extension CounterQuantity {
    /// For headings.
    public var title: String {
        rawValue.replacing("_", with: " ").replacing("l", with: "L", maxReplacements: hasLevel ? 1 : 0)
    }
    private var hasLevel: Bool { self == .l1Misses || self == .l2Misses || self == .l3Misses }
}

extension Format {
    /// `"1.23e+09"` from a thousand up, whole numbers below.
    static func count(_ value: Double) -> String { value < 1000 ? fixed(value, 0) : String(format: "%.2e", value) }
}
