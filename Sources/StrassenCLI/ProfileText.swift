// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab

/// A profile as text for people.
struct ProfileText {
    private let report: ProfileReport

    init(_ report: ProfileReport) { self.report = report }

    var text: String {
        let kernels = Set(report.runs.map(\.kernel))
        var parts = [heading, reasons]
        if kernels.count > 1 {
            parts.append(ProfileTable.comparison(report).plain)
        }
        parts += report.runs.map(detail)
        if kernels.count == 1, report.runs.count > 1 {
            let what =
                report.source == .simulated
                ? "L2 misses for 1000 flops by levels, simulated"
                : "\(report.threads == 1 ? "cpu" : "wall") time by levels"
            parts.append("\(what)\n" + ProfileTable.levels(report).plain)
        }
        return (parts.filter { !$0.isEmpty } + [legend]).joined(separator: "\n")
    }

    private var heading: String {
        let shape = Format.shape(report.m, report.k, report.n)
        let threads = "\(report.threads) thread\(report.threads == 1 ? "" : "s")"
        return "\(report.precision.rawValue) \(shape), \(threads), \(report.cpu): \(report.source.rawValue)\n"
    }

    /// Where the counts come from, or why there are none.
    private var reasons: String {
        var lines = report.notes.map { "note        \($0)" }
        if let caches = report.simulation {
            let sizes =
                [caches.l1, caches.l2].map { Format.bytes($0.bytes) } + [
                    caches.l3.map { Format.bytes($0.bytes) } ?? "none"
                ]
            lines.append("simulated   L1 \(sizes[0]), L2 \(sizes[1]), L3 \(sizes[2])")
        }
        if let counters = report.counters {
            let events = counters.events.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                "\($0.key.rawValue) (\($0.value))"
            }
            let isOff = counters.isEmpty && counters.obstacles.isEmpty
            lines.append(
                isOff
                    ? "counters    off"
                    : "counters    \(events.isEmpty ? "unavailable" : events.joined(separator: ", ")) (\(counters.library ?? "no library"))"
            )
            for obstacle in counters.obstacles {
                lines += ["because     \(obstacle.reason)", "to enable   \(obstacle.remedy)"]
            }
            if counters.isEmpty && !isOff {
                lines.append("or          strassen profile --simulate counts misses in simulated caches")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func detail(_ run: ProfileRun) -> String {
        var text = title(run) + "\n"
        if run.seconds != nil { text += ProfileTable.times(run).plain }
        if !run.total.counters.isEmpty { text += "\n" + ProfileTable.counts(run).plain }
        if run.total.model != nil { text += "\n" + ProfileTable.traffic(run, report).plain }
        return text
    }

    private func title(_ run: ProfileRun) -> String {
        var words = ["\(run.kernel.rawValue), \(run.levels) level\(run.levels == 1 ? "" : "s")"]
        if run.levels > 0 { words.append("\(run.scheme), \(run.fusedLevels) fused") }
        if let kernel = run.microKernel, let blocking = run.blocking {
            words.append("\(kernel), mc \(blocking.mc) kc \(blocking.kc) nc \(blocking.nc)")
        }
        if run.workspaceBytes > 0 { words.append("workspace \(Format.bytes(run.workspaceBytes))") }
        if let seconds = run.seconds {
            words.append("\(Format.seconds(seconds)), \(Format.fixed(run.gflops, 1)) GFLOP/s")
        }
        if let overhead = run.watchingOverhead {
            words.append("watching it takes \(Format.percent(max(0, overhead))) more")
        }
        return words.joined(separator: "; ")
    }

    private var legend: String {
        """
        time: wall time of a thread in the phase; cpu: of all threads on their cores; GFLOP/s: the phase's own flops over its cpu time a thread, in a title 2mnk; /kflop: \
        for 1000 of the 2mnk flops of the product; /element: for an element that the phase writes; model: predicted lines \
        into a cache (docs/profiling.md).

        """
    }
}
