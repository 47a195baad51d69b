// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Turns stored measurements into Markdown or HTML with plots.",
        discussion: "A folder means every .json file below it, in the order of their names.")

    @Argument(
        help: ArgumentHelp(
            "Files that `strassen bench --json` or `bench -o` wrote, or folders of them.", valueName: "file"))
    var inputs: [String]
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A .md file (plots become .svg files beside it) or an .html file (plots inside); default: Markdown on stdout, without plots.",
            valueName: "file"))
    var output: String?
    @Flag(help: "Print the measurements as one JSON array; without --output.")
    var json = false

    func validate() throws {
        guard !json || output == nil else {
            throw ValidationError("--json goes to stdout: leave out --output and write > FILE")
        }
    }

    func run() throws {
        let runs = try inputs.flatMap(Self.files).map { try BenchmarkResults(path: $0) }
        guard !runs.isEmpty else {
            throw InputError(
                "no .json file below \(inputs.joined(separator: ", "))",
                advice: "make one: strassen bench -o bench/results")
        }
        let report = BenchmarkReport(runs)
        if json { return try JSON.print(runs) }
        guard let output else { return try Console.write(report.markdown()) }
        switch (output as NSString).pathExtension.lowercased() {
        case "md": try writeMarkdown(report, to: output)
        case "html": try AtomicFile.write(Array(report.html(plots: runs.map(Self.picture)).utf8), to: output)
        default: throw Failure(.usage, "\(output): expected a name that ends in .md or .html")
        }
        Console.note("wrote \(output)")
    }

    /// The files of an argument.
    private static func files(_ path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [path]
        }
        let below = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return below.filter { $0.hasSuffix(".json") }.sorted().map { (path as NSString).appendingPathComponent($0) }
    }

    /// The plot of a run as SVG; empty when there is nothing to draw.
    private static func picture(_ run: BenchmarkResults) throws -> String {
        let plot = BenchmarkPlot(run)
        return plot.isEmpty ? "" : String(decoding: try Gnuplot.draw(plot.script(.svg)), as: UTF8.self)
    }

    private func writeMarkdown(_ report: BenchmarkReport, to path: String) throws {
        let base = (path as NSString).deletingPathExtension
        var links: [String] = []
        for (index, run) in report.runs.enumerated() {
            let picture = try Self.picture(run)
            let file = "\(base)-\(index + 1).svg"
            links.append(picture.isEmpty ? "" : (file as NSString).lastPathComponent)
            if !picture.isEmpty { try AtomicFile.write(Array(picture.utf8), to: file) }
        }
        try AtomicFile.write(Array(report.markdown(plots: links).utf8), to: path)
    }
}
