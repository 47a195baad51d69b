// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// `strassen profile` as its users see it.
@Suite struct ProfileCommandTests {
    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func jsonHasPhasesAndNoZeroForWhatIsMissing() throws {
        let outcome = try CommandLineTool.run(["profile", "--size", "256", "--levels", "1", "--repeats", "1", "--json"])
        #expect(outcome.status == 0)
        let report = try object(outcome.output)
        let runs = try #require(report["runs"] as? [[String: Any]])
        #expect(runs.compactMap { $0["levels"] as? Int } == [0, 1])
        let availability = try #require(report["counters"] as? [String: Any])
        let counted = Set((availability["events"] as? [String: String] ?? [:]).keys)
        for run in runs {
            #expect((run["seconds"] as? Double ?? 0) > 0)
            for phase in try #require(run["phases"] as? [[String: Any]]) {
                let counters = try #require(phase["counters"] as? [String: Double])
                #expect(Set(counters.keys).isSubset(of: counted))
            }
        }
    }

    @Test func textSaysWhyCountersAreMissing() throws {
        // Larger than what is computed without packing.
        let outcome = try CommandLineTool.run(["profile", "--size", "320", "--repeats", "1", "--kernel", "classical"])
        #expect(outcome.status == 0)
        for word in ["pack A", "micro-kernel", "counters", "GFLOP/s"] { #expect(outcome.output.contains(word)) }
        if outcome.output.contains("counters    unavailable") {
            #expect(outcome.output.contains("because"))
            #expect(outcome.output.contains("--simulate"))
        }
    }

    /// Nobody is told how to enable what he switched off.
    @Test func countersThatAreOffAreNotMissed() throws {
        let outcome = try CommandLineTool.run([
            "profile", "--size", "64", "--repeats", "1", "--kernel", "classical", "--counters", "off",
        ])
        #expect(outcome.status == 0 && outcome.output.contains("counters    off"), "\(outcome.output)")
        #expect(!outcome.output.contains("to enable") && !outcome.output.contains("--simulate"))
    }

    @Test func requiredCountersAreThereOrTheExitCodeSaysSo() throws {
        let outcome = try CommandLineTool.run(
            ["profile", "--size", "64", "--repeats", "1", "--counters", "required", "--kernel", "classical"])
        #expect(outcome.status == (CounterAvailability.probe().isEmpty ? 69 : 0))
        if outcome.status == 69 {
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("--simulate"))
        }
    }

    @Test func comparesAllKernelsAndWritesATable() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let outcome = try CommandLineTool.run(
                ["profile", "--compare", "--size", "128", "--levels", "1", "--repeats", "1", "--csv", "p.csv"],
                in: folder)
            #expect(outcome.status == 0)
            for kernel in ProfiledKernel.allCases { #expect(outcome.output.contains(kernel.rawValue)) }
            let csv = try String(contentsOf: folder.appendingPathComponent("p.csv"), encoding: .utf8)
            #expect(csv.hasPrefix("source,kernel,levels,phase"))
            #expect(csv.contains("turbo,1,total"))
        }
    }

    @Test(arguments: [
        ["--size", "0"], ["--kernel", "mkl"], ["--levels", "9"], ["--kernel", "classical", "--levels", "1"],
        ["--scale-caches", "4"], ["--simulate", "--counters", "required"], ["--simulate", "--multiplex"],
        ["--kernel", "openblas", "--scheme", "strassen"], ["--levels", "0", "--scheme", "strassen"],
        ["--compare", "--kernel", "turbo"], ["--kernel", "basic", "--levels", "1", "--fused", "1"],
        ["--kernel", "classical", "--fused", "0"],
        ["--simulate", "--size", "4096"], ["--levels", "1", "--fused", "2"], ["--plot", "picture.gif"],
    ])
    func wrongArgumentsAreUsageErrors(_ arguments: [String]) throws {
        let outcome = try CommandLineTool.run(["profile"] + arguments)
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty)
    }

    @Test func unknownSchemeIsBadInput() throws {
        let outcome = try CommandLineTool.run(["profile", "--size", "64", "--scheme", "nothing", "--levels", "1"])
        #expect(outcome.status == 65)
    }

    @Test func simulatesOrSaysWhatToInstall() throws {
        let outcome = try CommandLineTool.run(
            ["profile", "--simulate", "--size", "96", "--kernel", "classical", "--json"])
        guard Tool.path("valgrind") != nil else {
            #expect(outcome.status == 69)
            #expect(outcome.errors.contains("apt install valgrind"))
            return
        }
        #expect(outcome.status == 0)
        let report = try object(outcome.output)
        #expect(report["source"] as? String == "simulated")
        let run = try #require((report["runs"] as? [[String: Any]])?.first)
        #expect(run["seconds"] == nil)
        let phases = try #require(run["phases"] as? [[String: Any]])
        let kernel = try #require(phases.first { $0["phase"] as? String == "kernel" })
        let counters = try #require(kernel["counters"] as? [String: Double])
        #expect((counters["instructions"] ?? 0) > 96 * 96 * 96 / 16)
        #expect(counters["tlb_misses"] == nil)
    }

    @Test(.enabled(if: Tool.path("valgrind") != nil, "valgrind is not installed"))
    func aStoppedSimulationLeavesNothing() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            func left() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }
            let start = Date()
            let outcome = try CommandLineTool.run(
                ["profile", "--simulate", "--size", "512", "--kernel", "classical"],
                environment: ["TMPDIR": folder.path]
            ) { process in
                while process.isRunning && left().isEmpty && Date().timeIntervalSince(start) < 10 { usleep(10_000) }
                usleep(500_000)
                kill(process.processIdentifier, SIGINT)
            }
            #expect(outcome.status == 130, "\(outcome.errors)")
            #expect(outcome.errors.contains("stopped"))
            #expect(left() == [])
        }
    }

    @Test func withoutValgrindItSaysHowToGetIt() throws {
        let outcome = try CommandLineTool.run(
            ["profile", "--simulate", "--size", "96"], environment: ["PATH": "/nowhere"])
        #expect(outcome.status == 69)
        #expect(outcome.errors.contains("apt install valgrind"))
    }
}
