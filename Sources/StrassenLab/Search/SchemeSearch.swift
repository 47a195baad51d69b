// SPDX-License-Identifier: AGPL-3.0-or-later
import Synchronization

/// Looks for a scheme with several independent walkers on any number of threads.
///
/// Threads always take up the walker that is furthest behind, one slice at a time, and the walker that needed the least
/// effort wins. The result therefore depends on the problem, the seed and the number of walkers, not on the threads.
public final class SchemeSearch: Sendable {
    public let problem: SearchProblem
    public let seed: UInt64
    private let state: Mutex<State>

    private struct State {
        /// As of the end of each one's last complete slice.
        var walkers: [SearchWalker]
        var busy: Set<Int> = []

        /// The walker with a result after the least effort.
        var winner: Int? { first { $0.result } }

        /// The walker that has such a scheme, and of several the one with the least effort.
        func first(with scheme: (SearchWalker) -> LiftedScheme?) -> Int? {
            walkers.indices.filter { scheme(walkers[$0]) != nil }.min { walkers[$0].effort < walkers[$1].effort }
        }

        /// The walker furthest behind that may still win, within `limit` of effort.
        func next(limit: Int) -> Int? {
            let end = min(winner.map { walkers[$0].effort } ?? .max, limit)
            return walkers.indices
                .filter { !busy.contains($0) && walkers[$0].result == nil && walkers[$0].effort < end }
                .min { walkers[$0].effort < walkers[$1].effort }
        }
    }

    /// What to say while the search runs.
    public struct Progress: Sendable, Equatable {
        /// Flips of all walkers.
        public var flips: Int
        /// Lowest rank of the problem's shape that was reached (over Z or Q near the target: and lifted); `nil`: none yet.
        public var lowestRank: Int?
        /// Rounds begun by all walkers.
        public var rounds: Int
        /// A scheme was found that is being improved towards coefficients −1, 0, 1.
        public var isImproving: Bool
    }

    /// - Parameter walkers: Independent walks, 1…``maximumWalkers``; no more threads than that can be used.
    public init(problem: SearchProblem, seed: UInt64, walkers: Int = SchemeSearch.defaultWalkers) {
        precondition((1...SchemeSearch.maximumWalkers).contains(walkers))
        (self.problem, self.seed) = (problem, seed)
        state = Mutex(State(walkers: (0..<walkers).map { SearchWalker(problem: problem, seed: seed, number: $0) }))
    }

    init(problem: SearchProblem, seed: UInt64, resuming walkers: [SearchWalker]) {
        (self.problem, self.seed) = (problem, seed)
        state = Mutex(State(walkers: walkers))
    }

    public static let defaultWalkers = 8
    public static let maximumWalkers = 1024

    public var progress: Progress {
        let walkers = self.walkers
        let lowest = walkers.map(\.lowest).min() ?? .max
        return Progress(
            flips: walkers.reduce(0) { $0 + $1.flips }, lowestRank: lowest == .max ? nil : lowest,
            rounds: walkers.reduce(0) { $0 + $1.rounds }, isImproving: walkers.contains { $0.isImproving })
    }

    public var walkerCount: Int { walkers.count }

    /// Every walker as it was after its last complete slice.
    var walkers: [SearchWalker] { state.withLock { $0.walkers } }

    /// Searches until a scheme is found, `stop` is raised or the effort is spent; may be called again to go on.
    ///
    /// - Parameters:
    ///   - threads: At least 1.
    ///   - effort: Flips that each walker may make in all, also those before this call.
    /// - Returns: The proved scheme, or nil.
    /// - Throws: ``SearchError/proof(_:)``, which is never expected.
    public func run(threads: Int, effort: Int = .max, stop: StopFlag = StopFlag()) async throws -> DiscoveredScheme? {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(max(threads, 1), walkers.count) { group.addTask { self.work(effort, stop) } }
        }
        return try found { $0.result }
    }

    /// What there is when a limit ends ``run(threads:effort:stop:)`` without a result: a scheme that was still being
    /// improved towards coefficients −1, 0, 1.
    ///
    /// - Returns: The proved scheme of the walker with the least effort; nil when no walker has one.
    /// - Throws: ``SearchError/proof(_:)``, which is never expected.
    public func unimproved() throws -> DiscoveredScheme? { try found { $0.fallback } }

    private func work(_ effort: Int, _ stop: StopFlag) {
        var graph = FlipGraph(capacity: problem.capacity)
        while !stop.isRaised, let (index, start) = take(effort) {
            var walker = start
            let done = walker.advance(in: &graph, stop: stop)
            state.withLock { state in
                if done { state.walkers[index] = walker }
                state.busy.remove(index)
            }
        }
    }

    private func take(_ effort: Int) -> (Int, SearchWalker)? {
        state.withLock { state in
            guard let index = state.next(limit: effort) else { return nil }
            state.busy.insert(index)
            return (index, state.walkers[index])
        }
    }

    private func found(_ scheme: (SearchWalker) -> LiftedScheme?) throws -> DiscoveredScheme? {
        let first = state.withLock { state in state.first(with: scheme).map { ($0, state.walkers[$0]) } }
        guard let (index, walker) = first, let lifted = scheme(walker) else { return nil }
        return try DiscoveredScheme(lifted, ring: problem.ring, walker: index, flips: walker.flips)
    }
}
