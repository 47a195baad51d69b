// SPDX-License-Identifier: AGPL-3.0-or-later

/// Rationals from their images mod 2^s.
enum RationalReconstruction {
    /// The fraction with |numerator| and denominator ≤ `bound` that is `value` mod 2^`bits`, if there is one.
    ///
    /// Unique when 2·bound² < 2^bits. The half-way Euclidean algorithm (Wang 1981).
    static func fraction(_ value: Int64, bits: Int, bound: Int64) -> (numerator: Int64, denominator: Int64)? {
        let modulus = Int64(1) << Int64(bits)
        var (r0, r1) = (modulus, value & (modulus - 1))
        var (t0, t1): (Int64, Int64) = (0, 1)
        while r1 > bound {
            let quotient = r0 / r1
            (r0, r1) = (r1, r0 - quotient * r1)
            (t0, t1) = (t1, t0 - quotient * t1)
        }
        guard t1 != 0, abs(t1) <= bound, t1 & 1 == 1 else { return nil }
        return t1 < 0 ? (-r1, -t1) : (r1, t1)
    }
}
