// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// P[Z ≤ x] of a standard normal Z.
public func normalCDF(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

/// The x with P[Z ≤ x] = p, for 0 < p < 1; ±∞ at the ends.
public func normalQuantile(_ p: Double) -> Double {
    precondition(p >= 0 && p <= 1, "a probability lies in 0...1")
    if p == 0 { return -.infinity }
    if p == 1 { return .infinity }
    return bisect(low: -40, high: 40) { normalCDF($0) < p }
}

/// Regularised incomplete beta function I_x(a, b), by Lentz's continued fraction.
///
/// - Source: DLMF 8.17.22.
public func incompleteBeta(_ x: Double, a: Double, b: Double) -> Double {
    precondition(a > 0 && b > 0)
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, a: b, b: a) }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    let tiny = 1e-300
    var c = 1.0
    var d = 1 / guarded(1 - (a + b) * x / (a + 1), tiny)
    var value = d
    for step in 1...400 {
        let i = Double(step)
        let even = i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i))
        let odd = -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1))
        for term in [even, odd] {
            d = 1 / guarded(1 + term * d, tiny)
            c = guarded(1 + term / c, tiny)
            value *= c * d
        }
        if abs(c * d - 1) < 1e-15 { break }
    }
    return front * value
}

/// P[F ≥ f] of the F distribution with the given degrees of freedom: the p-value of an ANOVA.
public func fisherTail(_ f: Double, _ between: Double, _ within: Double) -> Double {
    guard f > 0 else { return 1 }
    guard f.isFinite else { return 0 }
    return incompleteBeta(within / (within + between * f), a: within / 2, b: between / 2)
}

/// P[T ≤ t] of Student's t.
public func studentCDF(_ t: Double, degrees: Double) -> Double {
    let tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), a: degrees / 2, b: 0.5)
    return t > 0 ? 1 - tail : tail
}

/// The t with P[T ≤ t] = p, for 0 < p < 1.
public func studentQuantile(_ p: Double, degrees: Double) -> Double {
    precondition(p > 0 && p < 1 && degrees > 0)
    var bound = 8.0
    while studentCDF(bound, degrees: degrees) < max(p, 1 - p) { bound *= 2 }
    return bisect(low: -bound, high: bound) { studentCDF($0, degrees: degrees) < p }
}

private func guarded(_ value: Double, _ tiny: Double) -> Double { abs(value) < tiny ? tiny : value }

/// The point where `below` turns from true to false, to the last bit.
private func bisect(low: Double, high: Double, below: (Double) -> Bool) -> Double {
    var (low, high) = (low, high)
    while true {
        let middle = low + (high - low) / 2
        if middle <= low || middle >= high { return middle }
        if below(middle) { low = middle } else { high = middle }
    }
}
