// SPDX-License-Identifier: AGPL-3.0-or-later

/// One seeded walk through the flip graphs of one or more shapes, as plain data between two slices.
///
/// A walk consists of rounds. A round starts from the standard algorithm or from a smaller shape that is searched first
/// and then extended (its stages); it ends with success or after a number of flips without progress that follows the Luby
/// sequence. Everything is counted in flips, never in time, so that seed and problem determine the result, and a
/// stored walker continues as if it had never stopped.
struct SearchWalker: Codable, Hashable, Sendable {
    /// Effort of one slice: short at first, so that an easy search ends soon, then about a tenth of a second.
    private var slice: Int { min(max(effort / 4, 50_000), 2_000_000) }

    let problem: SearchProblem
    private(set) var random: RandomSource
    private(set) var flips = 0
    /// Flips, but at least 1000 for each step: what patience and the order of walkers are measured in.
    private(set) var effort = 0
    /// Even rounds start from the standard algorithm, odd ones from a smaller shape; the first is number 0 or 1.
    private(set) var round: Int
    /// Rounds begun.
    private(set) var rounds = 0
    /// Shapes still to be searched in this round, the current one first; the last is the problem's.
    private(set) var stages: [SearchShape] = []
    private(set) var products: [BinaryScheme.Product] = []
    /// Schemes of the current shape with `best` products to return to.
    private(set) var pool: [[BinaryScheme.Product]] = []
    private(set) var best = Int.max
    /// Lowest rank seen at the problem's shape.
    private(set) var lowest = Int.max
    private var sincePlus = 0
    private var sinceLift = 0
    private var sinceProgress = 0
    /// Rank below `best` that has not been lifted yet, and how often that was tried.
    private var candidate: Int?
    private var candidateTries = 0
    /// A result with coefficients beyond −1, 0, 1, and the flips at which the search for a better one ends.
    private(set) var fallback: LiftedScheme?
    private var deadline = 0
    /// Attempts at signs in this round's schemes; nil until one of them was lifted otherwise.
    private var ternaryTries: Int?
    /// The result, once there is one.
    private(set) var result: LiftedScheme?

    /// - Parameters:
    ///   - seed: Of the whole search.
    ///   - number: Among the walkers of the search: each has its own stream, and odd ones extend a smaller shape first.
    init(problem: SearchProblem, seed: UInt64, number: Int) {
        self.problem = problem
        random = RandomSource(seed: seed, path: [UInt64(number)])
        round = number % 2 - 1
    }

    /// Whether a scheme is at hand that may still get coefficients −1, 0, 1.
    var isImproving: Bool { fallback != nil && result == nil }
    /// Every count of the state, for the check of what a file holds.
    var counters: [Int] {
        [
            flips, effort, rounds, sincePlus, sinceLift, sinceProgress, candidate ?? 0, candidateTries, deadline,
            ternaryTries ?? 0,
        ]
    }

    private var policy: SearchPolicy { problem.policy }
    private var shape: SearchShape { stages.first ?? problem.shape }
    private var isLastStage: Bool { stages.count <= 1 }
    /// Where a stage ends: the problem's rank, or the published one of a smaller shape.
    private var target: Int { isLastStage ? problem.rank : KnownRanks.rank(shape) }

    /// Walks one slice, or less when the result is found.
    ///
    /// - Parameters:
    ///   - graph: Memory to walk in, of the problem's capacity; its content on entry does not matter.
    ///   - stop: Raised to interrupt.
    /// - Returns: False when interrupted. The walker is then no longer what an uninterrupted one would be: forget it.
    mutating func advance(in graph: inout FlipGraph, stop: StopFlag) -> Bool {
        let end = effort + slice
        if stages.isEmpty { startRound(&graph) } else { graph.load(products) }
        while effort < end && result == nil {
            if stop.isRaised { return false }
            let limit = min(end - effort, policy.plusInterval - sincePlus, liftDue(graph.rank))
            let done = graph.walk(limit: max(1, limit), random: &random)
            flips += done
            effort += max(done, 1000)
            sincePlus += done
            sinceLift += done
            sinceProgress += max(done, 1000)
            step(&graph)
        }
        products = graph.products
        return true
    }

    /// Flips until the next attempt to lift, if the walk is at a rank that waits for one.
    private func liftDue(_ rank: Int) -> Int {
        candidate != nil || ternaryTries != nil ? max(1, policy.liftInterval - sinceLift) : policy.plusInterval
    }

    private mutating func step(_ graph: inout FlipGraph) {
        if graph.rank < best { considerLower(&graph) }
        if ternaryTries != nil && graph.rank <= problem.rank { seekTernary(&graph) }
        if let fallback, flips >= deadline, result == nil { result = fallback }
        guard result == nil else { return }
        if best <= target && ternaryTries == nil { return finishStage(&graph) }
        if sincePlus >= policy.plusInterval || graph.sharedNodes == 0 { escape(&graph) }
        if sinceProgress >= patience { giveUp(&graph) }
    }

    // MARK: Lower ranks

    private func mustLift(_ rank: Int) -> Bool {
        // Any rank may be asked for, so nothing is added to the target.
        problem.ring != .gf2 && rank - policy.liftMargin <= target
    }

    private mutating func considerLower(_ graph: inout FlipGraph) {
        guard mustLift(graph.rank) else { return accept(graph.products) }
        if candidate.map({ graph.rank < $0 }) ?? true {
            (candidate, candidateTries, sinceLift) = (graph.rank, 0, policy.liftInterval)
        }
        guard graph.rank == candidate, sinceLift >= policy.liftInterval else { return }
        sinceLift = 0
        let scheme = BinaryScheme(shape: shape, products: graph.products)
        if let lifted = SchemeLift.lift(scheme, ring: problem.ring, random: &random) {
            accept(scheme.products)
            if isLastStage && best <= problem.rank { keep(lifted) }
        } else {
            candidateTries += 1
            if candidateTries >= policy.liftAttempts { restore(&graph) }
        }
    }

    private mutating func accept(_ products: [BinaryScheme.Product]) {
        best = products.count
        pool = [products]
        (candidate, sincePlus, sinceProgress) = (nil, 0, 0)
        if isLastStage { lowest = min(lowest, best) }
    }

    /// A scheme with signs ends the search; with other integers it goes on for a while, in this round and in new ones.
    private mutating func keep(_ lifted: LiftedScheme) {
        if lifted.isTernary || policy.ternaryPatience == 0 {
            result = lifted
        } else if fallback == nil {
            (fallback, deadline) = (lifted, flips + max(policy.ternaryPatience, flips / 2))
        }
        ternaryTries = 0
    }

    private mutating func seekTernary(_ graph: inout FlipGraph) {
        guard let tries = ternaryTries, sinceLift >= policy.liftInterval else { return }
        (sinceLift, sinceProgress, ternaryTries) = (0, 0, tries + 1)
        let scheme = BinaryScheme(shape: shape, products: graph.products)
        result = SchemeLift.ternary(scheme, random: &random)
        if result == nil && tries + 1 >= policy.ternaryAttempts { startRound(&graph) }
    }

    // MARK: Ways out

    /// A plus transition, or back to a good scheme when the walk has risen too far.
    private mutating func escape(_ graph: inout FlipGraph) {
        sincePlus = 0
        if graph.rank == best && candidate == nil { remember(graph) }
        if graph.rank >= best + policy.plusMargin || !graph.plus(random: &random) { restore(&graph) }
    }

    private mutating func restore(_ graph: inout FlipGraph) {
        (candidate, sincePlus) = (nil, 0)
        graph.load(pool[random.below(pool.count)])
    }

    /// Adds the current scheme to the pool; where schemes must lift, a cheap test decides, and only now and then.
    private mutating func remember(_ graph: borrowing FlipGraph) {
        let scheme = BinaryScheme(shape: shape, products: graph.products)
        if mustLift(scheme.rank) {
            guard random.below(64) == 0, SchemeLift.lift(scheme, ring: problem.ring, random: &random) != nil else {
                return
            }
        }
        if pool.count < policy.poolSize {
            pool.append(scheme.products)
        } else {
            pool[random.below(pool.count)] = scheme.products
        }
    }

    private var patience: Int {
        isLastStage ? policy.patience * SearchWalker.luby(round / 2 + 1) : policy.stagePatience
    }

    private mutating func giveUp(_ graph: inout FlipGraph) {
        if isLastStage { startRound(&graph) } else { finishStage(&graph) }
    }

    // MARK: Rounds and stages

    private mutating func startRound(_ graph: inout FlipGraph) {
        round += 1
        rounds += 1
        stages = round % 2 == 0 || problem.start != nil ? [problem.shape] : randomStages()
        begin(isLastStage ? problem.start ?? .standard(shape) : .standard(shape), &graph)
    }

    /// A chain of shapes that grow by one in one direction at a time, up to the problem's.
    private mutating func randomStages() -> [SearchShape] {
        var chain = [problem.shape]
        repeat {
            let axes = (0..<3).filter { chain[0].size(axis: $0) > 2 }
            guard !axes.isEmpty else { break }
            let axis = axes[random.below(axes.count)]
            chain.insert(chain[0].resized(axis: axis, to: chain[0].size(axis: axis) - 1), at: 0)
        } while random.below(2) == 0
        return chain
    }

    private mutating func begin(_ scheme: BinaryScheme, _ graph: inout FlipGraph) {
        graph.load(scheme.products)
        best = Int.max
        (candidate, ternaryTries, sinceLift) = (nil, nil, 0)
        accept(graph.products)
        if best <= target && isLastStage && problem.ring != .gf2 { best += 1 }
    }

    /// Goes on to the next larger shape, or ends the search.
    private mutating func finishStage(_ graph: inout FlipGraph) {
        let scheme = BinaryScheme(shape: shape, products: pool[random.below(pool.count)])
        if isLastStage {
            result = LiftedScheme(scheme)
        } else {
            stages.removeFirst()
            begin(scheme.extended(to: shape), &graph)
        }
    }

    /// The Luby sequence 1 1 2 1 1 2 4 …, `index` ≥ 1: within a constant factor of the best restart times.
    ///
    /// - Source: Luby, Sinclair & Zuckerman, "Optimal speedup of Las Vegas algorithms", 1993.
    static func luby(_ index: Int) -> Int {
        var size = 1
        while 2 * size - 1 < index { size *= 2 }
        return index == 2 * size - 1 ? size : luby(index - size + 1)
    }
}
