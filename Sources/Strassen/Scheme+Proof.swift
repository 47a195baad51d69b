// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// The outcome of checking every Brent equation in exact arithmetic.
public struct BrentReport: Sendable, Equatable {
    /// Rings over which all equations hold.
    public struct Rings: OptionSet, Sendable, Hashable {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }
        public static let gf2 = Rings(rawValue: 1)
        public static let rationals = Rings(rawValue: 2)
        public static let integers = Rings(rawValue: 4)
    }
    /// One equation Σ_p U_pa V_pb W_pc = T_abc that fails.
    public struct Failure: Sendable, Equatable {
        /// Row-major entries of A, B and C.
        public let a, b, c: Int
        /// The left-hand side.
        public let value: Rational
        /// The right-hand side: 0 or 1.
        public let expected: Int
    }

    /// (m·k)(k·n)(m·n).
    public let equations: Int
    /// How many fail over Q.
    public let failed: Int
    /// Where all equations hold.
    public let rings: Rings
    /// The first equation that fails over Q, if one does.
    public let firstFailure: Failure?
    /// True iff the scheme multiplies matrices over Q.
    public var isExact: Bool { failed == 0 }
}

extension Scheme {
    /// Proves the scheme, or finds the first equation that fails.
    ///
    /// - Throws: ``StrassenError`` with status `overflow` when the exact sums do not fit in 128 bits.
    public func verify() throws -> BrentReport {
        var report = strassen_brent_report()
        try check(strassen_scheme_verify(storage.pointer, &report), "proving \(name)")
        let failure =
            report.failed == 0
            ? nil
            : BrentReport.Failure(
                a: Int(report.first_a), b: Int(report.first_b), c: Int(report.first_c),
                value: Rational(report.first_value.num, report.first_value.den), expected: Int(report.first_expected))
        return BrentReport(
            equations: Int(report.equations), failed: Int(report.failed), rings: .init(rawValue: report.rings),
            firstFailure: failure)
    }
}
