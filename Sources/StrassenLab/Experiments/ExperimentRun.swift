// SPDX-License-Identifier: AGPL-3.0-or-later
import Synchronization

/// Does the trials of an experiment that its store does not hold yet, over several threads.
public final class ExperimentRun: Sendable {
    public let experiment: Experiment
    public let store: ExperimentStore
    private let trials: [Trial]
    private let failure = Mutex<(any Error)?>(nil)
    private let finished: Atomic<Int>

    /// - Parameter store: Opened only when the options have been found good.
    /// - Throws: ``InputError`` when the options lack something, such as checkpoints; what opening the store throws.
    public init(
        _ experiment: Experiment, options: ExperimentOptions, store open: @autoclosure () throws -> ExperimentStore
    ) throws {
        let trials = try experiment.trials(options.seeds ?? experiment.defaultSeeds, options)
        let store = try open()
        (self.experiment, self.store, self.trials) = (experiment, store, trials)
        let known = trials.count { store.record(of: $0, in: experiment) != nil }
        finished = Atomic(known)
    }

    public var trialCount: Int { trials.count }
    public var finishedCount: Int { finished.load(ordering: .relaxed) }

    /// True when every trial is done, false when `stop` was raised before.
    ///
    /// - Parameter progress: Called on a worker's thread after each trial with the number of finished ones.
    /// - Throws: the first error of a trial or of the store.
    public func run(
        threads: Int, stop: StopFlag = StopFlag(), progress: (@Sendable (Int) -> Void)? = nil
    ) async throws -> Bool {
        let open = trials.filter { store.record(of: $0, in: experiment) == nil }
        let queue = WorkQueue(count: open.count)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(max(threads, 1), max(open.count, 1)) {
                group.addTask {
                    while !stop.isRaised, !self.hasFailed, let index = queue.next() {
                        self.execute(open[index])
                        progress?(self.finishedCount)
                    }
                }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return finishedCount == trials.count
    }

    /// Results so far, in the order of the trials.
    public var records: [ExperimentRecord] { trials.compactMap { store.record(of: $0, in: experiment) } }
    /// Tables of the results so far.
    public var tables: [ExperimentTable] { experiment.report(records) }

    private var hasFailed: Bool { failure.withLock { $0 != nil } }

    private func execute(_ trial: Trial) {
        do {
            let values = try trial.run()
            try store.add(
                ExperimentRecord(
                    experiment: experiment.name, revision: experiment.revision, labels: trial.labels, values: values))
            finished.wrappingAdd(1, ordering: .relaxed)
        } catch {
            failure.withLock { $0 = $0 ?? error }
        }
    }
}
