// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// What `strassen train` does when something is out of range, cannot be written, or is interrupted.
@Suite struct TrainCommandTests {
    private func train(_ arguments: String, in folder: URL, meanwhile: (Process) -> Void = { _ in })
        throws -> CommandLineTool.Outcome
    {
        try CommandLineTool.run(
            ["train"] + arguments.split(separator: " ").map(String.init), in: folder, meanwhile: meanwhile)
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test(arguments: [
        ("--preset paper --epochs 9223372036854775807", "epochs"),
        ("--preset paper --rank 9223372036854775807", "target_slots"),
        ("--preset lm --set lm_damping=-1", "lm_damping"), ("--set margin=-1", "margin"),
    ])
    func numbersOutOfRangeAreUsageErrors(arguments: String, key: String) throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let outcome = try train(arguments, in: folder)
            #expect(outcome.status == 64 && outcome.errors.contains(key), "\(outcome.status): \(outcome.errors)")
        }
    }

    @Test func aLogThatCannotBeWrittenCostsOnlyTheLog() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let outcome = try train("--preset full --log /dev/full -o net", in: folder)
            #expect(outcome.status == 74 && outcome.errors.contains("/dev/full"), "\(outcome.errors)")
            #expect(outcome.output.contains("proved"))
            #expect(try names(folder) == ["net.pt", "net.safetensors", "net.scheme"])
        }
    }

    @Test func aFileThatCannotBeWrittenCostsOnlyThatFile() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("net-2.scheme"), withIntermediateDirectories: true)
            let outcome = try train("--preset full --seeds 3 -o net.scheme --state net.json", in: folder)
            #expect(outcome.status == 73 && outcome.errors.contains("net-2.scheme"), "\(outcome.errors)")
            #expect(outcome.errors.contains("strassen train --resume net.json -o net.scheme"), "\(outcome.errors)")
            #expect(try names(folder) == ["net-1.scheme", "net-2.scheme", "net-3.scheme", "net.json"])
            let again = try train("--resume net.json -o other.scheme", in: folder)
            #expect(again.status == 0 && again.output == outcome.output, "\(again.errors)")
            #expect(try names(folder).filter { $0.hasPrefix("other") }.count == 3)
        }
    }

    @Test func aDamagedStateIsBadData() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let file = folder.appendingPathComponent("net.json")
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("net-2.scheme"), withIntermediateDirectories: true)
            _ = try train("--preset full --seeds 2 -o net.scheme --state net.json", in: folder)
            let text = try String(contentsOf: file, encoding: .utf8)
            let bad = text.replacingOccurrences(of: "rank 7", with: "rank 8")
            #expect(bad != text)
            try bad.write(to: file, atomically: true, encoding: .utf8)
            let outcome = try train("--resume net.json", in: folder)
            #expect(outcome.status == 65 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("net.json") && outcome.errors.contains("scheme"), "\(outcome.errors)")
        }
    }

    /// Twice interrupted: the state goes back to where it came from, and every flag that is not in it is named.
    @Test func whatIsSaidOfGoingOnIsWhatWasAskedFor() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            for (index, start) in ["--seeds 20000 --state a.json", "--resume a.json"].enumerated() {
                let log = folder.appendingPathComponent("\(index).csv")
                let outcome = try train(
                    "\(start) --threads 1 -o net --log \(index).csv --kappa --fallback", in: folder
                ) { process in
                    // The log is opened when signals are handled.
                    while process.isRunning && !FileManager.default.fileExists(atPath: log.path) { usleep(1000) }
                    kill(process.processIdentifier, SIGINT)
                }
                let command = "strassen train --resume a.json -o net --log \(index).csv --kappa --fallback\n"
                #expect(outcome.status == 130 && outcome.errors.contains(command), "\(outcome.errors)")
            }
            #expect(try names(folder) == ["0.csv", "1.csv", "a.json"])
        }
    }
}
