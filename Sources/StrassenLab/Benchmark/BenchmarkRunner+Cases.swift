// SPDX-License-Identifier: AGPL-3.0-or-later

extension BenchmarkRunner {
    /// What became of several cases.
    public struct Outcome {
        /// Of the cases that were finished, in order.
        public fileprivate(set) var results: [Measurement] = []
        /// Why the others were not: `CancellationError` when it was stopped; nil: all were finished.
        public fileprivate(set) var failure: (any Error)?
    }

    /// Measures one case after the other until one fails: what was finished before is kept.
    ///
    /// - Parameters:
    ///   - begin: Hears of every case and its place in the list. What it throws ends the run.
    ///   - progress: As in ``run(_:progress:)``.
    public func run(
        _ cases: [BenchmarkCase], begin: (Int, BenchmarkCase) throws -> Void = { _, _ in },
        progress: Progress = { _, _, _ in }
    ) -> Outcome {
        var outcome = Outcome()
        do {
            for (index, problem) in cases.enumerated() {
                try begin(index, problem)
                outcome.results += try run(problem, progress: progress)
            }
        } catch { outcome.failure = error }
        return outcome
    }
}
