// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// From which side on something pays: the side by which, had it been known, the least time would have been lost.
///
/// One disturbed race moves it less than it would move "the smallest side where it paid", and small savings do not move it.
struct CutoffFit {
    /// What doing it gained on a problem.
    struct Observation {
        let shape: ShapeClass
        /// Smallest side of what is split.
        let side: Int
        /// Seconds without it over seconds with it.
        let ratio: Double
    }

    /// With less gain than this it does not pay.
    private static let leastGain = 0.01
    /// Another side than the prior's must save so much, in products of this size: else noise would choose, and choose
    /// another the next time.
    private static let clearSaving = 0.05

    /// The least of the shapes' own sides, as the planner's model tells shapes apart; just above all that was measured
    /// where it never paid; the prior without observations.
    let side: Int

    /// - Parameter prior: The side to stay at unless the observations clearly speak for another.
    init(_ observations: [Observation], prior: Int) {
        side =
            Dictionary(grouping: observations, by: \.shape).values.map { Self.bestSide($0, prior) }.min() ?? prior
    }

    /// - Precondition: `observations` is not empty.
    private static func bestSide(_ observations: [Observation], _ prior: Int) -> Int {
        let sides = Set(observations.map(\.side)).sorted(by: >)
        let candidates = [sides[0] + 1] + sides
        // Of equals the first, so the largest: a fast level must show that it pays.
        let best = candidates.min { lost(observations, $0) < lost(observations, $1) } ?? prior
        return lost(observations, prior) - lost(observations, best) > clearSaving ? best : prior
    }

    /// Σ of the relative time lost by doing it from `side` on, and only there.
    private static func lost(_ observations: [Observation], _ side: Int) -> Double {
        observations.reduce(0) { sum, seen in
            let gain = log(seen.ratio) - leastGain
            return sum + max(0, seen.side >= side ? -gain : gain)
        }
    }
}
