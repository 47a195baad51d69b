// SPDX-License-Identifier: AGPL-3.0-or-later

/// Numbers that one can divide: float64 for trained factors, ``Fraction`` for exact ones.
public protocol FieldElement: Equatable, Sendable {
    static var zero: Self { get }
    static var one: Self { get }
    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static func / (a: Self, b: Self) -> Self
    static prefix func - (a: Self) -> Self
}

extension Double: FieldElement { public static var one: Double { 1 } }

/// An exact rational with arithmetic; numerator and denominator of 128 bits.
///
/// A result that does not fit becomes ``overflowed``, which every operation passes on, so that a computation is
/// checked once, at its end.
public struct Fraction: FieldElement, Hashable, CustomStringConvertible {
    /// Coprime; the denominator is positive, or 0 when the value has been lost.
    public let numerator, denominator: Int128

    public static let zero = Fraction(0)
    public static let one = Fraction(1)
    /// The mark of a value that was too large, or of a division by zero.
    public static let overflowed = Fraction(unchecked: 0, 0)

    public var isValid: Bool { denominator != 0 }
    public var isZero: Bool { numerator == 0 && denominator != 0 }
    public var doubleValue: Double { Double(numerator) / Double(denominator) }
    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }

    public init(_ value: Int) { self.init(unchecked: Int128(value), 1) }

    public init(_ value: Rational) {
        self.init(unchecked: Int128(value.numerator), Int128(value.denominator))
    }

    /// The value in 64 bits; `nil` when it does not fit or has been lost.
    public var rational: Rational? {
        guard isValid, let top = Int64(exactly: numerator), let bottom = Int64(exactly: denominator), top != .min else {
            return nil
        }
        return Rational(top, bottom)
    }

    private init(unchecked numerator: Int128, _ denominator: Int128) {
        (self.numerator, self.denominator) = (numerator, denominator)
    }

    /// Reduces; `nil` parts mean that a product overflowed.
    private init(_ numerator: Int128?, over denominator: Int128?) {
        guard let numerator, let denominator, denominator != 0, numerator != .min, denominator != .min else {
            self = .overflowed
            return
        }
        var (a, b) = (numerator.magnitude, denominator.magnitude)
        while b != 0 { (a, b) = (b, a % b) }
        let divisor = Int128(a) * denominator.signum()
        self.init(unchecked: numerator / divisor, denominator / divisor)
    }

    public static func + (a: Fraction, b: Fraction) -> Fraction {
        let left = product(a.numerator, b.denominator)
        let right = product(b.numerator, a.denominator)
        guard let left, let right else { return .overflowed }
        let (sum, overflow) = left.addingReportingOverflow(right)
        return Fraction(overflow ? nil : sum, over: product(a.denominator, b.denominator))
    }

    public static func - (a: Fraction, b: Fraction) -> Fraction { a + -b }

    public static func * (a: Fraction, b: Fraction) -> Fraction {
        Fraction(product(a.numerator, b.numerator), over: product(a.denominator, b.denominator))
    }

    public static func / (a: Fraction, b: Fraction) -> Fraction {
        guard a.isValid, b.isValid else { return .overflowed }
        return Fraction(product(a.numerator, b.denominator), over: product(a.denominator, b.numerator))
    }

    public static prefix func - (a: Fraction) -> Fraction { Fraction(unchecked: -a.numerator, a.denominator) }

    private static func product(_ a: Int128, _ b: Int128) -> Int128? {
        let (value, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? nil : value
    }
}
