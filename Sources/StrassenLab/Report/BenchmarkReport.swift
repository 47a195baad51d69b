// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Stored measurements as a document: what ran where, the tables, the plots.
public struct BenchmarkReport: Sendable {
    public let runs: [BenchmarkResults]

    public init(_ runs: [BenchmarkResults]) { self.runs = runs }

    /// GitHub's Markdown.
    ///
    /// - Parameter plots: Links to the plots, one a run; an empty name or a missing one: no plot.
    public func markdown(plots: [String] = []) -> String {
        runs.enumerated().map { index, run in
            var text = "# \(run.title)\n\n"
            text += run.facts.map { "- \($0.name): \($0.value)\n" }.joined() + "\n"
            if plots.indices.contains(index), !plots[index].isEmpty {
                text += "![GFLOP/s and speed-up over size](\(plots[index]))\n\n"
            }
            return text + run.table.markdown + "\n" + run.notes.joined(separator: "\n\n") + "\n"
        }.joined(separator: "\n")
    }

    /// One HTML page without references to anything outside it.
    ///
    /// - Parameter plots: SVG pictures, one a run; an empty one: no plot.
    public func html(plots: [String] = []) -> String {
        let body = runs.enumerated().map { index, run in
            let facts = run.facts.map { "<dt>\(Self.escaped($0.name))</dt><dd>\(Self.escaped($0.value))</dd>" }.joined()
            let plot = plots.indices.contains(index) ? Self.inline(plots[index]) : ""
            let notes = run.notes.map { "<p>\(Self.escaped($0))</p>" }.joined(separator: "\n")
            return
                "<section><h1>\(Self.escaped(run.title))</h1>\n<dl>\(facts)</dl>\n\(plot)\n\(Self.table(run.table))\n"
                + "\(notes)</section>"
        }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>strassen: measurements</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <style>\(Self.style)</style></head>
            <body>
            \(body)
            </body></html>

            """
    }

    private static let style = """
        body{font:15px/1.5 system-ui,sans-serif;max-width:1200px;margin:2em auto;padding:0 1em;color:#222}
        h1{font-size:1.4em}dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1em}dt{color:#666}dd{margin:0}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}
        th,td{padding:.2em .7em;border-bottom:1px solid #ddd;text-align:left;white-space:nowrap}
        .r{text-align:right}svg{max-width:100%;height:auto}
        """

    private static func table(_ table: Table) -> String {
        let row = { (cells: [String], tag: String) in
            "<tr>"
                + zip(cells, table.columns).map { cell, column in
                    "<\(tag)\(column.alignment == .right ? " class=\"r\"" : "")>\(escaped(cell))</\(tag)>"
                }.joined() + "</tr>"
        }
        let rows = table.rows.map { row($0, "td") }.joined(separator: "\n")
        return "<table><thead>\(row(table.columns.map(\.title), "th"))</thead><tbody>\n\(rows)\n</tbody></table>"
    }

    /// An SVG file without its XML declaration and doctype.
    private static func inline(_ picture: String) -> String {
        picture.range(of: "<svg").map { String(picture[$0.lowerBound...]) } ?? ""
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

extension BenchmarkResults {
    /// What a number needs to travel with: machine, versions, date, how it was measured.
    var facts: [(name: String, value: String)] {
        let caches = machine.caches.map { "\($0.name) \(Format.bytes($0.bytes))" }.joined(separator: ", ")
        let peaks = Dictionary(grouping: results) { "\($0.precision.rawValue) ×\($0.threads)" }.compactMapValues {
            rows in
            let rates = rows.compactMap(\.peakGflops)
            return rates.isEmpty ? nil : Format.range(rates.min()!, rates.max()!, 1)
        }
        let peakText = peaks.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        var facts = [
            ("machine", "\(machine.cpu), \(machine.cores) cores, \(machine.usableThreads) usable, \(caches)"),
            ("system", machine.system),
            ("date", created),
            (
                "strassen",
                "\(machine.library), instruction sets \(machine.isas.map(\.rawValue).joined(separator: ", "))"
            ),
            ("openblas", "\(machine.openblas.config) [\(machine.openblas.corename)]"),
        ]
        facts += libraries.map { ($0.name, $0.version) }
        if let environment, !environment.isEmpty {
            let settings = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            facts.append(("environment", settings.joined(separator: " ")))
        }
        if let profile { facts.append(("profile", profile)) }
        facts += [
            ("FMA peak, GFLOP/s", peakText.isEmpty ? "not measured" : peakText.joined(separator: "; ")),
            (
                "protocol",
                "engines interleaved in one process, turns in random order, median of \(settings.repeats), seed \(settings.seed); "
                    + "one thread by processor time, several by wall time"
                    + (settings.clock.map { " (here: \($0.rawValue) time)" } ?? "")
            ),
        ]
        return facts.map { (name: $0.0, value: $0.1) }
    }
}
