// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

@Suite("benchmark results") struct BenchmarkReportTests {
    /// Results of a captured machine: two sizes, two engines.
    private static func results() throws -> BenchmarkResults {
        let topology = try Topology(.synthetic("pack:1 l3:1(size=32MB) core:2 l2:1(size=1MB) l1:1(size=32KB) pu:1"))
        var machine = MachineInfo(
            topology: topology, allowance: Allowance(), openblas: .init(config: "OpenBLAS 1.2.3", corename: "Zen"))
        machine.cpu = "Some <CPU> 7"
        let rows = [1024, 2048].flatMap { size in
            [row(size, "openblas", seconds: 1, target: nil), row(size, "turbo", seconds: 0.8, target: 1.3)]
        }
        return BenchmarkResults(
            machine: machine, title: "A & B", created: Date(timeIntervalSince1970: 0), settings: BenchmarkProtocol(),
            libraries: [], profile: Profile(derivedFrom: topology), results: rows)
    }

    private static func row(_ size: Int, _ label: String, seconds: Double, target: Double?) -> StrassenLab.Measurement {
        StrassenLab.Measurement(
            m: size, k: size, n: size, precision: .float64, threads: 2, engine: label,
            scheme: label == "turbo" ? "strassen" : "none", levels: label == "turbo" ? 3 : 0, repeats: 5,
            medianSeconds: seconds, minSeconds: seconds, gflops: 50 / seconds, fractionOfPeak: 0.5 / seconds,
            speedup: 1 / seconds, baseline: "openblas", maxErrorRatio: 0.5, workspaceBytes: 1 << 20, label: label,
            fusedLevels: label == "turbo" ? 1 : 0, kernel: nil, distribution: .uniform, transpose: "NN", beta: 0,
            leading: 0,
            clock: .wall, spread: 0.2, utilization: 0.5, errorVersusClassical: nil, target: target, peakGflops: 100,
            samples: [seconds])
    }

    @Test func jsonHasTheContractsNames() throws {
        let text = try JSONText.encode(Self.results())
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["machine"] is [String: Any])
        let first = try #require((object["results"] as? [[String: Any]])?.last)
        let contract = [
            "m", "k", "n", "precision", "threads", "engine", "scheme", "levels", "repeats", "median_s", "min_s",
            "gflops",
            "fraction_of_peak", "speedup_vs_baseline", "baseline", "max_error_ratio", "workspace_bytes",
        ]
        for name in contract { #expect(first[name] != nil, "\(name)") }
    }

    /// A key of the contract without a value is null, not missing; files of older versions, where it is missing, are read.
    @Test func whatHasNoValueIsNull() throws {
        var results = try Self.results()
        var row = try #require(results.results.first)
        (row.fractionOfPeak, row.speedup, row.baseline, row.maxErrorRatio) = (nil, nil, nil, nil)
        results.results = [row]
        let text = try JSONText.encode(results)
        let names = ["fraction_of_peak", "speedup_vs_baseline", "baseline", "max_error_ratio"]
        for name in names { #expect(text.contains("\"\(name)\" : null,"), "\(name)") }
        #expect(try JSONText.decode(BenchmarkResults.self, from: Array(text.utf8)).results == [row])
        let older = names.reduce(text) { $0.replacing("\"\($1)\" : null,", with: "") }
        #expect(try JSONText.decode(BenchmarkResults.self, from: Array(older.utf8)).results == [row])
    }

    @Test func storedResultsReadBack() throws {
        let results = try Self.results()
        try CommandLineTool.inTemporaryFolder { (folder: URL) throws -> Void in
            let paths = try results.store(in: folder.path, name: "quick").paths
            #expect(
                paths.map { ($0 as NSString).lastPathComponent } == [
                    "quick-1970-01-01.json", "quick-1970-01-01.md", "quick-1970-01-01.svg",
                ])
            #expect(paths[0].contains("/some-cpu-7-\(InstructionSet.best.rawValue)/"))
            let read = try BenchmarkResults(path: paths[0])
            #expect(read.results == results.results && read.machine == results.machine)
            #expect(read.profile == "derived from the caches")
            #expect(try String(contentsOfFile: paths[2], encoding: .utf8).contains("<svg"))
            let second = try results.store(in: folder.path, name: "quick").paths  // the same day: the first run stays
            #expect((second[0] as NSString).lastPathComponent == "quick-1970-01-01-2.json")
            #expect(try BenchmarkResults(path: paths[0]).results == results.results)
        }
    }

    @Test(arguments: ["", "{}", "[1]", "{\"machine\": 3}", "not json"]) func otherFilesAreRefused(text: String) throws {
        try CommandLineTool.inTemporaryFolder { (folder: URL) throws -> Void in
            let file = folder.appendingPathComponent("x.json")
            try Data(text.utf8).write(to: file)
            #expect { try BenchmarkResults(path: file.path) } throws: { ($0 as? InputError)?.file == file.path }
        }
    }

    @Test func tableShowsLevelsTargetsAndErrors() throws {
        let results = try Self.results()
        let table = results.table
        #expect(table.rows.count == 4 && table.columns.contains { $0.title == "target" })
        let turbo = table.rows[1]
        #expect(turbo.contains("2+1") && turbo.contains("1.250") && turbo.contains("1.30 missed"))
        #expect(results.csv.split(separator: "\n").count == 5)
    }

    @Test func warningsSayWhy() throws {
        let warnings = try Self.results().warnings(spread: 0.1)
        #expect(warnings.count == 4)
        #expect(
            warnings[0].contains("varies by 20 %") && warnings[0].contains("50 % of its cores")
                && warnings[0].contains("--repeats 11"))
        #expect(try Self.results().warnings(spread: 0.3).isEmpty)
    }

    @Test func plotDrawsPeakAndLimits() throws {
        let script = BenchmarkPlot(try Self.results()).script(.svg)
        #expect(script.contains("'FMA peak'") && script.contains("(8/7)^3") && script.contains("title 'turbo'"))
        #expect(script.contains("1024 62.5 1.25") && script.contains("114.28571428571"))
        #expect(Gnuplot.quoted("it's") == "'it''s'")
    }

    /// Titles and labels come from files of others, and a line of its own in a script may start a program.
    @Test func namesOfOthersStayConstants() throws {
        for lineEnd in ["\n", "\r\n", "\r", "\u{85}", "\u{2028}"] {
            let blanks = String(repeating: " ", count: lineEnd.unicodeScalars.count)
            #expect(Gnuplot.quoted("x\(lineEnd)system 'id'") == "'x\(blanks)system ''id'''")
            var table = Table("a\(lineEnd)b")
            table.add("c\(lineEnd)d")
            #expect(table.markdown.unicodeScalars.count { $0 == "\n" || $0 == "\r" } == 3)
        }
        #expect(Array(Gnuplot.quoted("a'\u{301}b").unicodeScalars) == Array("'a''\u{301}b'".unicodeScalars))
        var table = Table("name")
        table.add("c\r\nd")
        #expect(table.csv == "name\n\"c\r\nd\"\n")
    }

    @Test(arguments: [
        ("levels", "-9223372036854775808"), ("fused_levels", "5"), ("m", "9223372036854775807"), ("k", "0"),
    ]) func numbersThatCannotBeAreNamed(field: String, value: String) throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let good = try JSONText.encode(try Self.results())
            let bad = try Regex("\"\(field)\" *: *[0-9]+")
            let text = good.replacing(bad, with: "\"\(field)\": \(value)", maxReplacements: 1)
            let url = folder.appendingPathComponent("r.json")
            try Data(text.utf8).write(to: url)
            #expect { try BenchmarkResults(path: url.path) } throws: {
                guard let error = $0 as? InputError else { return false }
                return error.file == url.path && error.field?.hasPrefix("results[0]") == true
                    && error.message.hasPrefix("expected")
            }
        }
    }

    @Test func htmlEscapesAndStandsAlone() throws {
        let html = BenchmarkReport([try Self.results()]).html(plots: ["<?xml?><svg>plot</svg>"])
        #expect(html.contains("A &amp; B") && html.contains("Some &lt;CPU&gt; 7") && html.contains("<svg>plot</svg>"))
        #expect(!html.contains("<?xml") && !html.contains("http"))
    }

    @Test func loadIsTheShareOfBusyTicks() throws {
        let before = try #require(MachineLoad(stat: "cpu 10 0 10 80 0 0 0 0 0 0\ncpu0 1 2 3"))
        let after = try #require(MachineLoad(stat: "cpu 35 0 35 130 0 0 0 0 0 0\n"))
        #expect(after.busy(since: before) == 0.5 && before.busy(since: before) == 0)
        #expect(MachineLoad(stat: "intr 1 2") == nil && MachineLoad(stat: "") == nil)
    }
}
