// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// What holds for every subcommand alike.
@Suite struct CommandLineTests {
    private static let results = [
        "scheme list", "scheme show strassen", "scheme compose strassen winograd",
        "scheme equivalent strassen winograd",
        "scheme sparsify winograd --rounds 1 --steps 100", "verify strassen", "verify winograd --no-expansion",
        "train --list", "train --seed 1", "discover --shape 2x2x2 --rank 7", "experiment list", "machine --no-measure",
    ]

    @Test(arguments: results)
    func resultsAreOneJSONValue(arguments: String) throws {
        let outcome = try CommandLineTool.run(arguments.split(separator: " ").map(String.init) + ["--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) }
    }

    private static let wrongInputs: [(arguments: String, status: Int32, says: String)] = [
        ("train --config none.toml", 65, "no such file"), ("train --config .", 65, "directory"),
        ("tune --agreement none", 65, "no such file"), ("tune --agreement .", 65, "directory"),
        ("bench --suite none", 65, "no such file"), ("report .none", 65, "no such file"),
        ("machine --no-measure --topology none.xml", 65, "no such file"),
        ("verify none", 65, "neither a built-in scheme nor a file"), ("scheme show .", 65, "directory"),
        ("discover --resume none", 65, "no such file"), ("experiment run none", 64, "no experiment"),
        ("bench --size 64 --beta nan", 64, "finite"), ("bench --size 64 --plot no/x.svg", 73, "mkdir -p no"),
        ("verify strassen -o no/x.scheme", 73, "mkdir -p no"), ("bench --against ./none.so", 69, "none.so"),
        ("bench --size 64 --baseline nobody", 65, "nobody is called"),
        ("bench --size 64 --engine against", 65, "nobody takes part"),
        ("bench --size 64 --engine openblas --engine turbo:levels=99", 64, "0 to 8"),
        ("bench --size 64 --engine openblas --engine turbo:scheme=none", 65, "neither"),
        ("bench --size 64 --engine turbo:scheme=strassen+winograd,levels=1", 65, "is 2 levels, asked for are 1"),
        ("bench --size 64 --engine turbo:kernel=f64_8x6_avx2,isa=portable", 64, "needs avx2, asked for is portable"),
        ("discover --shape 2x2x2 --rank 7 --time-limit=-1", 64, "seconds ≥ 0"),
        ("bench --size 64 -o /dev/null/x", 73, "expected a folder"),
        ("train -o no/x", 73, "mkdir -p no"), ("train -o .", 73, "directory"), ("train -o no/", 73, "name of a file"),
        ("train --state no/x", 73, "mkdir -p no"), ("train --kappa", 64, "--log"),
        ("discover --shape 2x2x2 --rank 7 --state no/x", 73, "mkdir -p no"),
        ("tune --full --budget 2", 64, "exclude each other"), ("demo --checkpoint none", 65, "no such file"),
        ("multiply a.npy b.npy -o c.npy --engine classical --levels 2", 64, "takes no --scheme"),
        ("multiply a.npy b.npy -o c.npy --scheme strassen+winograd --levels 1", 64, "--levels asks for 1"),
        ("multiply a.npy b.npy -o c.npy --scheme strassen --levels 0", 64, "no level is there"),
        ("bench --size 64 --engine classical --levels 2", 64, "--levels: no engine that takes part uses it"),
        ("bench --size 64 --engine openblas --scheme nosuch", 64, "--scheme: no engine that takes part uses it"),
        ("bench --size 64 --engine turbo:accurate --scheme strassen", 65, "leave out scheme"),
        ("bench --size 64 --levels 1 --engine turbo:fused=2", 65, "2 fused levels are more than 1"),
        ("bench --size 64 --json --format csv", 64, "leave one of them out"),
        ("machine --draw ascii --json", 64, "leave out --json"), ("tune --precision float32", 64, "--explain"),
        ("verify strassen --method round", 64, "nothing to round"),
        ("profile --simulate --repeats 2", 64, "the same in every run"),
        ("profile --multiplex --counters off", 64, "counters, which are off"),
    ]

    @Test(arguments: wrongInputs)
    func wrongInputsAreNamedAndLeaveNothing(arguments: String, status: Int32, says: String) throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let outcome = try CommandLineTool.run(arguments.split(separator: " ").map(String.init), in: folder)
            #expect(outcome.status == status && outcome.errors.contains(says), "\(outcome.status): \(outcome.errors)")
            #expect(outcome.output.isEmpty, "\(outcome.output)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test func namesOfOneLetterAreNames() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let outcome = try CommandLineTool.run(
                ["scheme", "convert", "strassen", "s", "--to", "scheme"], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("s").path))
        }
        #expect(["a", "/a", "b/a", "/b/a", "b/", "é"].map(AtomicFile.folder) == [".", "/", "b", "/b", "b", "."])
    }

    /// More threads than cores: all that Dispatch gives to computations are busy.
    @Test(arguments: [
        ("train --seeds 1000000 --threads 64", SIGINT),
        ("discover --shape 4x4x4 --rank 40 --threads 64 --walkers 64", SIGINT),
        ("experiment run recipes --threads 64", SIGTERM),
        ("bench --size 64 --repeats 1000000 --engine classical", SIGINT),
        ("bench --size 64 --repeats 1000000 --engine classical", SIGTERM),
    ])
    func busyProgramsCanBeInterrupted(arguments: String, by signal: Int32) throws {
        let outcome = try CommandLineTool.run(arguments.split(separator: " ").map(String.init)) { process in
            let patience = Date(timeIntervalSinceNow: 10)
            while process.isRunning && Date() < patience && !Self.handlesInterrupts(process) { usleep(10_000) }
            usleep(300_000)
            kill(process.processIdentifier, signal)
        }
        #expect(outcome.status == 128 + signal)
        #expect(outcome.errors.contains("stopped"), "\(outcome.errors)")
    }

    /// Whether the program catches SIGINT by now: before, it would just end.
    private static func handlesInterrupts(_ process: Process) -> Bool {
        let path = "/proc/\(process.processIdentifier)/status"
        let line = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first {
            $0.hasPrefix("SigCgt:")
        }
        let caught = line.flatMap { UInt64($0.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16) } ?? 0
        return caught >> (SIGINT - 1) & 1 == 1
    }

    @Test func foldersAreMadeAndRefusalsNamed() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let deep = folder.appendingPathComponent("a/b/c").path
            try OutputFolder.create(deep)
            try OutputFolder.create(deep)
            var isFolder: ObjCBool = false
            #expect(FileManager.default.fileExists(atPath: deep, isDirectory: &isFolder) && isFolder.boolValue)
            let file = folder.appendingPathComponent("file").path
            try AtomicFile.write([1], to: file)
            #expect(throws: FileSystemError.self) { try OutputFolder.create(file) }
            #expect(throws: FileSystemError.self) { try OutputFolder.create(file + "/below") }
            #expect(throws: FileSystemError.self) { try OutputFolder.check(file + "/below/it") }
            try OutputFolder.check(folder.appendingPathComponent("not/yet/there").path)
        }
    }

    @Test func filesAreNamelessUntilTheyAreComplete() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let path = folder.appendingPathComponent("file").path
            for bytes in [[1, 2, 3], [4]] as [[UInt8]] {
                try AtomicFile.write(to: path) { file in
                    try file.write(bytes)
                    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                    #expect(names.allSatisfy { $0 == "file" || $0.hasSuffix(".tmp") })  // .tmp: no O_TMPFILE here
                }
                #expect(try FileInput.contents(of: path) == bytes)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
            }
        }
    }

    @Test func drawingsHaveAViewBoxWithoutUnits() {
        let svg = "<svg width='194px' viewBox='0 0 194px 324px' version='1.1'><text x='9px'/></svg>"
        let plain = "<svg width='194px' viewBox='0 0 194 324' version='1.1'><text x='9px'/></svg>"
        #expect(Topology.withPlainViewBox(svg) == plain && Topology.withPlainViewBox(plain) == plain)
    }
}
