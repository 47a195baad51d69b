// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// Files and reports that training leaves behind.
@Suite struct TrainingOutputTests {
    /// A folder that goes away with the test.
    private final class Folder {
        let path = NSTemporaryDirectory() + "strassen-\(UUID().uuidString)"
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
        func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
    }

    private func learn(_ configuration: TrainingConfiguration, seed: UInt64 = 1) throws -> LearnedScheme {
        try #require(LearningRun(configuration: configuration, seed: seed).run())
    }

    /// Trains too little to prove anything.
    private var hopeless: TrainingConfiguration {
        var configuration = TrainingPreset.paper.configuration
        for index in configuration.phases.indices { configuration.phases[index].epochs = 1 }
        return configuration
    }

    @Test func checkpointsReadBackBitIdentically() throws {
        let folder = try Folder()
        let learned = try learn(TrainingPreset.full.configuration)
        for file in LearnedFile.allCases {
            #expect(try learned.write(file, to: "\(folder.path)/model.\(file.rawValue)", preset: .full))
        }
        for name in ["model.pt", "model.safetensors"] {
            let model = try BilinearModel(contentsOf: "\(folder.path)/\(name)")
            #expect(model.u == learned.model.u && model.v == learned.model.v && model.w == learned.model.w)
            #expect(model.metadata["seed"] == "1" && model.metadata["proved"] == "yes")
        }
        let scheme = try Scheme(text: folder.text("model.scheme"))
        #expect(try scheme == learned.scheme && scheme.verify().isExact)
    }

    @Test func theFallbackSaysWhatItIs() throws {
        let folder = try Folder()
        let learned = try learn(hopeless)
        #expect(learned.scheme == nil && learned.failure != nil)
        #expect(try !learned.write(.scheme, to: "\(folder.path)/none.scheme", preset: .paper))
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/none.scheme"))

        let fallback = try CanonicalFallback(for: hopeless)
        #expect(fallback.original == "strassen")
        #expect(try learned.write(.scheme, to: "\(folder.path)/f.scheme", preset: .paper, fallback: fallback))
        let text = try folder.text("f.scheme")
        #expect(text.contains("FALLBACK, NOT LEARNED"))
        #expect(try Scheme(text: text).name == "fallback-not-learned")
        let report = try TrainingReport([learned], configuration: hopeless, preset: .paper)
        #expect(report.proved.successes == 0 && !report.results[0].proved && report.results[0].scheme == nil)
    }

    @Test func noFallbackWithoutABuiltInScheme() {
        let configuration = TrainingConfiguration { ($0.m, $0.k, $0.n, $0.slots, $0.targetRank) = (2, 2, 2, 6, 6) }
        #expect(throws: InputError.self) { try CanonicalFallback(for: configuration) }
    }

    @Test func logsAreInTheOrderOfTheSeeds() async throws {
        let folder = try Folder()
        var configuration = TrainingPreset.full.configuration
        configuration.logInterval = 500
        for threads in [1, 3] {
            let sweep = LearningSweep(configuration: configuration, seeds: [1, 2, 3, 4, 5])
            let log = try TrainingLog(path: "\(folder.path)/\(threads).csv", seeds: sweep.seeds, append: false)
            var observer = LearningSweep.Observer()
            observer.metrics = { log.add($1, seed: $0) }
            observer.finished = { log.finish(seed: $0.seed) }
            #expect(await sweep.run(threads: threads, observer: observer))
            try log.close()
        }
        let (one, three) = (try folder.text("1.csv"), try folder.text("3.csv"))
        #expect(one == three && one.hasPrefix(TrainingMetrics.csvHeader + "\n"))
        #expect(one.split(separator: "\n").count > 10)
    }

    @Test func aLogGoesOnWhereItStopped() throws {
        let folder = try Folder()
        let path = "\(folder.path)/run.csv"
        let learned = try learn(TrainingPreset.full.configuration)
        for append in [false, true] {
            let log = try TrainingLog(path: path, seeds: [7], append: append)
            log.add(learned.metrics, seed: 7)
            try log.close()
        }
        #expect(try folder.text("run.csv").split(separator: "\n").count == 3)
        #expect(throws: FileSystemError.self) { try TrainingLog(path: folder.path, seeds: [1], append: false) }
    }

    @Test func aResumedLogDoesNotWaitForFinishedSeeds() throws {
        let folder = try Folder()
        let learned = try learn(TrainingPreset.full.configuration)
        let log = try TrainingLog(path: "\(folder.path)/run.csv", seeds: [1, 2, 3], finished: [1], append: true)
        log.add(learned.metrics, seed: 2)
        #expect(try folder.text("run.csv").split(separator: "\n").count == 2)
        try log.close()
    }

    @Test func digestsTellSchemesApart() {
        #expect(TrainingReport.digest(["a", nil]) != TrainingReport.digest([nil, "a"]))
        #expect(TrainingReport.digest([]) == "cbf29ce484222325")
    }

    @Test func theShapeBringsItsSlots() throws {
        let wide = try TrainingFile(toml: "preset = \"paper\"\nshape = \"2x2x3\"\nrank = 11").configuration
        #expect((wide.targetRank, wide.slots) == (11, 12))
        let fixed = try TrainingFile(toml: "num_slots = 20\nrank = 11\nshape = \"2x2x3\"").configuration
        #expect((fixed.targetRank, fixed.slots) == (11, 20))
        let six = try TrainingFile(toml: "rank = 6").configuration
        #expect((six.targetRank, six.slots) == (6, 6))
    }

    @Test func theArgumentWinsOverTheFilesPreset() throws {
        #expect(try TrainingFile(toml: "preset = \"paper\"").preset == .paper)
        #expect(try TrainingFile(toml: "preset = \"paper\"", preset: .full).preset == .full)
    }
}
