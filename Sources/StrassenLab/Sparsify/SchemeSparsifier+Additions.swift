// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// A form of a scheme with the number of additions that shared sums leave, by factor.
private struct CountedForm {
    private(set) var orbit: GaugeOrbit
    private var counts: [Int]

    init(_ orbit: GaugeOrbit) {
        self.orbit = orbit
        counts = Scheme.Factor.allCases.map { CountedForm.additions(orbit, $0) }
    }

    /// Additions, then non-zeros.
    var rank: (Int, Int) { (additions, orbit.cost) }
    var additions: Int { counts.reduce(0, +) }

    /// The form after a move; only the two factors that it changes are counted again.
    func moved(by move: GaugeOrbit.Move, change: Int) -> CountedForm {
        var copy = self
        copy.orbit.apply(move, change: change)
        for factor in move.factors { copy.counts[Int(factor.rawValue)] = CountedForm.additions(copy.orbit, factor) }
        return copy
    }

    /// One greedy pass, without randomness.
    private static func additions(_ orbit: GaugeOrbit, _ factor: Scheme.Factor) -> Int {
        AdditionReduction.reduce(orbit.program(of: factor), restarts: 1, seed: 1).additions
    }
}

extension SchemeSparsifier {
    /// Anneals on the number of additions with shared sums, from the form as given or the sparse one: sharing can make
    /// the denser of two forms the cheaper.
    func fewestAdditions(
        from given: GaugeOrbit, or sparse: GaugeOrbit, _ random: inout RandomSource, _ progress: (Int, Int) -> Void
    ) -> GaugeOrbit {
        let moves = sparse.moves
        guard !moves.isEmpty else { return sparse }
        // A greedy pass costs about the square of the non-zeros.
        let steps = steps ?? max(50, min(3_000, 60_000_000 / (sparse.cost * sparse.cost)))
        var best = [CountedForm(given), CountedForm(sparse)].min { $0.rank < $1.rank }!
        let largestCost = 2 * best.orbit.cost
        for round in 0..<rounds {
            var form = best
            for step in 0..<steps {
                let temperature = 2.5 * pow(0.1, Double(step) / Double(steps))
                let move = moves[Int.random(in: 0..<moves.count, using: &random)]
                guard let change = form.orbit.change(by: move), form.orbit.cost + change <= largestCost else {
                    continue
                }
                let next = form.moved(by: move, change: change)
                let increase = Double(next.additions - form.additions)
                guard increase <= 0 || Double.random(in: 0..<1, using: &random) < exp(-increase / temperature) else {
                    continue
                }
                form = next
                if form.rank < best.rank { best = form }
            }
            progress(round + 1, best.additions)
        }
        return best.orbit
    }
}
