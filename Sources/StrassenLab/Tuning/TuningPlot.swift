// SPDX-License-Identifier: AGPL-3.0-or-later

/// Speed of the ways to multiply over size, one panel for every precision and number of threads: the evidence to look at.
public struct TuningPlot: Sendable {
    private let records: [TuningRecord]
    private let title: String
    private static let (width, height) = (640, 420)

    public init(_ records: [TuningRecord], _ profile: Profile) {
        self.records = records.filter { $0.phase == .plans && $0.problem.shape == .square }
        title = "\(profile.machine), \(profile.created.prefix(10))"
    }

    /// A gnuplot script that writes SVG to its standard output.
    public var script: String {
        let panels = Dictionary(grouping: records) {
            "\($0.problem.precision.rawValue), threads: \($0.problem.threads)"
        }
        let names = panels.keys.sorted()
        var lines = [
            Gnuplot.Terminal.svg.command(width: 2 * Self.width, height: (names.count + 1) / 2 * Self.height + 40),
            "set multiplot layout \(max(1, (names.count + 1) / 2)),2 title \(Gnuplot.quoted(title)) noenhanced",
            "set grid lc rgb '#dddddd'", "set key outside right top noenhanced", "set logscale x 2",
            "set xlabel 'side of square matrices'", "set ylabel 'speed relative to classical'",
        ]
        for (index, name) in names.enumerated() { lines += panel(name, panels[name] ?? [], block: "$panel\(index)") }
        return (lines + ["unset multiplot"]).joined(separator: "\n") + "\n"
    }

    private func panel(_ name: String, _ records: [TuningRecord], block: String) -> [String] {
        let plans = PlanCandidate.probes.map(\.name).filter { plan in records.contains { $0.plan == plan } }
        let classical = Dictionary(
            records.filter { $0.plan == PlanCandidate.classical.name }.map { ($0.problem, $0.seconds) },
            uniquingKeysWith: { $1 })
        var lines = ["\(block) << EOD"]
        for plan in plans {
            for record in records.filter({ $0.plan == plan }).sorted(by: { $0.problem.n < $1.problem.n }) {
                guard let base = classical[record.problem] else { continue }
                lines.append("\(record.problem.n) \(base / record.seconds) \(base / record.high) \(base / record.low)")
            }
            lines += ["", ""]
        }
        lines += ["EOD", "set title \(Gnuplot.quoted(name)) noenhanced"]
        let curves = plans.enumerated().map { index, plan in
            "\(block) index \(index) using 1:2:3:4 with yerrorlines title \(Gnuplot.quoted(plan))"
        }
        return lines + ["plot " + curves.joined(separator: ", \\\n  ")]
    }
}
