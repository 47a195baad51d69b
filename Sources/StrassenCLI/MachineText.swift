// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab

/// The machine as text for people.
struct MachineText {
    private let report: MachineReport

    init(_ report: MachineReport) { self.report = report }

    var text: String {
        [processor, limits, Self.caches(report.machine.caches), peaks, bandwidth, counters, profile].filter {
            !$0.isEmpty
        }
        .joined(separator: "\n")
    }

    /// A topology alone.
    static func lines(_ topology: Topology) -> String {
        var text = pairs([
            ("processor", topology.model.isEmpty ? "unknown" : topology.model),
            (
                "cores",
                "\(topology.cores) in \(plural(topology.packages, "package")), \(plural(topology.hardwareThreads, "hardware thread"))"
            ),
            ("NUMA", nodes(topology.nodes)),
        ])
        text += "\n" + caches(topology.caches)
        return text
    }

    static func lines(blocking: [String: Blocking]) -> String {
        var table = Table("derived blocks", "kernel", ">mc", ">kc", ">nc")
        for (precision, block) in blocking.sorted(by: { $0.key < $1.key }) {
            table.add(
                precision, block.kernel.isEmpty ? "best" : block.kernel, "\(block.mc)", "\(block.kc)", "\(block.nc)")
        }
        return "\n" + table.plain
    }

    private var processor: String {
        let machine = report.machine
        let clock = [
            report.clock.stated.map { "\(Format.fixed($0, 2)) GHz by \(report.clock.source ?? "the system")" },
            report.clock.measured.map { "\(Format.fixed($0, 2)) GHz measured" },
        ].compactMap(\.self)
        return Self.pairs([
            ("processor", machine.cpu),
            (
                "cores",
                "\(machine.cores) in \(Self.plural(machine.packages, "package")), \(Self.plural(machine.hardwareThreads, "hardware thread"))"
            ),
            ("clock", clock.isEmpty ? "unknown" : clock.joined(separator: ", ")),
            ("instruction sets", machine.isas.map(\.rawValue).joined(separator: " ")),
            ("micro-kernels", machine.kernels.sorted { $0.key < $1.key }.map(\.value).joined(separator: " ")),
            ("NUMA", Self.nodes(report.numa)),
            ("system", machine.system),
            (
                "OpenBLAS",
                "\(machine.openblas.config.trimmingCharacters(in: .whitespaces)), kernels for \(machine.openblas.corename)"
            ),
            ("strassen", machine.library),
        ])
    }

    private var limits: String {
        let allowance = report.allowance
        return Self.pairs([
            (
                "may use",
                "\(Self.plural(allowance.threads, "thread")) (affinity mask \(allowance.processors), cgroup \(allowance.quota.map { Format.fixed($0, 1) } ?? "no quota"))"
            ),
            (
                "memory",
                "\(allowance.availableBytes.map(Format.bytes) ?? "unknown") available, \(allowance.memoryLimitBytes.map { "\(Format.bytes($0)) left by a cgroup" } ?? "no limit by a cgroup")"
            ),
        ])
    }

    private static func caches(_ caches: [Topology.Cache]) -> String {
        var table = Table("cache", ">size", ">line", ">ways", ">count", ">cores each")
        for cache in caches {
            table.add(
                cache.name, Format.bytes(cache.bytes), cache.lineBytes.map(String.init) ?? "–",
                cache.ways.map { $0 == 0 ? "full" : "\($0)" } ?? "–", "\(cache.count)", "\(cache.coresSharing)")
        }
        return table.plain
    }

    private var peaks: String {
        guard !report.peaks.isEmpty else { return "" }
        var table = Table("FMA peak", "precision", ">threads", ">GFLOP/s")
        for peak in report.peaks {
            table.add(
                peak.instructionSet.rawValue, peak.precision.rawValue, "\(peak.threads)", Format.fixed(peak.gflops, 1))
        }
        var kernels = Table("micro-kernel in cache", ">GFLOP/s")
        for kernel in report.kernels { kernels.add(kernel.name, Format.fixed(kernel.gflops, 1)) }
        return table.plain + "\n" + kernels.plain
    }

    private var bandwidth: String {
        guard !report.bandwidth.isEmpty else { return "" }
        var table = Table("bandwidth", ">threads", ">bytes each", ">read GB/s", ">copy GB/s", ">triad GB/s")
        for row in report.bandwidth {
            table.add(
                row.level, "\(row.threads)", Format.bytes(row.bytesPerThread), Format.fixed(row.read, 1),
                Format.fixed(row.copy, 1), Format.fixed(row.triad, 1))
        }
        return table.plain
    }

    private var counters: String {
        let counters = report.counters
        let events = counters.events.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            "\($0.key.rawValue) (\($0.value))"
        }
        var rows = [
            ("counters", events.isEmpty ? "none (\(counters.library ?? "no PAPI"))" : events.joined(separator: ", "))
        ]
        for obstacle in counters.obstacles { rows += [("because", obstacle.reason), ("to enable", obstacle.remedy)] }
        return Self.pairs(rows)
    }

    private var profile: String {
        let profile = report.profile
        let origin =
            profile.file.map { "\($0), tuned \(profile.created ?? "")" }
            ?? "derived from the caches; `strassen tune` measures one"
        return Self.pairs([("profile", origin)]) + Self.lines(blocking: profile.blocking)
    }

    private static func nodes(_ nodes: [Topology.Node]) -> String {
        plural(nodes.count, "node") + ": "
            + nodes.map { $0.bytes > 0 ? Format.bytes($0.bytes) : "unknown" }.joined(separator: ", ")
    }

    private static func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private static func pairs(_ rows: [(String, String)]) -> String {
        let width = 16
        return rows.map { $0.0 + String(repeating: " ", count: max(2, width + 2 - $0.0.count)) + $0.1 + "\n" }.joined()
    }
}
