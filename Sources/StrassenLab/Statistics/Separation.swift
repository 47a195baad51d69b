// SPDX-License-Identifier: AGPL-3.0-or-later

/// How well one number tells two groups apart: the area under the ROC curve, P[x < y] + ½·P[x = y].
public struct Separation: Sendable, Codable {
    /// 0.5: not at all; 1: every value of `low` lies below every value of `high`.
    public let area: Double
    public let low, high: Int

    /// - Parameters: values expected to be small, and values expected to be large. NaN counts as +∞.
    public init(low: [Double], high: [Double]) {
        (self.low, self.high) = (low.count, high.count)
        let rank = { (x: Double) in x.isNaN ? Double.infinity : x }
        var sum = 0.0
        for x in low.map(rank) { for y in high.map(rank) { sum += x < y ? 1 : x == y ? 0.5 : 0 } }
        area = low.isEmpty || high.isEmpty ? .nan : sum / Double(low.count * high.count)
    }

    /// An interval that does not degenerate to a point at an area of 1, unlike Hanley and McNeil's; [0, 1] when a group
    /// is empty.
    ///
    /// - Source: Newcombe, "Confidence intervals for an effect size measure based on the Mann–Whitney statistic, part 2",
    ///   Statistics in Medicine 25 (2006), method 5.
    public func interval(level: Double = 0.95) -> ConfidenceInterval {
        guard area.isFinite else { return ConfidenceInterval(low: 0, high: 1, level: level) }
        let z = normalQuantile(0.5 + level / 2)
        let pairs = Double(low * high)
        let extra = Double(low + high) / 2 - 1
        let distance = { (p: Double) -> Double in
            let variance = p * (1 - p) * (1 + extra * ((1 - p) / (2 - p) + p / (1 + p))) / pairs
            return abs(p - area) - z * variance.squareRoot()
        }
        // Inside the interval the distance is negative, outside positive.
        let edge = { (inside: Double, outside: Double) -> Double in
            var (a, b) = (inside, outside)
            for _ in 0..<60 { if distance((a + b) / 2) < 0 { a = (a + b) / 2 } else { b = (a + b) / 2 } }
            return (a + b) / 2
        }
        let inside = min(max(area, 1e-9), 1 - 1e-9)
        return ConfidenceInterval(
            low: area == 0 ? 0 : edge(inside, 0), high: area == 1 ? 1 : edge(inside, 1), level: level)
    }

    /// `"0.812 [0.701, 0.889]"`.
    public var text: String {
        let bounds = interval()
        return area.isNaN
            ? "–" : "\(Format.fixed(area, 3)) [\(Format.fixed(bounds.low, 3)), \(Format.fixed(bounds.high, 3))]"
    }
}
