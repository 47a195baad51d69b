// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite("strassen demo") struct DemoCommandTests {
    @Test func goesTheWholeWay() throws {
        let checkpoint = Fixture.url("checkpoints/strassen_discovered.pt").path
        let outcome = try CommandLineTool.run(["demo", "--size", "64", "--checkpoint", checkpoint])
        #expect(outcome.status == 0, "\(outcome.errors)")
        for step in ["(a) trained", "(b) proved", "(c) imported", "(d) ", "(e) multiplied", "(f) compared"] {
            #expect(outcome.output.contains("\n\(step)") || outcome.output.hasPrefix(step), "\(step)")
        }
        #expect(outcome.output.contains("all 64 Brent equations hold in integers"))
        #expect(outcome.output.contains("plain rounding leaves") && outcome.output.contains("margin to 2.8e-04"))
    }

    @Test func jsonIsTheComparison() throws {
        let outcome = try CommandLineTool.run(["demo", "--size", "32", "--threads", "1", "--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect((object["results"] as? [Any])?.count == 10)
        #expect(outcome.errors.contains("(b) proved"))
    }

    @Test(arguments: [("--size 0", 64), ("--threads 0", 64), ("--checkpoint /nonexistent.pt", 65)])
    func badInputHasItsExitCode(arguments: String, status: Int32) throws {
        let words = arguments.split(separator: " ").map(String.init)
        #expect(try CommandLineTool.run(["demo", "--size", "16"] + words).status == status)
    }

    @Test func collapsedCheckpointIsRefused() throws {
        let checkpoint = Fixture.url("checkpoints/strassen_robust.pt").path
        let outcome = try CommandLineTool.run(["demo", "--size", "16", "--checkpoint", checkpoint])
        #expect(outcome.status == 65 && outcome.errors.contains("collapsed"), "\(outcome.errors)")
    }
}
