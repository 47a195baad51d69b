// SPDX-License-Identifier: AGPL-3.0-or-later

extension SchemeSparsifier {
    /// Walks on the number of additions with shared sums, from the form as given or the sparse one: sharing can make
    /// the denser of two forms the cheaper.
    func fewestAdditions(
        from given: GaugeOrbit, or sparse: GaugeOrbit, _ random: inout RandomSource, _ progress: (Int, Int) -> Void
    ) -> GaugeOrbit {
        // A greedy pass costs about the square of the non-zeros.
        let steps = steps ?? max(1_000, min(20_000, 400_000_000 / max(sparse.cost * sparse.cost, 1)))
        var best = [AdditionState(given), AdditionState(sparse)].min { $0.rank < $1.rank }!
        for round in 0..<rounds {
            best = AdditionSearch(steps: steps, seed: random.next(), usesFlips: false).run(best)
            progress(round + 1, best.additions)
        }
        return best.orbit
    }
}
