// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// One-way analysis of variance.
public struct VarianceAnalysis: Sendable, Codable {
    public let sumBetween, sumWithin: Double
    public let degreesBetween, degreesWithin: Int
    /// Ratio of mean squares; NaN when a degree of freedom is missing or nothing varies.
    public let f: Double
    /// P[F ≥ f] when no group differs.
    public let p: Double
    /// Share of the total sum of squares between groups.
    public let etaSquared: Double

    /// - Parameter groups: at least two, none empty.
    public init(groups: [[Double]]) {
        precondition(groups.count > 1 && groups.allSatisfy { !$0.isEmpty }, "an ANOVA needs two groups with values")
        let all = groups.flatMap { $0 }
        let grand = all.reduce(0, +) / Double(all.count)
        var (between, within) = (0.0, 0.0)
        for group in groups {
            let mean = group.reduce(0, +) / Double(group.count)
            between += Double(group.count) * (mean - grand) * (mean - grand)
            within += group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        self.init(
            sumBetween: between, sumWithin: within, degreesBetween: groups.count - 1,
            degreesWithin: all.count - groups.count)
    }

    /// From the sums of squares of a published table.
    public init(sumBetween: Double, sumWithin: Double, degreesBetween: Int, degreesWithin: Int) {
        (self.sumBetween, self.sumWithin) = (sumBetween, sumWithin)
        (self.degreesBetween, self.degreesWithin) = (degreesBetween, degreesWithin)
        f = (sumBetween / Double(degreesBetween)) / (sumWithin / Double(degreesWithin))
        p = f.isNaN ? .nan : fisherTail(f, Double(degreesBetween), Double(degreesWithin))
        etaSquared = sumBetween / (sumBetween + sumWithin)
    }
}

/// Odds ratio of two proportions with Woolf's interval; half a count is added to each cell (Haldane–Anscombe).
public struct OddsRatio: Sendable, Codable {
    public let ratio: Double
    public let interval: ConfidenceInterval

    public init(_ a: Proportion, against b: Proportion, level: Double = 0.95) {
        let cells = [a.successes, a.trials - a.successes, b.successes, b.trials - b.successes].map { Double($0) + 0.5 }
        ratio = cells[0] * cells[3] / (cells[1] * cells[2])
        let half = normalQuantile(0.5 + level / 2) * cells.reduce(0) { $0 + 1 / $1 }.squareRoot()
        interval = ConfidenceInterval(low: ratio * exp(-half), high: ratio * exp(half), level: level)
    }
}
