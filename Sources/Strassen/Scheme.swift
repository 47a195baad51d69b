// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// A bilinear scheme ⟨m,k,n;r⟩ in exact rationals.
///
/// Product *p* is `(U_p·a)(V_p·b)` and `c = Σ_p W_p · product p`, with a, b, c row-major; row *p* of U (r×mk),
/// V (r×kn) and W (r×mn) belongs to product *p*. Making one does not prove it: see ``verify()``.
public struct Scheme: Sendable {
    /// Which of the three coefficient matrices.
    public enum Factor: UInt32, Sendable, CaseIterable { case u = 0, v, w }

    final class Storage: @unchecked Sendable {  // immutable once made
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { strassen_scheme_free(pointer) }
    }

    let storage: Storage
    public let m, k, n, rank: Int

    init(adopting pointer: OpaquePointer) {
        storage = Storage(pointer)
        var (m, k, n, rank): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        strassen_scheme_shape(pointer, &m, &k, &n, &rank)
        (self.m, self.k, self.n, self.rank) = (Int(m), Int(k), Int(n), Int(rank))
    }

    /// Makes a scheme from coefficients, one row per product.
    ///
    /// - Parameters:
    ///   - name: At most 63 characters of `[A-Za-z0-9_.+-]`.
    ///   - m: Rows of A and C, in blocks.
    ///   - k: Columns of A, rows of B.
    ///   - n: Columns of B and C.
    ///   - u: r rows of m·k.
    ///   - v: r rows of k·n.
    ///   - w: r rows of m·n (entry i·n+j is c_ij, not transposed).
    /// - Throws: ``StrassenError`` when a size does not fit.
    public init(name: String, m: Int, k: Int, n: Int, u: [[Rational]], v: [[Rational]], w: [[Rational]]) throws {
        guard let m32 = Int32(exactly: m), let k32 = Int32(exactly: k), let n32 = Int32(exactly: n),
            let rank = Int32(exactly: u.count), v.count == u.count, w.count == u.count, m > 0, k > 0, n > 0
        else {
            throw StrassenError(
                .argument,
                "scheme \(name): U, V and W must have one row per product, got \(u.count), \(v.count), \(w.count)")
        }
        for (rows, width, label) in [(u, m * k, "U"), (v, k * n, "V"), (w, m * n, "W")] {
            if let bad = rows.firstIndex(where: { $0.count != width }) {
                throw StrassenError(
                    .argument,
                    "scheme \(name): row \(bad) of \(label) has \(rows[bad].count) entries, expected \(width)")
            }
        }
        let flat = { (rows: [[Rational]]) in
            rows.flatMap { $0.map { strassen_rational(num: $0.numerator, den: $0.denominator) } }
        }
        var pointer: OpaquePointer?
        let status = strassen_scheme_create(name, m32, k32, n32, rank, flat(u), flat(v), flat(w), &pointer)
        let rule = "a name has 1 to 63 characters of [A-Za-z0-9_.+-], \(Self.limits)"
        try check(status, "scheme \(name)\(status == STRASSEN_ERROR_ARGUMENT ? " (\(rule))" : "")")
        self.init(adopting: pointer!)
    }

    /// The built-in scheme of that name (`"strassen"`, `"winograd"`, …).
    public static func builtin(_ name: String) throws -> Scheme {
        var pointer: OpaquePointer?
        try check(
            strassen_scheme_builtin(name, &pointer),
            "no built-in scheme \"\(name)\"; there are \(builtinNames.joined(separator: ", "))")
        return Scheme(adopting: pointer!)
    }

    /// Names of the schemes compiled into the engine, sorted.
    public static var builtinNames: [String] {
        (0..<strassen_scheme_builtin_count()).map { String(cString: strassen_scheme_builtin_name($0)) }
    }

    /// 1 to 63 characters of `[A-Za-z0-9_.+-]`.
    public var name: String { String(cString: strassen_scheme_name(storage.pointer)) }

    /// `"⟨2,2,2;7⟩"`.
    public var shape: String { "⟨\(m),\(k),\(n);\(rank)⟩" }

    /// Entries of one row of a factor: m·k, k·n or m·n.
    public func width(of factor: Factor) -> Int {
        switch factor {
        case .u: m * k
        case .v: k * n
        case .w: m * n
        }
    }

    /// Coefficient of product `row` at row-major entry `column`.
    public subscript(factor: Factor, row: Int, column: Int) -> Rational {
        precondition(row >= 0 && row < rank && column >= 0 && column < width(of: factor))
        let value = strassen_scheme_coefficient(
            storage.pointer, strassen_factor(factor.rawValue), Int32(row), Int32(column))
        return Rational(value.num, value.den)
    }

    /// All rows of a factor.
    public func rows(of factor: Factor) -> [[Rational]] {
        (0..<rank).map { row in (0..<width(of: factor)).map { self[factor, row, $0] } }
    }

    private static let limits = "sides are at most \(STRASSEN_SCHEME_MAX_DIM), the rank \(STRASSEN_SCHEME_MAX_RANK)"

    /// Kronecker product: `self` outside, `inner` inside.
    public func composed(with inner: Scheme) throws -> Scheme {
        var pointer: OpaquePointer?
        try check(
            strassen_scheme_compose(storage.pointer, inner.storage.pointer, &pointer),
            "composing \(name) and \(inner.name) (\(Self.limits))")
        return Scheme(adopting: pointer!)
    }

    /// The same coefficients under another name.
    public func renamed(_ name: String) throws -> Scheme {
        try Scheme(name: name, m: m, k: k, n: n, u: rows(of: .u), v: rows(of: .v), w: rows(of: .w))
    }
}

extension Scheme: Hashable {
    /// Equal shape and coefficients; the name does not count.
    public static func == (a: Scheme, b: Scheme) -> Bool {
        (a.m, a.k, a.n, a.rank) == (b.m, b.k, b.n, b.rank)
            && Factor.allCases.allSatisfy { a.rows(of: $0) == b.rows(of: $0) }
    }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(rank)
        for factor in Factor.allCases { hasher.combine(rows(of: factor)) }
    }
}
