// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// A finite sample of measurements, kept sorted. Order statistics are exact, not estimated.
public struct Sample: Sendable {
    /// Ascending.
    public let sorted: [Double]

    /// - Precondition: at least one value, none NaN.
    public init(_ values: some Sequence<Double>) {
        sorted = values.sorted()
        precondition(!sorted.isEmpty && !sorted.contains { $0.isNaN }, "a sample needs values, and no NaN")
    }

    public var count: Int { sorted.count }
    public var minimum: Double { sorted[0] }
    public var maximum: Double { sorted[count - 1] }
    public var mean: Double { sorted.reduce(0, +) / Double(count) }
    public var median: Double { quantile(0.5) }

    /// Unbiased variance; 0 for one value.
    public var variance: Double {
        guard count > 1 else { return 0 }
        let center = mean
        return sorted.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(count - 1)
    }
    public var standardDeviation: Double { variance.squareRoot() }

    /// Median of |x − median|, unscaled.
    public var medianAbsoluteDeviation: Double {
        let center = median
        return Sample(sorted.map { abs($0 - center) }).median
    }

    /// Linear interpolation between order statistics (Hyndman & Fan type 7, the default of NumPy and R).
    public func quantile(_ p: Double) -> Double {
        precondition(p >= 0 && p <= 1)
        let position = p * Double(count - 1)
        let index = min(Int(position), count - 1)
        let next = min(index + 1, count - 1)
        return sorted[index] + (position - Double(index)) * (sorted[next] - sorted[index])
    }

    /// Distribution-free interval for the median from the binomial law of order statistics.
    ///
    /// Its coverage is at least `level` when the sample is large enough (6 values for 0.95), else the whole range.
    public func medianInterval(level: Double = 0.95) -> ConfidenceInterval {
        // Largest rank d with 2·P[Bin(n, ½) < d] ≤ 1 − level.
        var (rank, tail, term) = (0, 0.0, exp2(-Double(count)))
        while rank < count / 2 {
            tail += term
            if 2 * tail > 1 - level { break }
            rank += 1
            term *= Double(count - rank + 1) / Double(rank)
        }
        let index = max(rank - 1, 0)
        return ConfidenceInterval(low: sorted[index], high: sorted[count - 1 - index], level: level)
    }

    /// Student's interval for the mean.
    public func meanInterval(level: Double = 0.95) -> ConfidenceInterval {
        guard count > 1 else { return ConfidenceInterval(low: -.infinity, high: .infinity, level: level) }
        let t = studentQuantile(0.5 + level / 2, degrees: Double(count - 1))
        let half = t * standardDeviation / Double(count).squareRoot()
        return ConfidenceInterval(low: mean - half, high: mean + half, level: level)
    }
}
