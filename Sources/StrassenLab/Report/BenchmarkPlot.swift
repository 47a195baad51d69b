// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// GFLOP/s and speed-up over size as a gnuplot script: one row of panels for every precision and number of threads,
/// with the measured peak and the (8/7)^L limits of L levels drawn in.
public struct BenchmarkPlot: Sendable {
    /// What a row of panels shows.
    private struct Panel {
        let precision: Precision
        let threads: Int
        var rows: [Measurement]
    }

    private let panels: [Panel]
    private let title: String
    /// Levels whose limit is drawn.
    private static let limits = [1, 2, 3]
    /// Pixels of one panel.
    private static let (width, height) = (560, 380)

    /// Plain products only: rows with transposes, beta or wide rows are left out.
    public init(_ results: BenchmarkResults) {
        title = "\(results.title) — \(results.machine.cpu), \(results.created.prefix(10))"
        let plain = results.results.filter { $0.transpose == "NN" && $0.beta == 0 && $0.leading == 0 }
        // A contender held to other threads than its group's, such as openblas@1, belongs to the group's panel.
        var panels: [Panel] = []
        for (_, rows) in Self.grouped(plain) {
            guard let threads = rows.map(\.threads).max(), let precision = rows.first?.precision else { continue }
            if let index = panels.firstIndex(where: { $0.precision == precision && $0.threads == threads }) {
                panels[index].rows += rows
            } else {
                panels.append(Panel(precision: precision, threads: threads, rows: rows))
            }
        }
        self.panels = panels
    }

    /// Nothing to draw.
    public var isEmpty: Bool { panels.isEmpty }

    /// The script; gnuplot writes the picture to its standard output.
    ///
    /// - Parameter terminal: `svg` or `png`.
    public func script(_ terminal: Gnuplot.Terminal) -> String {
        let longest = panels.flatMap(labels).map(\.count).max() ?? 0
        let size = (2 * (Self.width + 7 * max(0, longest - 20)), Self.height * panels.count + 40)
        var lines = [
            terminal.command(width: size.0, height: size.1), "set encoding utf8",
            "set multiplot layout \(panels.count),2 title \(Gnuplot.quoted(title)) noenhanced",
            "set grid lc rgb '#dddddd'", "set key outside right top noenhanced", "set logscale x 2",
            "set style data linespoints", "set xlabel 'size (mkn)^{1/3}'",
        ]
        for (index, panel) in panels.enumerated() {
            lines += data(panel, name: "$panel\(index)")
            let name = "\(panel.precision.rawValue), \(panel.threads) thread\(panel.threads == 1 ? "" : "s")"
            lines += plot(
                "\(name): GFLOP/s", panel, "$panel\(index)", column: 2, top: panel.rows.compactMap(\.peakGflops).max())
            let baselines = Set(panel.rows.compactMap(\.baseline))
            guard !baselines.isEmpty else {
                lines.append("set multiplot next")  // nobody to be faster than
                continue
            }
            let baseline = baselines.count == 1 ? baselines.first! : "the fastest BLAS"
            lines += plot("\(name): speed-up over \(baseline)", panel, "$panel\(index)", column: 3, top: 1)
        }
        return (lines + ["unset multiplot"]).joined(separator: "\n") + "\n"
    }

    /// Labels in order of appearance.
    private func labels(_ panel: Panel) -> [String] {
        panel.rows.reduce(into: []) { if !$0.contains($1.label) { $0.append($1.label) } }
    }

    /// A gnuplot data block: one index a label, rows `size gflops speed-up`.
    private func data(_ panel: Panel, name: String) -> [String] {
        var lines = ["\(name) << EOD"]
        for label in labels(panel) {
            let rows = panel.rows.filter { $0.label == label }.map { (size: Self.size($0), row: $0) }
            for (size, row) in rows.sorted(by: { $0.size < $1.size }) {
                lines.append("\(size) \(row.gflops) \(row.speedup.map { String($0) } ?? "NaN")")
            }
            lines += ["", ""]
        }
        return lines + ["EOD"]
    }

    /// One panel: a curve a label, the limits above `top` (peak, or 1 for speed-up) as dashed lines.
    private func plot(_ title: String, _ panel: Panel, _ name: String, column: Int, top: Double?) -> [String] {
        var curves = labels(panel).enumerated().map { index, label in
            "\(name) index \(index) using 1:\(column) lw 2 pt 7 ps 0.6 title \(Gnuplot.quoted(label))"
        }
        if let top {
            let isPeak = column == 2
            curves.append("\(top) with lines lc rgb '#000000' dt 1 title \(Gnuplot.quoted(isPeak ? "FMA peak" : "1"))")
            for level in Self.limits {
                let limit = top * pow(8.0 / 7.0, Double(level))
                let name = isPeak ? "(8/7)^\(level) · peak" : "(8/7)^\(level)"
                curves.append("\(limit) with lines lc rgb '#888888' dt \(level + 1) title \(Gnuplot.quoted(name))")
            }
        }
        return ["set title \(Gnuplot.quoted(title)) noenhanced", "plot \(curves.joined(separator: ", \\\n  "))"]
    }

    private static func size(_ row: Measurement) -> Int {
        row.m == row.k && row.k == row.n ? row.n : Int(cbrt(Double(row.m) * Double(row.k) * Double(row.n)).rounded())
    }

    /// Consecutive rows of one comparison: same problem, and a label does not come twice.
    private static func grouped(_ rows: [Measurement]) -> [(MeasurementGroup, [Measurement])] {
        var groups: [(MeasurementGroup, [Measurement])] = []
        for row in rows {
            if let last = groups.last, last.0 == row.group, !last.1.contains(where: { $0.label == row.label }) {
                groups[groups.count - 1].1.append(row)
            } else {
                groups.append((row.group, [row]))
            }
        }
        return groups
    }
}
