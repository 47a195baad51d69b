// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Searches a scheme's orbit under changes of bases for the form that costs least.
///
/// Every form is the same algorithm in other bases, so the rank stays and the result is exact by construction; it is
/// proved all the same. The walk: descend by the best elementary move until none helps, then anneal from there, as
/// often as asked. ⟨2,2,2;7⟩ starts from the canonical form, so that any learned scheme, whatever its bases, reaches
/// Strassen's and Winograd's.
public struct SchemeSparsifier: Sendable {
    /// What is to be least.
    public enum Objective: String, Sendable, CaseIterable, Codable {
        /// Non-zeros: additions without shared sums (coefficients beyond ±1 count by their size).
        case nonzeros
        /// Additions with the shared sums that ``AdditionReduction`` finds; starts from the fewest non-zeros.
        case additions
    }

    public var objective: Objective
    public var seed: UInt64
    /// Walks, each from the best form so far.
    public var rounds: Int
    /// Elementary moves tried a walk; `nil`: as many as about 10⁹ additions pay for, at most 200,000.
    public var steps: Int?

    public init(objective: Objective = .nonzeros, seed: UInt64 = 1, rounds: Int = 6, steps: Int? = nil) {
        (self.objective, self.seed, self.rounds, self.steps) = (objective, seed, rounds, steps)
    }

    /// - Parameters:
    ///   - scheme: Proved over Q.
    ///   - progress: Rounds done of the walk at hand, and the least non-zeros or additions so far.
    /// - Returns: The form, proved.
    /// - Throws: ``InputError`` when coefficients are too large; ``SymmetryError``.
    public func run(_ scheme: Scheme, name: String? = nil, progress: (Int, Int) -> Void = { _, _ in }) throws
        -> ImportedScheme
    {
        let start =
            [scheme.m, scheme.k, scheme.n, scheme.rank] == [2, 2, 2, 7] ? try scheme.canonicalForm().scheme : scheme
        let given = try GaugeOrbit(start)
        var best = given
        descend(&best)
        var random = RandomSource(seed: seed)
        for round in 0..<rounds {
            var walker = best
            if let found = anneal(&walker, below: best.cost, &random) { best = found }
            progress(round + 1, best.cost)
        }
        if objective == .additions { best = fewestAdditions(from: given, or: best, &random, progress) }
        return try ImportedScheme(
            proving: best.scheme(name: name ?? validName("\(scheme.name)-sparse")), over: .rationals)
    }

    /// The best move, until none helps.
    private func descend(_ orbit: inout GaugeOrbit) {
        let moves = orbit.moves
        while true {
            let changes = moves.compactMap { move in orbit.change(by: move).map { (move: move, change: $0) } }
            guard let best = changes.min(by: { $0.change < $1.change }), best.change < 0 else { return }
            orbit.apply(best.move, change: best.change)
        }
    }

    /// Simulated annealing; the cheapest form on the way, if it costs less than `limit`.
    private func anneal(_ orbit: inout GaugeOrbit, below limit: Int, _ random: inout RandomSource) -> GaugeOrbit? {
        let moves = orbit.moves
        guard !moves.isEmpty else { return nil }
        let steps = steps ?? min(200_000, max(2_000, 1_000_000_000 / orbit.workPerMove / max(rounds, 1)))
        let (hot, cold) = (3.0 + Double(orbit.rank) / 20, 0.3)
        var (best, limit) = (GaugeOrbit?.none, limit)
        for step in 0..<steps {
            let temperature = hot * pow(cold / hot, Double(step) / Double(steps))
            let move = moves[Int.random(in: 0..<moves.count, using: &random)]
            guard let change = orbit.change(by: move),
                change <= 0 || Double.random(in: 0..<1, using: &random) < exp(-Double(change) / temperature)
            else { continue }
            orbit.apply(move, change: change)
            if orbit.cost < limit { (best, limit) = (orbit, orbit.cost) }
        }
        return best
    }
}
