// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// From which side on something pays, by what would have been lost had it been known.
///
/// Around the best side little depends on where it lies, and noise would choose, and choose another the next time: of the sides
/// that lose hardly more than the best one the one nearest the prior is taken.
struct CutoffFit {
    /// What doing it gained on a problem.
    struct Observation {
        /// ``Plan/meanSide(m:k:n:)`` of what is split.
        let side: Int
        /// Seconds without it over seconds with it.
        let ratio: Double
    }

    /// With less gain than this it does not pay.
    private static let leastGain = 0.01
    /// What a side may lose on the average of the observations, in products of their size, beyond the best side.
    private static let tolerance = 0.01

    /// Just above all that was measured where it never paid; the prior without observations.
    let side: Int

    /// - Parameter prior: The side to stay at, or near, as far as the observations let it.
    init(_ observations: [Observation], prior: Int) {
        let sides = Set(observations.map(\.side)).sorted()
        guard let largest = sides.last else {
            side = prior
            return
        }
        let losses = (sides + [largest + 1, prior]).map { (side: $0, lost: Self.lost(observations, $0)) }
        let allowed = losses.map(\.lost).min()! + Self.tolerance * Double(observations.count)
        func distance(_ side: Int) -> Double { abs(log(Double(side) / Double(prior))) }
        side = losses.filter { $0.lost <= allowed }.min { distance($0.side) < distance($1.side) }!.side
    }

    /// Σ of the relative time lost by doing it from `side` on, and only there.
    private static func lost(_ observations: [Observation], _ side: Int) -> Double {
        observations.reduce(0) { sum, seen in
            let gain = log(seen.ratio) - leastGain
            return sum + max(0, seen.side >= side ? -gain : gain)
        }
    }
}
