// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite("strassen bench and report") struct BenchCommandTests {
    private static let quick = [
        "bench", "--size", "32,16x8x24", "--repeats", "2", "--engine", "openblas", "--engine", "turbo",
    ]

    @Test(arguments: [["float64,float32"], ["float64", "float32"]])
    func jsonIsOneObject(precisions: [String]) throws {
        let flags = precisions.flatMap { ["--precision", $0] }
        let outcome = try CommandLineTool.run(Self.quick + flags + ["--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect((object["results"] as? [Any])?.count == 8)
        #expect((object["machine"] as? [String: Any])?["cpu"] is String)
    }

    /// Engines of one name are told apart by their settings, so that each has its curve and any may be the baseline.
    @Test func engineNamesAreUnique() throws {
        let engines = ["turbo", "turbo:scheme=winograd,levels=1,fused=0", "turbo:levels=2"].flatMap {
            ["--engine", $0]
        }
        let size = ["bench", "--size", "32", "--repeats", "1", "--json"]
        let run = try CommandLineTool.run(size + engines + ["--baseline", "turbo:levels=2"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let rows = try #require(object["results"] as? [[String: Any]])
        #expect(
            rows.map { $0["label"] as? String } == [
                "turbo", "turbo:scheme=winograd,levels=1,fused=0", "turbo:levels=2",
            ])
        #expect(rows.allSatisfy { $0["baseline"] as? String == "turbo:levels=2" })
        let twice = try CommandLineTool.run(size + ["--engine", "openblas", "--engine", "openblas"])
        #expect(
            twice.status == 65 && twice.errors.contains("openblas takes part twice"), "\(twice.status) \(twice.errors)")
    }

    @Test func tableGoesToStdoutAndProgressToStderr() throws {
        let outcome = try CommandLineTool.run(Self.quick)
        #expect(outcome.output.hasPrefix("| size ") && outcome.errors.contains("[1/2] float64 32, 1 thread"))
        let csv = try CommandLineTool.run(Self.quick + ["--format", "csv"])
        #expect(csv.output.hasPrefix("m,k,n,precision,") && csv.output.split(separator: "\n").count == 5)
    }

    @Test func storesAndReports() throws {
        try CommandLineTool.inTemporaryFolder { (folder: URL) throws -> Void in
            let run = try CommandLineTool.run(Self.quick + ["-o", "kept", "--plot", "p.svg"], in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let picture = try String(contentsOf: folder.appendingPathComponent("p.svg"), encoding: .utf8)
            #expect(picture.contains("<svg"))
            let markdown = try CommandLineTool.run(["report", "kept"], in: folder)
            #expect(markdown.status == 0 && markdown.output.contains("# comparison"), "\(markdown.errors)")
            #expect(try CommandLineTool.run(["report", "kept", "-o", "r.html"], in: folder).status == 0)
            let html = try String(contentsOf: folder.appendingPathComponent("r.html"), encoding: .utf8)
            #expect(html.contains("<table>") && html.contains("<svg"))
            #expect(try CommandLineTool.run(["report", "kept", "-o", "r.pdf"], in: folder).status == 64)
        }
    }

    /// A gnuplot that ends at once ends nothing else: the numbers are kept and shown, then the error says why there is no plot.
    @Test func aPlotThatFailsTakesNoResultsAway() throws {
        try CommandLineTool.inTemporaryFolder { (folder: URL) throws -> Void in
            let stub = folder.appendingPathComponent("bin/gnuplot")
            try OutputFolder.create(folder.appendingPathComponent("bin").path)
            try Data("#!/bin/sh\nexit 1\n".utf8).write(to: stub)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: stub.path)
            let path = ["PATH": folder.appendingPathComponent("bin").path]
            for plot in [[], ["--plot", "p.svg"]] {
                let run = try CommandLineTool.run(Self.quick + ["-o", "kept"] + plot, in: folder, environment: path)
                #expect(run.status == 69 && run.output.hasPrefix("| size "), "\(run.errors)")
                #expect(run.errors.contains("bin/gnuplot drew no plot: it ended with 1"))
            }
            let report = try CommandLineTool.run(["report", "kept"], in: folder, environment: path)
            #expect(report.status == 0 && report.output.components(separatedBy: "# comparison").count == 3)
            let html = try CommandLineTool.run(["report", "kept", "-o", "r.html"], in: folder, environment: path)
            #expect(html.status == 69 && html.errors.contains("drew no plot"), "\(html.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("r.html").path))
        }
    }

    /// Without gnuplot nothing is measured for a plot that cannot be drawn.
    @Test(arguments: [quick, ["profile", "--size", "64"]]) func aMissingGnuplotIsToldAtOnce(command: [String]) throws {
        try CommandLineTool.inTemporaryFolder { (folder: URL) throws -> Void in
            let run = try CommandLineTool.run(
                command + ["--plot", "p.svg"], in: folder, environment: ["PATH": folder.path])
            #expect(run.status == 69 && run.output.isEmpty, "\(run.output)")
            #expect(run.errors.contains("gnuplot, which draws plots, is not installed"), "\(run.errors)")
        }
    }

    /// Everything but plain products would be an empty picture.
    @Test func aPlotOfNothingIsNotDrawn() throws {
        try CommandLineTool.inTemporaryFolder { (folder: URL) throws -> Void in
            let run = try CommandLineTool.run(Self.quick + ["--transpose", "TN", "--plot", "p.svg"], in: folder)
            #expect(
                run.status == 0 && run.output.hasPrefix("| size ") && run.errors.contains("no plot"), "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("p.svg").path))
        }
    }

    /// The folder of this machine may be what cannot be written to; that is told before anything is measured.
    @Test func theMachinesFolderIsCheckedToo() throws {
        try CommandLineTool.inTemporaryFolder { (folder: URL) throws -> Void in
            let first = try CommandLineTool.run(Self.quick + ["-o", "kept"], in: folder)
            #expect(first.status == 0, "\(first.errors)")
            let kept = folder.appendingPathComponent("kept")
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: kept.path).first)
            try FileManager.default.removeItem(at: kept.appendingPathComponent(name))
            try Data().write(to: kept.appendingPathComponent(name))
            let second = try CommandLineTool.run(Self.quick + ["-o", "kept"], in: folder)
            #expect(second.status == 73 && second.output.isEmpty && second.errors.contains(name), "\(second.errors)")
        }
    }

    /// One value of a flag; the last column is in the error.
    private static let badValues: [(flag: String, value: String, status: Int32, says: String)] = [
        ("--size", "2147483647", 69, "for its matrices"), ("--size", "", 64, "--size: expected"),
        ("--size", ",", 64, "--size: expected"), ("--size", "16,", 64, "--size: expected"),
        ("--threads", "", 64, "--threads: expected"), ("--beta", "", 64, "--beta: expected"),
        ("--ld", "9223372036854775807", 64, "--ld: expected a number from 0 to 2147483647"),
        ("--scheme", "", 64, "--scheme: expected names"),
        ("--engine", "openblas:accurate", 64, "accurate does nothing here"),
        ("--repeats", "9223372036854775807", 64, "--repeats: expected 1 to 1000000"),
        ("--ld", "2147483647", 69, "for its matrices"),
    ]

    @Test(arguments: badValues) func badValuesAreNamed(flag: String, value: String, status: Int32, says: String) throws
    {
        let sizes = flag == "--size" ? [] : ["--size", "1024"]
        let outcome = try CommandLineTool.run(["bench"] + sizes + [flag, value])
        #expect(outcome.status == status && outcome.output.isEmpty, "\(outcome.errors)")
        #expect(outcome.errors.contains(says), "\(outcome.errors)")
    }

    private static let badInputs: [(arguments: String, status: Int32)] = [
        ("--engine fast", 64), ("--size 0", 64), ("--size 4x4", 64), ("--threads 0", 64), ("--repeats 0", 64),
        ("--plot x.pdf", 64), ("--transpose XX", 64), ("--size 16 --kernel none", 64),
        ("--against /nonexistent.so", 69),
        ("--suite /nonexistent.suite", 65), ("--size 16 --scheme none", 65), ("--size 16 --scheme /tmp", 65),
        ("--size 2000000", 69), ("--size 16 --precision float32 --beta 1e300", 65), ("--suite x.suite --size 16", 64),
        ("--suite x.suite --engine turbo", 64),
    ]

    @Test(arguments: badInputs) func badInputHasItsExitCode(arguments: String, status: Int32) throws {
        let outcome = try CommandLineTool.run(["bench"] + arguments.split(separator: " ").map(String.init))
        #expect(outcome.status == status && outcome.output.isEmpty, "\(outcome.errors)")
        #expect(outcome.errors.lowercased().contains("error"))
    }

    @Test func missedTargetsFailWhenStrict() throws {
        try CommandLineTool.inTemporaryFolder { (folder: URL) throws -> Void in
            let suite = "[[case]]\nsizes = [16]\nengines = [\"openblas\", \"turbo\"]\ntarget = 1e9\n"
            try Data(suite.utf8).write(to: folder.appendingPathComponent("x.suite"))
            let arguments = ["bench", "--suite", "x.suite", "--repeats", "1"]
            #expect(try CommandLineTool.run(arguments, in: folder).status == 0)
            // A busy machine says 75 before anything is measured.
            #expect([1, 75].contains(try CommandLineTool.run(arguments + ["--strict"], in: folder).status))
        }
    }

    @Test func reportRefusesOtherFiles() throws {
        #expect(try CommandLineTool.run(["report", Fixture.url("schemes/2x2x2_m7_ZT.json").path]).status == 65)
        #expect(try CommandLineTool.run(["report", "/nonexistent.json"]).status == 65)
        #expect(try CommandLineTool.run(["report"]).status == 64)
        let twice = try CommandLineTool.run(["report", "/nonexistent.json", "--json", "-o", "r.json"])
        #expect(twice.status == 64 && twice.errors.contains("--json goes to stdout"))
    }
}
