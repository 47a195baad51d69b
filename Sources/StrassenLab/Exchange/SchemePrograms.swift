// SPDX-License-Identifier: AGPL-3.0-or-later

/// The additions of a scheme as three programs: U·a, V·b, and the entries of C from the products.
public struct SchemePrograms: Sendable, Equatable {
    /// Forms of the entries of A and of B, one a product; forms of the products, one an entry of C (row-major).
    public var u, v, w: LinearProgram

    public init(u: LinearProgram, v: LinearProgram, w: LinearProgram) { (self.u, self.v, self.w) = (u, v, w) }

    /// Without common sub-expressions.
    public init(_ scheme: Scheme) {
        self.init(
            u: LinearProgram(rows: scheme.rows(of: .u)), v: LinearProgram(rows: scheme.rows(of: .v)),
            w: LinearProgram(rows: transposed(scheme.rows(of: .w))))
    }

    /// Two-operand additions and subtractions of one level.
    public var additions: Int { u.additions + v.additions + w.additions }

    /// The tables U, V, W that the programs compute, a row a product.
    ///
    /// - Throws: ``InputError`` for an index that is no variable, or a coefficient beyond 64 bits.
    public func tables() throws -> [[[Rational]]] {
        func expanded(_ program: LinearProgram, _ label: String) throws -> [[Rational]] {
            do { return try program.expanded() } catch let error as InputError { throw error.within(label) }
        }
        return [try expanded(u, "u"), try expanded(v, "v"), transposed(try expanded(w, "w"))]
    }
}

extension Scheme {
    /// Coefficients that are not 0, over all three factors.
    public var nonzeros: Int {
        Factor.allCases.reduce(0) { $0 + rows(of: $1).joined().count { !$0.isZero } }
    }

    /// Additions of one level without common sub-expressions.
    public var plainAdditions: Int { SchemePrograms(self).additions }
}
