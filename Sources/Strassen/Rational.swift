// SPDX-License-Identifier: AGPL-3.0-or-later

/// An exact rational in lowest terms with a positive denominator.
public struct Rational: Hashable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    public let numerator: Int64
    public let denominator: Int64

    /// - Precondition: `denominator` is not 0 and neither argument is `Int64.min`.
    public init(_ numerator: Int64, _ denominator: Int64 = 1) {
        precondition(denominator != 0 && numerator != .min && denominator != .min)
        var (a, b) = (numerator.magnitude, denominator.magnitude)
        while b != 0 { (a, b) = (b, a % b) }
        let divisor = Int64(a) * (denominator < 0 ? -1 : 1)
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    public init(integerLiteral value: Int64) { self.init(value) }

    /// Whether it is 0.
    public var isZero: Bool { numerator == 0 }
    /// The nearest `Double`.
    public var doubleValue: Double { Double(numerator) / Double(denominator) }
    public static prefix func - (value: Rational) -> Rational { Rational(-value.numerator, value.denominator) }

    /// `"-1"`, `"1/2"`.
    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
