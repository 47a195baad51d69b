// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// The paper's protocols: the store, and findings that must not change.
@Suite struct ExperimentTests {
    private final class Scratch: Sendable {
        let path = NSTemporaryDirectory() + "strassen-\(UUID().uuidString).jsonl"
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func records(_ experiment: Experiment, _ options: ExperimentOptions) async throws -> [ExperimentRecord] {
        let scratch = Scratch()
        let run = try ExperimentRun(experiment, options: options, store: ExperimentStore(path: scratch.path))
        #expect(try await run.run(threads: 2))
        #expect(!run.tables.isEmpty && run.tables.allSatisfy { !$0.markdown.isEmpty && !$0.plain.isEmpty })
        return run.records
    }

    /// An experiment that counts how often its trials run.
    private func counting(_ counter: @escaping @Sendable (String) -> Void) -> Experiment {
        Experiment(
            name: "counting", title: "", claim: "", source: "", defaultSeeds: 1,
            trials: { count, _ in
                (0..<count).map { seed in
                    Trial(["seed": "\(seed)"]) {
                        counter("\(seed)")
                        return ["value": Double(seed), "missing": .nan]
                    }
                }
            }, report: { _ in [] })
    }

    @Test func aSecondStartDoesOnlyWhatIsMissing() async throws {
        let scratch = Scratch()
        let done = OneByOne()
        let experiment = counting { done.add($0) }
        for seeds in [3, 5, 5] {
            let run = try ExperimentRun(
                experiment, options: ExperimentOptions(seeds: seeds), store: ExperimentStore(path: scratch.path))
            #expect(try await run.run(threads: 2) && run.records.map { $0["seed"] } == (0..<seeds).map(String.init))
            #expect(run.records.allSatisfy { $0.value("missing").isNaN })
        }
        #expect(done.items.sorted() == ["0", "1", "2", "3", "4"])
    }

    @Test func aLineThatACrashCutIsDoneAgain() async throws {
        let scratch = Scratch()
        let experiment = counting { _ in }
        let options = ExperimentOptions(seeds: 2)
        _ = try await ExperimentRun(experiment, options: options, store: ExperimentStore(path: scratch.path)).run(
            threads: 1)
        let text = try String(contentsOfFile: scratch.path, encoding: .utf8)
        try String(text.dropLast(9)).write(toFile: scratch.path, atomically: true, encoding: .utf8)
        let run = try ExperimentRun(experiment, options: options, store: ExperimentStore(path: scratch.path))
        #expect(run.finishedCount == 1)
        #expect(try await run.run(threads: 1))
        #expect(try String(contentsOfFile: scratch.path, encoding: .utf8) == text)
    }

    @Test func whatIsNoStoreIsRefused() throws {
        let scratch = Scratch()
        try "hello\n".write(toFile: scratch.path, atomically: true, encoding: .utf8)
        #expect(throws: InputError.self) { try ExperimentStore(path: scratch.path) }
        #expect(throws: (any Error).self) { try ExperimentStore(path: NSTemporaryDirectory()) }
    }

    @Test(arguments: ["one line without an end", "hello\nworld", "\n\nhello", "{\"experiments\": []}", "{"])
    func whatIsNoStoreStaysAsItIs(text: String) throws {
        let scratch = Scratch()
        try text.write(toFile: scratch.path, atomically: true, encoding: .utf8)
        #expect(throws: InputError.self) { try ExperimentStore(path: scratch.path) }
        #expect(try String(contentsOfFile: scratch.path, encoding: .utf8) == text)
    }

    @Test func aFirstLineThatACrashCutIsDropped() throws {
        let scratch = Scratch()
        try "{\"experiment\":\"count".write(toFile: scratch.path, atomically: true, encoding: .utf8)
        _ = try ExperimentStore(path: scratch.path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path)).isEmpty)
    }

    @Test func optionsAreCheckedBeforeTheStoreIsOpened() {
        let scratch = Scratch()
        #expect(throws: InputError.self) {
            try ExperimentRun(
                .checkpoints, options: ExperimentOptions(), store: ExperimentStore(path: scratch.path))
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.path))
    }

    /// While one process writes a line, another must not take it for a torn one.
    @Test func aStoreIsOpenedOnlyBetweenTwoLines() async throws {
        let scratch = Scratch()
        let half = "{\"experiment\":\"counting\",\"labels\":{\"seed\":\"0\"},"
        try half.write(toFile: scratch.path, atomically: true, encoding: .utf8)
        let opened = try FileLock.hold(URL(fileURLWithPath: scratch.path)) {
            let opening = Task.detached { try ExperimentStore(path: scratch.path) }
            let file = try #require(FileHandle(forWritingAtPath: scratch.path))
            file.seekToEndOfFile()
            file.write(Data("\"revision\":1,\"values\":{\"value\":7}}\n".utf8))
            return opening
        }
        let store = try await opened.value
        let trial = Trial(["seed": "0"]) { [:] }
        #expect(store.record(of: trial, in: counting { _ in })?.value("value") == 7)
    }

    @Test func stoppingKeepsWhatIsDone() async throws {
        let scratch = Scratch()
        let stop = StopFlag()
        let experiment = counting { if $0 == "1" { stop.raise() } }
        let run = try ExperimentRun(
            experiment, options: ExperimentOptions(seeds: 4), store: ExperimentStore(path: scratch.path))
        #expect(try await !run.run(threads: 1, stop: stop))
        #expect(run.finishedCount == 2 && run.records.count == 2)
    }

    @Test func namesAreUniqueAndFound() throws {
        #expect(Set(Experiment.all.map(\.name)).count == Experiment.all.count)
        for experiment in Experiment.all { #expect(try Experiment.named(experiment.name).title == experiment.title) }
        #expect(throws: InputError.self) { try Experiment.named("alchemy") }
        #expect(throws: InputError.self) { try Experiment.checkpoints.trials(1, ExperimentOptions()) }
    }

    @Test func theOrderOfTheProductsDoesNotMatter() async throws {
        let found = try await records(.permutation, ExperimentOptions())
        #expect(found.map { $0.value("exact") } == [0, 5040, 1])
        // The misprint gives every order the same error.
        #expect(abs(found[0].value("largest") - found[0].value("least")) < 1e-12 && found[0].value("identity") > 1e-3)
        #expect(found[1].value("largest") < 1e-12)
    }

    @Test func roundingSurvivesNoise() async throws {
        let found = try await records(.noise, ExperimentOptions(seeds: 100))
        let at = { (sigma: String) in found.with(["sigma": sigma])[0] }
        #expect(found.allSatisfy { $0.value("literal") == 0 })
        #expect(at("0.001").value("round") == 1 && at("0.05").value("round") == 1 && at("0.25").value("round") < 0.3)
        #expect(at("0.025").value("gate") > 0.9 && at("0.05").value("gate") < 0.2 && at("0.01").value("gauge") == 1)
    }

    @Test func checkpointsAreWhatTheirReadmeSays() async throws {
        let names = ["discovered", "exact", "grokkit", "robust"].map { "strassen_\($0).pt" }
        let found = try await records(
            .checkpoints, ExperimentOptions(checkpoints: names.map { Fixture.url("checkpoints/\($0)").path }))
        #expect(found.map { $0.value("round") } == [0, 1, 0, 0])
        #expect(found.map { $0.value("gauge") } == [1, 1, 1, 0])
        #expect(found.map { $0.value("textbook") } == [0, 1, 0, 0])
    }

    @Test func checkpointsOfOneNameOrPathAreToldApart() async throws {
        let fixtures = ["discovered", "exact"].map { Fixture.url("checkpoints/strassen_\($0).pt") }
        let folder = URL(fileURLWithPath: Scratch().path + ".folder")
        let paths = ["a/x.pt", "b/x.pt", "y.pt"].map { folder.appendingPathComponent($0) }
        for path in paths {
            try OutputFolder.create(path.deletingLastPathComponent().path)
            try FileManager.default.copyItem(at: fixtures[path == paths[1] ? 1 : 0], to: path)
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = folder.appendingPathComponent("store.jsonl").path
        let rounded = { () async throws -> [Double] in
            let run = try ExperimentRun(
                .checkpoints, options: ExperimentOptions(checkpoints: paths.map(\.path)),
                store: ExperimentStore(path: store))
            #expect(try await run.run(threads: 1))
            return run.records.map { $0.value("round") }
        }
        #expect(try await rounded() == [0, 1, 0])
        try FileManager.default.removeItem(at: paths[0])
        try FileManager.default.copyItem(at: fixtures[1], to: paths[0])
        #expect(try await rounded() == [1, 1, 0])
        #expect(Experiment.shortNames(["a/x", "b/x", "a/y", "a/y"]) == ["a/x", "b/x", "y", "y"])
    }

    @Test func expansionIsExactAtEverySize() async throws {
        let found = try await records(.expansion, ExperimentOptions(seeds: 1))
        #expect(found.count == 3 && found.allSatisfy { $0.value("exact") == 1 && $0.value("float32_64") < 1e-4 })
    }

    @Test(arguments: [Experiment.spectrum, .shapes, .pruning])
    func smallRunsGiveTables(experiment: Experiment) async throws {
        let found = try await records(experiment, ExperimentOptions(seeds: 1))
        #expect(!found.isEmpty && found.allSatisfy { !$0.values.isEmpty })
    }

    /// The program is killed at some moment, before, while or after it writes; what follows must be the same.
    @Test func killedAndStartedAgain() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let command = ["experiment", "run", "attractors", "--seeds", "2", "--threads", "2", "--json", "--store"]
            let whole = try CommandLineTool.run(command + ["whole.jsonl"], in: folder)
            #expect(whole.status == 0, "\(whole.errors)")
            let store = folder.appendingPathComponent("killed.jsonl")
            let process = Process()
            process.executableURL = CommandLineTool.url
            process.arguments = command + ["killed.jsonl"]
            process.currentDirectoryURL = folder
            (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            try process.run()
            while process.isRunning && ((try? Data(contentsOf: store).contains(0x0A)) ?? false) == false { usleep(500) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let resumed = try CommandLineTool.run(command + ["killed.jsonl"], in: folder)
            #expect(resumed.status == 0 && resumed.output == whole.output, "\(resumed.errors)")
            let lines = { (url: URL) in try String(contentsOf: url, encoding: .utf8).split(separator: "\n").sorted() }
            #expect(try lines(store) == lines(folder.appendingPathComponent("whole.jsonl")))
        }
    }

    @Test func theOperatorSaysNothingAboutTraining() async throws {
        let found = try await records(.operatorT, ExperimentOptions(seeds: 1))
        let known = found.filter { !$0.values.isEmpty }
        // Rank and spectrum are those of any 7×4 matrix, a random one too.
        #expect(known.count >= 5 && known.allSatisfy { $0.value("rank") == 4 && $0.value("spectral") < 1e-12 })
        #expect(found.with(["point": "Strassen's coefficients"])[0].value("distance") == 0)
        #expect(found.with(["point": "random start"])[0].value("distance") > 0.1)
    }

    @Test func separationOfGroups() {
        #expect(Separation(low: [1, 2], high: [3, 4]).area == 1)
        #expect(Separation(low: [1, 4], high: [2, 3]).area == 0.5)
        #expect(Separation(low: [], high: [1]).area.isNaN)
        let perfect = Separation(low: Array(repeating: 0, count: 10), high: Array(repeating: 1, count: 10)).interval()
        #expect(perfect.high == 1 && perfect.low > 0.7 && perfect.low < 0.95)
        let none = Separation(low: [1, 2, 3, 4], high: [1, 2, 3, 4]).interval()
        #expect(none.low < 0.3 && none.high > 0.7)
    }
}

/// A list that several threads add to.
private final class OneByOne: @unchecked Sendable {  // the lock guards the list
    private let lock = NSLock()
    private var list: [String] = []
    func add(_ item: String) { lock.withLock { list.append(item) } }
    var items: [String] { lock.withLock { list } }
}
