// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// From seeds to proved schemes.
@Suite struct LearningTests {
    private func sweep(_ preset: TrainingPreset, seeds: Range<UInt64>, threads: Int = 2) async -> [LearnedScheme] {
        let sweep = LearningSweep(configuration: preset.configuration, seeds: Array(seeds))
        #expect(await sweep.run(threads: threads))
        return sweep.results
    }

    @Test(arguments: [(TrainingPreset.lm, UInt64(50)), (.full, 40), (.minibatch, 20), (.attract, 8)])
    func recipesProveEverySeed(preset: TrainingPreset, count: UInt64) async throws {
        let results = await sweep(preset, seeds: 0..<count)
        #expect(results.map(\.seed) == Array(0..<count))
        for result in results {
            let scheme = try #require(result.scheme, "seed \(result.seed): \(result.failure ?? "")")
            #expect(try scheme.verify().isExact && scheme.rank == 7 && result.failure == nil)
            #expect(result.method == (preset == .attract ? .round : .gauge) || result.method == .round)
        }
        let summary = LearningSummary(results)
        #expect(summary.proved.successes == Int(count))
        #expect(summary.oneShot.successes <= summary.proved.successes)
    }

    @Test func resultsDoNotDependOnThreads() async throws {
        let one = await sweep(.lm, seeds: 100..<112, threads: 1)
        let four = await sweep(.lm, seeds: 100..<112, threads: 4)
        #expect(try one.map { try $0.scheme?.text } == four.map { try $0.scheme?.text })
        #expect(one.map(\.model) == four.map(\.model) && one.map(\.restarts) == four.map(\.restarts))
    }

    @Test func interruptedSweepsEndAsUninterruptedOnes() async throws {
        let configuration = TrainingPreset.minibatch.configuration
        let whole = LearningSweep(configuration: configuration, seeds: [3, 4, 5])
        #expect(await whole.run(threads: 1))

        let stop = StopFlag()
        var observer = LearningSweep.Observer()
        observer.metrics = { seed, metrics in if seed == 4 && metrics.step >= 1500 { stop.raise() } }
        let first = LearningSweep(configuration: configuration, seeds: [3, 4, 5])
        #expect(await first.run(threads: 1, observer: observer, stop: stop) == false)
        #expect(first.results.map(\.seed) == [3])

        let second = try LearningSweep(savedState: first.savedState())
        #expect(second.configuration == configuration && second.results.map(\.seed) == [3])
        #expect(await second.run(threads: 2))
        #expect(second.results.map(\.model) == whole.results.map(\.model))
        #expect(try second.results.map { try $0.scheme?.text } == whole.results.map { try $0.scheme?.text })
        #expect(second.results.map(\.restarts) == whole.results.map(\.restarts))
    }

    @Test func damagedStatesAreRefused() async throws {
        let sweep = LearningSweep(configuration: TrainingPreset.full.configuration, seeds: [1])
        let stop = StopFlag()
        var observer = LearningSweep.Observer()
        observer.metrics = { _, _ in stop.raise() }
        _ = await sweep.run(threads: 1, observer: observer, stop: stop)
        let good = String(decoding: try sweep.savedState(), as: UTF8.self)
        _ = try LearningSweep(savedState: Array(good.utf8))
        let bad = [
            "", "{}", "not json", String(good.prefix(good.count / 2)),
            good.replacingOccurrences(of: "\"slots\" : 7", with: "\"slots\" : 8"),
            good.replacingOccurrences(of: "\"version\" : 1", with: "\"version\" : 2"),
            good.replacingOccurrences(of: "\"attempt\" : 0", with: "\"attempt\" : -1"),
            good.replacingOccurrences(of: "\"m\" : 2", with: "\"m\" : 2000"),
            good.replacingOccurrences(of: "\"parameters\" : \"", with: "\"parameters\" : \"!"),
        ]
        for text in bad {
            #expect(text != good)
            #expect(throws: InputError.self) { try LearningSweep(savedState: Array(text.utf8)) }
        }
    }

    @Test func failuresSayWhy() async {
        var configuration = TrainingPreset.minibatch.configuration
        (configuration.restarts, configuration.phases[0].steps) = (1, 5)
        let sweep = LearningSweep(configuration: configuration, seeds: [1])
        #expect(await sweep.run(threads: 1))
        let result = sweep.results[0]
        #expect(result.scheme == nil && result.restarts == 1 && result.failure?.contains("gauge") == true)
    }

    @Test func theLogKeepsItsInterval() async {
        var configuration = TrainingPreset.minibatch.configuration
        (configuration.logInterval, configuration.phases[0].steps) = (100, 350)
        configuration.restarts = 0
        var lines: [TrainingMetrics] = []
        let run = LearningRun(configuration: configuration, seed: 2, spectrum: true) { lines.append($0) }
        _ = run.run()
        #expect(lines.map(\.step) == [100, 200, 300, 350])
        #expect(lines.map(\.phase) == [1, 1, 1, 1])
        #expect(lines.allSatisfy { ($0.kappa ?? 0) >= 1 && $0.testLoss.isFinite && $0.activeSlots == 7 })
        #expect(
            lines[0].csvLine(seed: 2).split(separator: ",").count
                == TrainingMetrics.csvHeader.split(separator: ",").count)
    }
}
