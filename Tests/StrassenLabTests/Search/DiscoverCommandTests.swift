// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite("strassen discover") struct DiscoverCommandTests {
    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func findsAndWrites() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let outcome = try CommandLineTool.run(
                ["discover", "--shape", "2x2x2", "--rank", "7", "--seed", "3", "-o", "s.scheme", "--json"], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let report = try object(outcome.output)
            #expect(report["found"] as? Bool == true && report["rank"] as? Int == 7)
            #expect(report["proved_over"] as? [String] == ["z", "q", "gf2"] && report["ring"] as? String == "z")
            let scheme = try SchemeFile.read(path: folder.appendingPathComponent("s.scheme").path).scheme
            #expect(try scheme.text == report["scheme"] as? String)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(files == ["s.scheme"])
            let text = try CommandLineTool.run(["discover", "--shape", "2x2x2", "--rank", "7"], in: folder)
            #expect(text.output.contains("⟨2,2,2;7⟩ proved: all 64 Brent equations hold over z, q, gf2"))
            #expect(text.output.contains("strassen-scheme 1"))
        }
    }

    @Test func improvesTheAdditions() throws {
        let outcome = try CommandLineTool.run(
            ["discover", "--shape", "2x2x2", "--rank", "7", "--improve", "3000", "--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let additions = try #require(try object(outcome.output)["additions"] as? [String: Int])
        #expect(additions["reduced"] == 15 && additions["published"] == 15)
    }

    @Test func improvesSeveralStarts() throws {
        let shape = ["discover", "--shape", "2x2x2", "--rank", "7"]
        let outcome = try CommandLineTool.run(
            shape + ["--improve", "500", "--improve-starts", "4", "--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let additions = try #require(try object(outcome.output)["additions"] as? [String: Int])
        #expect(additions["reduced"] == 15)
        for wrong in [["--improve-starts", "2"], ["--improve", "5", "--improve-starts", "0"]] {
            #expect(try CommandLineTool.run(shape + wrong).status == 64)
        }
    }

    @Test func notFoundIsExitOneAndResumable() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let limits = ["--flip-limit", "1", "--threads", "1"]
            let first = try CommandLineTool.run(
                ["discover", "--shape", "2x2x2", "--rank", "6", "--walkers", "2", "--state", "s.json", "--json"]
                    + limits,
                in: folder)
            #expect(first.status == 1 && first.errors.contains("--resume s.json"))
            #expect(try object(first.output)["lowest_rank"] as? Int == 7)
            let second = try CommandLineTool.run(
                ["discover", "--resume", "s.json", "--flip-limit", "2", "--json"], in: folder)
            #expect(second.status == 1)
            let flips = try [first, second].map { try object($0.output)["flips"] as? Int ?? 0 }
            #expect(flips[1] > flips[0])
        }
    }

    @Test func aLimitKeepsTheSchemeAtHand() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let start = Fixture.url("schemes/2x3x7_m35_Q.json").path
            let outcome = try CommandLineTool.run(
                [
                    "discover", "--shape", "2x3x7", "--rank", "35", "--ring", "q", "--start", start, "--walkers", "1",
                    "--flip-limit", "1", "-o", "s.scheme", "--json",
                ], in: folder)
            #expect(outcome.status == 0 && outcome.errors.contains("--resume strassen-discover"), "\(outcome.errors)")
            let report = try object(outcome.output)
            #expect(report["found"] as? Bool == true && report["ternary"] as? Bool == false)
            #expect(try SchemeFile.read(path: folder.appendingPathComponent("s.scheme").path).scheme.rank == 35)
            let state = folder.appendingPathComponent("strassen-discover.state.json").path
            #expect(try SchemeSearch(path: state).progress.isImproving)
        }
    }

    /// Whether the scheme is found before the limit depends on the machine; neither outcome is an interruption.
    @Test func aTimeLimitIsNoInterruption() throws {
        let outcome = try CommandLineTool.run(
            ["discover", "--shape", "3x3x3", "--rank", "23", "--time-limit", "0", "--improve", "1000"])
        #expect([0, 1].contains(outcome.status) && !outcome.errors.contains("stopped"), "\(outcome.errors)")
    }

    @Test func mod2OnlyIsLabelled() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let start = Fixture.url("schemes/alphatensor_factorizations_f2.npz").path + "#4,4,4"
            let outcome = try CommandLineTool.run(
                ["discover", "--shape", "4x4x4", "--rank", "47", "--ring", "gf2", "--start", start], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("hold over gf2 only: not for real matrices"))
            #expect(outcome.output.contains("# Holds only mod 2"))
        }
    }

    @Test(
        arguments: [
            (["--shape", "3x3", "--rank", "23"], 64, "expected MxKxN"),
            (["--shape", "3x3x3", "--rank", "8"], 64, "at least 9"), (["--shape", "3x3x3"], 64, "--rank"),
            (["--shape", "3x3x3", "--rank", "23", "--ring", "r"], 64, "z, q or gf2"),
            (["--shape", "3x3x3", "--rank", "23", "-o", "x.y"], 64, "format"),
            (["--shape", "3x3x3", "--rank", "23", "--walkers", "0"], 64, "--walkers"),
            (["--shape", "3x3x3", "--rank", "23", "--time-limit=-1"], 64, "--time-limit"),
            (["--resume", "none.json"], 65, "none.json"),
            (["--resume", "none.json", "--rank", "23"], 64, "--resume"),
            (["--shape", "3x3x3", "--rank", "23", "--start", "none.scheme"], 65, "none.scheme"),
        ])
    func mistakesAreExplained(arguments: [String], status: Int32, message: String) throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let outcome = try CommandLineTool.run(["discover"] + arguments, in: folder)
            #expect(outcome.status == status && outcome.errors.contains(message), "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }
}
