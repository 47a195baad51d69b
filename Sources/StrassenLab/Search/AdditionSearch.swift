// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Searches among the equivalents and the flip graph neighbours of a scheme for one that needs fewer additions.
///
/// A Metropolis walk on the additions that one greedy pass of ``AdditionReduction`` leaves. A move is a flip over the
/// integers or an elementary change of a basis; both keep every equation, and the result is proved all the same.
/// Coefficients never grow beyond the largest one at the start. Flips soon lead to dense schemes, from which few moves
/// keep within that bound, so the walk returns to its best scheme when it finds no better one for a while.
public struct AdditionSearch: Sendable {
    public var seed: UInt64
    /// Moves to try.
    public var steps: Int
    /// Whether flips are among the moves; without them the result is the same algorithm in other bases.
    public var usesFlips: Bool

    /// Additions by which a move may be worse and yet be taken with probability 1/e.
    private static let temperature = 0.7
    /// Moves without a better scheme after which the walk returns to the best one.
    private static let patience = 2_000

    public init(steps: Int, seed: UInt64 = 1, usesFlips: Bool = true) {
        (self.steps, self.seed, self.usesFlips) = (steps, seed, usesFlips)
    }

    /// - Parameters:
    ///   - scheme: Proved over `ring`.
    ///   - stop: Ends the search early.
    ///   - progress: Moves tried, and the fewest additions so far.
    /// - Returns: The scheme with the fewest additions on the way, proved, under the same name.
    /// - Throws: ``InputError`` when the coefficients do not become small integers.
    public func run(
        _ scheme: Scheme, ring: ImportRing = .rationals, stop: StopFlag = StopFlag(),
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> ImportedScheme {
        let best = run(AdditionState(try GaugeOrbit(scheme)), stop: stop, progress: progress)
        return try ImportedScheme(proving: best.orbit.scheme(name: scheme.name), over: ring)
    }

    /// The state with the fewest additions on the way from `start`.
    func run(
        _ start: AdditionState, stop: StopFlag = StopFlag(), progress: (Int, Int) -> Void = { _, _ in }
    ) -> AdditionState {
        var (state, best) = (start, start)
        var counter = AdditionCounter(start.orbit)
        let moves = start.orbit.moves
        var random = RandomSource(seed: seed)
        var idle = 0
        for step in 0..<(moves.isEmpty ? 0 : steps) where !stop.isRaised {
            if step & 1023 == 0 { progress(step, best.additions) }
            if idle == AdditionSearch.patience { (state, idle) = (best, 0) }
            idle += 1
            var next = state
            let isMoved =
                usesFlips && random.below(2) == 0
                ? next.flip(&random, &counter) : next.move(moves[random.below(moves.count)], &counter)
            guard isMoved else { continue }
            let change = Double(next.additions - state.additions)
            guard change <= 0 || random.uniform() < exp(-change / AdditionSearch.temperature) else { continue }
            state = next
            if state.rank < best.rank { (best, idle) = (state, 0) }
        }
        return best
    }
}

/// A scheme in integers, and the additions that one greedy pass leaves for each of U, V and W.
///
/// W is counted by its transpose (``LinearProgram/transposed()``), in which the products are forms of the entries of C:
/// shorter forms, so a faster and a better pass.
struct AdditionState {
    private(set) var orbit: GaugeOrbit
    private var counts = [0, 0, 0]

    init(_ orbit: GaugeOrbit) {
        self.orbit = orbit
        var counter = AdditionCounter(orbit)
        for factor in 0..<3 { counts[factor] = counter.additions(orbit, factor) }
    }

    var additions: Int { counts[0] + counts[1] + counts[2] }
    /// Additions, then the sizes of the coefficients.
    var rank: (Int, Int) { (additions, orbit.cost) }

    /// Changes a basis; false when that would lead to larger coefficients, and the state is then of no use.
    fileprivate mutating func move(_ move: GaugeOrbit.Move, _ counter: inout AdditionCounter) -> Bool {
        guard let change = orbit.change(by: move) else { return false }
        orbit.apply(move, change: change)
        return recount(move.factors.map { Int($0.rawValue) }, &counter)
    }

    /// Flips a random pair of products that share a factor; false as above, or when a few trials find no pair.
    fileprivate mutating func flip(_ random: inout RandomSource, _ counter: inout AdditionCounter) -> Bool {
        for _ in 0..<32 {
            let (p, q, shared) = (random.below(orbit.rank), random.below(orbit.rank), random.below(3))
            guard p != q, let sign = orbit.sharedSign(p, q, factor: shared) else { continue }
            var others = [0, 1, 2].filter { $0 != shared }
            if random.below(2) == 0 { others.reverse() }
            return orbit.flip(p, q, sign: sign, adding: others[0], subtracting: others[1]) && recount(others, &counter)
        }
        return false
    }

    private mutating func recount(_ factors: [Int], _ counter: inout AdditionCounter) -> Bool {
        guard factors.allSatisfy({ orbit.largest(of: $0) <= counter.limit }) else { return false }
        for factor in factors { counts[factor] = counter.additions(orbit, factor) }
        return true
    }
}

/// Counts additions of schemes of one shape whose coefficients are at most ``limit``.
private struct AdditionCounter {
    let limit: Int
    private var sums: [SharedSums]
    private var form: [SharedSums.Term] = []

    init(_ orbit: GaugeOrbit) {
        limit = (0..<3).map(orbit.largest).max() ?? 1
        let values = (-limit...limit).filter { $0 != 0 }.map { Rational(Int64($0)) }
        sums = orbit.factors.map { entries in
            SharedSums(inputs: entries.count / orbit.rank, values: values, terms: entries.count)
        }
    }

    /// Of U, V or W, by one greedy pass.
    mutating func additions(_ orbit: GaugeOrbit, _ factor: Int) -> Int {
        sums[factor].removeAll()
        let entries = orbit.factors[factor]
        let width = entries.count / orbit.rank
        for product in 0..<orbit.rank {
            form.removeAll(keepingCapacity: true)
            for variable in 0..<width {
                let entry = entries[product * width + variable]
                guard entry != 0 else { continue }
                form.append(
                    .init(variable: Int32(variable), value: Int32(entry < 0 ? entry + limit : entry + limit - 1)))
            }
            sums[factor].append(form)
        }
        var first = RandomSource?.none
        sums[factor].run(random: &first)
        // Neither W nor its transpose has a row of zeros.
        return sums[factor].additions + (factor == 2 ? orbit.rank - width : 0)
    }
}
