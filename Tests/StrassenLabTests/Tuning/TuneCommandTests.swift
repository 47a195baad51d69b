// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// `strassen tune` as its users see it, on whatever machine this is: nothing here depends on what is measured.
@Suite struct TuneCommandTests {
    private static func name() throws -> String { try Fingerprint.current().fileName }

    @Test func tunesExplainsAndComparesInAFolder() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let tuned = try CommandLineTool.run(
                ["tune", "--budget", "0.2", "--threads", "1", "-o", "t", "--json"], in: folder)
            #expect(tuned.status == 0, Comment(rawValue: tuned.errors))
            let object = try JSONSerialization.jsonObject(with: Data(tuned.output.utf8)) as? [String: Any]
            #expect((object?["tunings"] as? [Any])?.count == 2)
            let profile = folder.appendingPathComponent("t/\(try Self.name()).profile")
            #expect(try Profile(contentsOf: profile).tunings.count == 2)
            #expect(
                FileManager.default.fileExists(atPath: folder.appendingPathComponent("t/\(try Self.name()).csv").path))

            let explained = try CommandLineTool.run(
                ["tune", "--explain", "300", "200", "300", "--threads", "1", "-o", "t"], in: folder)
            #expect(explained.status == 0)
            for word in ["300×200×300", "predicted", "measured", "chosen", "classical"] {
                #expect(explained.output.contains(word))
            }

            let same = try CommandLineTool.run(
                ["tune", "--agreement", profile.path, "--threads", "1", "-o", "t"], in: folder)
            #expect(same.status == 0)
            #expect(same.output.contains("100.0 %"))
        }
    }

    @Test(arguments: [
        ["--explain", "1", "2"], ["--explain", "0", "5", "5"], ["--explain", "5", "5", "x"],
        ["--explain", "5", "5", "2000000"], ["--quick", "--full"], ["--budget", "0"], ["--budget", "nan"],
        ["--budget", "1e9"], ["--threads", "0"], ["--evaluate", "--explain", "5", "5", "5"], ["--evaluate", "--full"],
        ["--agreement", "x", "--fresh"], ["--precision", "float16"], ["--frobnicate"],
    ])
    func wrongArgumentsAreUsageErrors(_ arguments: [String]) throws {
        let outcome = try CommandLineTool.run(["tune"] + arguments)
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty && !outcome.errors.isEmpty)
    }

    @Test func withoutGnuplotNoPlotIsNamed() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let tuned = try CommandLineTool.run(
                ["tune", "--budget", "0.2", "--threads", "1", "-o", "t"], in: folder, environment: ["PATH": folder.path]
            )
            #expect(tuned.status == 0 && tuned.errors.contains("no plot"), "\(tuned.errors)")
            #expect(tuned.output.contains(".csv") && !tuned.output.contains(".svg"), "\(tuned.output)")
        }
    }

    @Test func unwritableFolderIsSaidAtOnce() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            try "x".write(to: folder.appendingPathComponent("file"), atomically: false, encoding: .utf8)
            let outcome = try CommandLineTool.run(["tune", "--budget", "0.1", "-o", "file/below"], in: folder)
            #expect(outcome.status == 73)
            #expect(outcome.errors.contains("file"))
        }
    }

    @Test(.enabled(if: Allowance().threads < 1024, "this machine has all threads that can be asked for"))
    func moreThreadsThanThereAreAreRefused() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let outcome = try CommandLineTool.run(
                ["tune", "--budget", "0.1", "--threads", "1024", "-o", "t"], in: folder)
            #expect(outcome.status == 64 && outcome.errors.contains("--threads 1024: this process may use"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test func explainsNothingThatDoesNotFitInMemory() throws {
        let outcome = try CommandLineTool.run(["tune", "--explain", "1048576", "1048576", "1048576"])
        #expect(outcome.status == 69 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("needs 24576 GiB for its matrices"), "\(outcome.errors)")
    }

    @Test func missingAndBrokenProfilesAreNamed() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let missing = try CommandLineTool.run(["tune", "--agreement", "nowhere.profile"], in: folder)
            #expect(missing.status == 65 && missing.errors.contains("nowhere.profile"))
            try "strassen-profile 1\nspeed 3\n".write(
                to: folder.appendingPathComponent("b.profile"), atomically: false, encoding: .utf8)
            let broken = try CommandLineTool.run(["tune", "--agreement", "b.profile"], in: folder)
            #expect(broken.status == 65)
            #expect(broken.errors.contains("b.profile") && broken.errors.contains("line 2"))
        }
    }

    /// Another machine's profile in the user's cache: one line about it, and the derived one is used.
    @Test func foreignProfileIsIgnoredWithOneWarning() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let cache = folder.appendingPathComponent("strassen")
            for name in ["Other CPU; 1 2 3; avx2", "Third CPU; 1 2 3; avx2"] {
                var foreign = Profile(l1d: 1 << 15, l2: 1 << 19, l3: 1 << 23)
                foreign.machine = name
                try ProfileStore.save(foreign, in: cache)
            }
            let outcome = try CommandLineTool.run(
                ["tune", "--explain", "64", "64", "64", "--threads", "1"], in: folder,
                environment: ["XDG_CACHE_HOME": folder.path])
            #expect(outcome.status == 0)
            #expect(outcome.errors.components(separatedBy: "is ignored").count == 2)
            #expect(outcome.errors.contains("strassen tune"))
        }
    }

    @Test func interruptedItKeepsWhatItMeasured() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let arguments = ["tune", "--budget", "60", "--threads", "1", "-o", "t"]
            let journal = folder.appendingPathComponent("t/\(try Self.name()).partial.csv")
            let outcome = try CommandLineTool.run(arguments, in: folder) { process in
                // Until the first race is written.
                while process.isRunning, ((try? Data(contentsOf: journal))?.count ?? 0) < 400 { usleep(20_000) }
                process.interrupt()
            }
            #expect(outcome.status == 130)
            #expect(outcome.errors.contains("run strassen tune again to go on"))
            #expect(try String(contentsOf: journal, encoding: .utf8).split(separator: "\n").count > 2)
        }
    }

    /// The journal of a finished tuning, gone on with: all that is left is to fit and to write.
    @Test func killedAtAnyMomentTheProfileStaysReadable() throws {
        let kills = try onThreads(4) { thread in
            try CommandLineTool.inTemporaryFolder { folder in
                let arguments = ["tune", "--budget", "0.2", "--threads", "1", "-o", "t"]
                _ = try CommandLineTool.run(arguments, in: folder)
                let files = TuningFiles(folder: folder.appendingPathComponent("t"), name: try Self.name())
                let evidence = try Data(contentsOf: files.evidence)
                var random = RandomSource(seed: UInt64(thread))
                return try (0..<50).filter { _ in
                    try evidence.write(to: files.partial)
                    let delay = useconds_t(random.uniform(0, 700_000))
                    let outcome = try CommandLineTool.run(arguments, in: folder) { process in
                        usleep(delay)
                        kill(process.processIdentifier, SIGKILL)
                    }
                    // Throws unless the file is whole.
                    return try Profile(contentsOf: files.profile).tunings.count == 2 && outcome.status == SIGKILL
                }.count
            }
        }
        // Where the machine is slow most are killed; where it is fast some finish first.
        #expect(kills.reduce(0, +) > 20)
    }
}
