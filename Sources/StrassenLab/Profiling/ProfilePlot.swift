// SPDX-License-Identifier: AGPL-3.0-or-later

/// Misses for 1000 flops of the product by kernel (or by levels), stacked by phase; one panel a cache.
public struct ProfilePlot: Sendable {
    private let report: ProfileReport
    private let levels: [ProfileTable.Level]
    private static let (width, height) = (420, 400)
    /// A cache with fewer misses for 1000 flops in every run holds everything: its panel would show noise.
    private static let leastShown = 0.01
    private static let colours: [(phase: ProfilePhase, colour: String)] = [
        (.packA, "#4477aa"), (.packB, "#66ccee"), (.kernel, "#228833"), (.sum, "#ee6677"), (.other, "#bbbbbb"),
        (.whole, "#aa3377"),
    ]

    public init(_ report: ProfileReport) {
        self.report = report
        levels = ProfileTable.levels.filter { level in
            report.runs.contains { ($0.total.perFlop[level.quantity] ?? 0) * 1000 >= Self.leastShown }
        }
    }

    /// Nothing was counted, or nothing missed.
    public var isEmpty: Bool { levels.isEmpty }

    /// A gnuplot script; the picture goes to its standard output.
    public func script(_ terminal: Gnuplot.Terminal) -> String {
        var lines = [
            terminal.command(width: Self.width * levels.count, height: Self.height), "set encoding utf8",
            "set multiplot layout 1,\(levels.count) title \(Gnuplot.quoted(title)) noenhanced",
            "set style data histograms", "set style histogram rowstacked", "set style fill solid 0.9",
            "set boxwidth 0.7", "set grid y lc rgb '#dddddd'", "set key outside bottom horizontal noenhanced",
            "set xtics rotate by -30 noenhanced", "set yrange [0:*]", "set ylabel 'misses per 1000 flops (2mnk)'",
        ]
        for level in levels { lines += panel(level) }
        return (lines + ["unset multiplot"]).joined(separator: "\n") + "\n"
    }

    private var title: String {
        let shape = "\(report.precision.rawValue) \(Format.shape(report.m, report.k, report.n))"
        let scale = report.simulation.map { $0.scale > 1 ? ", caches scaled by \($0.scale)" : "" } ?? ""
        return "\(report.source.rawValue) cache misses: \(shape)\(scale), \(report.cpu)"
    }

    private func panel(_ level: ProfileTable.Level) -> [String] {
        let used = Self.colours.filter { entry in
            report.runs.contains { $0.phases.contains { $0.phase == entry.phase && $0.perFlop[level.quantity] != nil } }
        }
        let name = "$\(level.name)"
        var lines = ["\(name) << EOD"]
        for run in report.runs {
            let values = used.map { entry in
                run.phases.first { $0.phase == entry.phase }?.perFlop[level.quantity].map { "\($0 * 1000)" } ?? "0"
            }
            lines.append(([label(run)] + values).joined(separator: " "))
        }
        lines += ["EOD", "set title \(Gnuplot.quoted(level.name)) noenhanced"]
        let bars = used.enumerated().map { index, entry in
            "\(name) using \(index + 2)\(index == 0 ? ":xtic(1)" : "") lc rgb '\(entry.colour)' title \(Gnuplot.quoted(entry.phase.title))"
        }
        return lines + ["plot " + bars.joined(separator: ", \\\n  ")]
    }

    private func label(_ run: ProfileRun) -> String {
        run.kernel.hasLevels ? "\(run.kernel.rawValue)-\(run.levels)" : run.kernel.rawValue
    }
}
