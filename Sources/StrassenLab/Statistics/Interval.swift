// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// A two-sided confidence interval.
public struct ConfidenceInterval: Sendable, Hashable, Codable {
    public let low, high: Double
    /// Coverage, such as 0.95.
    public let level: Double

    public init(low: Double, high: Double, level: Double) {
        (self.low, self.high, self.level) = (low, high, level)
    }
}

/// Successes out of trials, with Wilson's score interval.
public struct Proportion: Sendable, Hashable, Codable {
    public let successes, trials: Int

    public init(_ successes: Int, of trials: Int) {
        precondition(successes >= 0 && trials >= successes, "successes must lie in 0...trials")
        (self.successes, self.trials) = (successes, trials)
    }

    /// successes / trials; NaN without a trial.
    public var rate: Double { Double(successes) / Double(trials) }

    /// Wilson's interval; [0, 1] without a trial. Sound at rates of 0 and 1, unlike p ± z·s.
    ///
    /// - Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    public func interval(level: Double = 0.95) -> ConfidenceInterval {
        precondition(level > 0 && level < 1)
        guard trials > 0 else { return ConfidenceInterval(low: 0, high: 1, level: level) }
        let n = Double(trials)
        let z = normalQuantile(0.5 + level / 2)
        let center = (rate + z * z / (2 * n)) / (1 + z * z / n)
        let half = z * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot() / (1 + z * z / n)
        let low = successes == 0 ? 0 : max(0, center - half)
        let high = successes == trials ? 1 : min(1, center + half)
        return ConfidenceInterval(low: low, high: high, level: level)
    }

    /// `"193/200 = 96.5 % [93.0, 98.3]"`.
    public var text: String {
        guard trials > 0 else { return "0/0" }
        let bounds = interval()
        return String(
            format: "%d/%d = %.1f %% [%.1f, %.1f]", successes, trials, 100 * rate, 100 * bounds.low, 100 * bounds.high)
    }
}
