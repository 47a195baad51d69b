// SPDX-License-Identifier: AGPL-3.0-or-later

/// A scheme that a search found, proved in exact arithmetic.
public struct DiscoveredScheme: Sendable {
    public let scheme: Scheme
    /// Every ring over which all Brent equations hold, not only the one that was asked for.
    public let rings: BrentReport.Rings
    /// Equations that the proof checked.
    public let equations: Int
    /// The walker that found it, and the flips it had made.
    public let walker, flips: Int

    /// Whether the scheme is useless for real matrices: its equations hold mod 2 only.
    public var holdsOnlyMod2: Bool { !rings.contains(.rationals) }

    /// Proves what was found.
    ///
    /// - Throws: ``SearchError/proof(_:)``; ``StrassenError``.
    init(_ lifted: LiftedScheme, ring: SearchRing, walker: Int, flips: Int) throws {
        let shape = lifted.shape
        let suffix = ring == .gf2 ? "-mod2" : ""
        func rationals(_ rows: [[LiftedScheme.Fraction]]) -> [[Rational]] {
            rows.map { $0.map { Rational($0.numerator, $0.denominator) } }
        }
        let scheme = try Scheme(
            name: "\(shape)-\(lifted.rank)\(suffix)", m: shape.m, k: shape.k, n: shape.n, u: rationals(lifted.u),
            v: rationals(lifted.v), w: rationals(lifted.w))
        let report = try scheme.verify()
        guard report.rings.contains(ring.proved) else {
            throw SearchError.proof("\(report.failed) of \(report.equations) equations fail over \(ring.rawValue)")
        }
        self.init(scheme, report, walker: walker, flips: flips)
    }

    private init(_ scheme: Scheme, _ report: BrentReport, walker: Int, flips: Int) {
        (self.scheme, rings, equations) = (scheme, report.rings, report.equations)
        (self.walker, self.flips) = (walker, flips)
    }

    /// Whether every coefficient is −1, 0 or 1.
    public var isTernary: Bool {
        Scheme.Factor.allCases.allSatisfy { factor in
            scheme.rows(of: factor).joined().allSatisfy { $0.denominator == 1 && abs($0.numerator) <= 1 }
        }
    }

    /// A related scheme with fewer additions, proved like this one.
    ///
    /// - Throws: As ``AdditionSearch/run(_:ring:stop:progress:)``.
    public func improved(
        by search: AdditionSearch, stop: StopFlag = StopFlag(), progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> DiscoveredScheme {
        let result = try search.run(scheme, ring: holdsOnlyMod2 ? .gf2 : .rationals, stop: stop, progress: progress)
        return DiscoveredScheme(result.scheme, result.report, walker: walker, flips: flips)
    }
}

extension SearchRing {
    /// What the proof has to show.
    var proved: BrentReport.Rings {
        switch self {
        case .integers: .integers
        case .rationals: .rationals
        case .gf2: .gf2
        }
    }
}
