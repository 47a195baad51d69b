// SPDX-License-Identifier: AGPL-3.0-or-later

/// From GF(2) to the ring that is asked for: signs first, then Hensel.
enum SchemeLift {
    /// Bits of the Jacobian beyond which Hensel lifting is not tried: 64 MiB.
    private static let maximumJacobian = 1 << 29

    /// Integer or rational coefficients that agree with `scheme` mod 2 and satisfy every equation mod 2⁶⁴, or nil.
    /// ``DiscoveredScheme`` proves them in exact arithmetic.
    static func lift(_ scheme: BinaryScheme, ring: SearchRing, random: inout RandomSource) -> LiftedScheme? {
        if let signs = ternary(scheme, random: &random) { return signs }
        let (u, v, w) = scheme.shape.entries
        guard u * v * w * (u + v + w) * scheme.rank <= maximumJacobian, let factors = HenselLift.lift(scheme),
            let lifted = LiftedScheme(factors, ring: ring), lifted.residuesVanish
        else { return nil }
        return lifted
    }

    /// Coefficients in {−1, 0, 1} on the support of `scheme`, or nil.
    static func ternary(_ scheme: BinaryScheme, random: inout RandomSource) -> LiftedScheme? {
        guard case .lifted(let factors) = SignLift.lift(scheme, attempts: 8, random: &random) else { return nil }
        return LiftedScheme(factors, ring: .integers)
    }
}

/// Coefficients of a lifted scheme as fractions, one row a product.
struct LiftedScheme: Hashable, Codable, Sendable {
    struct Fraction: Hashable, Codable, Sendable {
        var numerator, denominator: Int64
        init(_ numerator: Int64, _ denominator: Int64 = 1) {
            (self.numerator, self.denominator) = (numerator, denominator)
        }

        /// The largest numerator and denominator that are recognised.
        static let bound: Int64 = 1 << 16

        var isValid: Bool {
            numerator.magnitude <= Fraction.bound.magnitude && (1...Fraction.bound).contains(denominator)
                && denominator & 1 == 1
        }

        /// The 2-adic integer mod 2⁶⁴; the inverse of the denominator by Newton's iteration, exact mod 2⁵ at the start.
        var residue: Int64 {
            var inverse = (3 &* denominator) ^ 2
            for _ in 0..<4 { inverse = inverse &* (2 &- denominator &* inverse) }
            return numerator &* inverse
        }
    }

    let shape: SearchShape
    let u, v, w: [[Fraction]]
    var rank: Int { u.count }

    /// Whether every coefficient is −1, 0 or 1.
    var isTernary: Bool {
        (u + v + w).allSatisfy { $0.allSatisfy { $0.denominator == 1 && abs($0.numerator) <= 1 } }
    }

    /// Recognises small fractions in 2-adic numbers.
    init?(_ factors: LiftedFactors, ring: SearchRing) {
        let (uWidth, vWidth, wWidth) = factors.shape.entries
        guard let u = LiftedScheme.rows(factors.u, uWidth, ring), let v = LiftedScheme.rows(factors.v, vWidth, ring),
            let w = LiftedScheme.rows(factors.w, wWidth, ring)
        else { return nil }
        (shape, self.u, self.v, self.w) = (factors.shape, u, v, w)
    }

    /// The coefficients 0 and 1 of a scheme over GF(2), not lifted.
    init(_ scheme: BinaryScheme) {
        let factors = LiftedFactors(scheme)
        let (uWidth, vWidth, wWidth) = scheme.shape.entries
        shape = scheme.shape
        u = LiftedScheme.whole(factors.u, uWidth)
        v = LiftedScheme.whole(factors.v, vWidth)
        w = LiftedScheme.whole(factors.w, wWidth)
    }

    /// Whether every equation holds mod 2⁶⁴: for integers of this size that is a proof.
    var residuesVanish: Bool {
        let factors = LiftedFactors(
            shape: shape, rank: rank, u: u.joined().map(\.residue), v: v.joined().map(\.residue),
            w: w.joined().map(\.residue))
        return factors.residual().allSatisfy { $0 == 0 }
    }

    private static func whole(_ values: [Int64], _ width: Int) -> [[Fraction]] {
        stride(from: 0, to: values.count, by: width).map { values[$0..<$0 + width].map { Fraction($0) } }
    }

    private static func rows(_ values: [Int64], _ width: Int, _ ring: SearchRing) -> [[Fraction]]? {
        let bits = HenselLift.precision
        var fractions: [Fraction] = []
        fractions.reserveCapacity(values.count)
        for value in values {
            guard
                let (numerator, denominator) = RationalReconstruction.fraction(
                    value, bits: bits, bound: Fraction.bound),
                denominator == 1 || ring == .rationals
            else { return nil }
            fractions.append(Fraction(numerator, denominator))
        }
        return stride(from: 0, to: fractions.count, by: width).map { Array(fractions[$0..<$0 + width]) }
    }
}
