// SPDX-License-Identifier: AGPL-3.0-or-later
import Synchronization

/// Improves the schemes of several seeds and keeps the one with the fewest additions.
///
/// How few additions ``AdditionSearch`` reaches depends on where it starts more than on how long it runs: flips and
/// changes of bases connect only part of the schemes of a rank. The result depends on the search's problem, seed and
/// walkers, not on the threads.
public struct AdditionContest: Sendable {
    /// Schemes to improve: the one at hand, and those that the following seeds find.
    public var starts: Int
    /// Moves for each.
    public var steps: Int

    /// - Parameter starts: At least 1.
    public init(starts: Int, steps: Int) { (self.starts, self.steps) = (starts, steps) }

    /// - Parameters:
    ///   - first: What `search` found.
    ///   - effort: Flips that each walker of a further search may make.
    ///   - stop: Ends the contest early, with the best so far.
    ///   - searchStop: Ends the further searches alone, such as at a time limit; what they have found is still improved.
    ///   - progress: Moves tried in all, and the fewest additions so far; called on a worker's thread.
    /// - Returns: The winner, proved.
    /// - Throws: The error of a start when none succeeded; see ``AdditionSearch/run(_:ring:stop:progress:)``.
    public func run(
        _ first: DiscoveredScheme, of search: SchemeSearch, threads: Int, effort: Int = .max,
        stop: StopFlag = StopFlag(), searchStop: StopFlag? = nil,
        progress: @escaping @Sendable (_ moves: Int, _ fewest: Int?) -> Void = { _, _ in }
    ) async throws -> DiscoveredScheme {
        let searchStop = searchStop ?? stop
        let queue = WorkQueue(count: starts)
        let standing = Standing(progress)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(max(threads, 1), starts) {
                group.addTask {
                    while let index = queue.next() {
                        do {
                            let start =
                                try await index == 0 ? first : further(index, search, effort, searchStop)
                            guard let start else { continue }
                            try improve(start, index, search.seed &+ UInt64(index), standing, stop)
                        } catch {
                            standing.fail(error)
                        }
                    }
                }
            }
        }
        return try standing.winner() ?? first
    }

    /// The scheme of a further start; nil when it was not found in time.
    private func further(
        _ index: Int, _ search: SchemeSearch, _ effort: Int, _ stop: StopFlag
    ) async throws -> DiscoveredScheme? {
        let further = SchemeSearch(
            problem: search.problem, seed: search.seed &+ UInt64(index), walkers: search.walkerCount)
        return try await further.run(threads: 1, effort: effort, stop: stop) ?? further.unimproved()
    }

    private func improve(
        _ start: DiscoveredScheme, _ index: Int, _ seed: UInt64, _ standing: Standing, _ stop: StopFlag
    ) throws {
        var told = 0
        let found = try start.improved(by: AdditionSearch(steps: steps, seed: seed), stop: stop) { done, _ in
            standing.move(done - told)
            told = done
        }
        standing.enter(found, index)
    }
}

/// Who leads, shared by the threads of a contest.
private final class Standing: Sendable {
    private struct State {
        var leader: DiscoveredScheme?
        /// Additions, non-zeros, start.
        var rank = (Int.max, Int.max, Int.max)
        var moves = 0
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let progress: @Sendable (Int, Int?) -> Void

    init(_ progress: @escaping @Sendable (Int, Int?) -> Void) { self.progress = progress }

    func move(_ moves: Int) {
        let (all, fewest) = state.withLock { state in
            state.moves += moves
            return (state.moves, state.leader == nil ? nil : state.rank.0)
        }
        progress(all, fewest)
    }

    func enter(_ scheme: DiscoveredScheme, _ start: Int) {
        let rank = (AdditionReduction.reduce(scheme.scheme).additions, scheme.scheme.nonzeros, start)
        state.withLock { state in
            if rank < state.rank { (state.leader, state.rank) = (scheme, rank) }
        }
    }

    func fail(_ error: any Error) { state.withLock { $0.failure = $0.failure ?? error } }

    /// The leader at the end; nil when no start gave a scheme.
    func winner() throws -> DiscoveredScheme? {
        let (leader, failure) = state.withLock { ($0.leader, $0.failure) }
        if let failure, leader == nil { throw failure }
        return leader
    }
}
