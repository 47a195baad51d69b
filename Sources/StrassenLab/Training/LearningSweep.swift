// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Synchronization

/// Hands out the numbers 0..<count once each, to any number of threads.
final class WorkQueue: Sendable {
    private let taken = Atomic<Int>(0)
    private let count: Int

    init(count: Int) { self.count = count }

    /// The next number, or nil when all are taken.
    func next() -> Int? {
        let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
    }
}

/// Runs of many seeds over several threads. Each seed's result depends on nothing but the configuration and itself.
public final class LearningSweep: Sendable {
    public let configuration: TrainingConfiguration
    /// Seeds in the order of the results.
    public let seeds: [UInt64]
    /// The recipe's name, for reports and files.
    public let preset: TrainingPreset
    private let progress: Mutex<Progress>

    private struct Progress {
        var finished: [UInt64: LearnedScheme] = [:]
        var interrupted: [UInt64: LearningState] = [:]
    }

    /// Called on a worker's thread.
    public struct Observer: Sendable {
        /// One line of a run's log.
        public var metrics: (@Sendable (UInt64, TrainingMetrics) -> Void)?
        /// A seed is done.
        public var finished: (@Sendable (LearnedScheme) -> Void)?
        /// Measure κ for `metrics`.
        public var spectrum = false

        public init() {}
    }

    public init(configuration: TrainingConfiguration, seeds: [UInt64], preset: TrainingPreset = .minibatch) {
        (self.configuration, self.seeds, self.preset) = (configuration, seeds, preset)
        progress = Mutex(Progress())
    }

    /// Finished seeds, in the order of ``seeds``.
    public var results: [LearnedScheme] {
        progress.withLock { progress in seeds.compactMap { progress.finished[$0] } }
    }

    public var finishedCount: Int { progress.withLock { $0.finished.count } }

    /// Works on the seeds that are not finished; true when all are, false when `stop` was raised before.
    ///
    /// - Parameter threads: At least 1.
    public func run(threads: Int, observer: Observer = Observer(), stop: StopFlag = StopFlag()) async -> Bool {
        let open = progress.withLock { progress in seeds.filter { progress.finished[$0] == nil } }
        let queue = WorkQueue(count: open.count)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(max(threads, 1), max(open.count, 1)) {
                group.addTask {
                    while !stop.isRaised, let index = queue.next() { self.learn(open[index], observer, stop) }
                }
            }
        }
        return results.count == seeds.count
    }

    private func learn(_ seed: UInt64, _ observer: Observer, _ stop: StopFlag) {
        let saved = progress.withLock { $0.interrupted[seed] }
        let watch = observer.metrics.map { metrics in { (line: TrainingMetrics) in metrics(seed, line) } }
        let run =
            saved.map {
                LearningRun(configuration: configuration, state: $0, spectrum: observer.spectrum, observer: watch)
            } ?? LearningRun(configuration: configuration, seed: seed, spectrum: observer.spectrum, observer: watch)
        let result = run.run(stop: stop)
        progress.withLock {
            $0.interrupted[seed] = result == nil ? run.state : nil
            $0.finished[seed] = result
        }
        if let result { observer.finished?(result) }
    }
}

extension LearningSweep {
    /// Everything needed to go on: JSON.
    public func savedState() throws -> [UInt8] {
        try progress.withLock { progress in
            SavedSweep(
                preset: preset, configuration: configuration, seeds: seeds,
                finished: seeds.compactMap { progress.finished[$0] },
                interrupted: seeds.compactMap { progress.interrupted[$0] })
        }.bytes()
    }

    /// Restores a sweep from ``savedState()``; its finished schemes are proved again.
    ///
    /// - Throws: ``InputError`` that names the field when the bytes are not a state file, contradict themselves, or hold
    ///   a scheme that is none.
    public convenience init(savedState bytes: [UInt8]) throws {
        let saved = try SavedSweep(bytes: bytes)
        self.init(configuration: saved.configuration, seeds: saved.seeds, preset: saved.preset)
        progress.withLock { progress in
            progress.finished = Dictionary(uniqueKeysWithValues: saved.finished.map { ($0.seed, $0) })
            progress.interrupted = Dictionary(uniqueKeysWithValues: saved.interrupted.map { ($0.seed, $0) })
        }
    }
}
