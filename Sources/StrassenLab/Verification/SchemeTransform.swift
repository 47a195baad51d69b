// SPDX-License-Identifier: AGPL-3.0-or-later

/// The symmetries of matrix multiplication that move the three factors: cyclic exchange and transposition.
///
/// With W̃ = Wᵀ the tensor is that of the trace of ABC: (U, V, W̃) → (V, W̃, U) is an algorithm for ⟨k,n,m⟩ and
/// (U, V, W̃) → (Vᵀ, Uᵀ, W̃ᵀ) one for ⟨n,k,m⟩ with the roles of m and n exchanged.
public enum TensorSymmetry: String, Sendable, CaseIterable, Codable {
    case identity, cyclic, cyclicTwice = "cyclic twice"
    case transposed, transposedCyclic = "transposed, then cyclic", transposedCyclicTwice =
        "transposed, then cyclic twice"

    /// The algorithm after the symmetry; its shape is a permutation of the old one.
    public func callAsFunction(_ scheme: Scheme) throws -> Scheme {
        var parts = Parts(scheme)
        switch self {
        case .identity: return scheme
        case .cyclic: parts = parts.cycled
        case .cyclicTwice: parts = parts.cycled.cycled
        case .transposed: parts = parts.turned
        case .transposedCyclic: parts = parts.turned.cycled
        case .transposedCyclicTwice: parts = parts.turned.cycled.cycled
        }
        return try parts.scheme(name: scheme.name)
    }

    /// U, V and Wᵀ as lists of matrices.
    private struct Parts {
        var m, k, n: Int
        var a, b, c: [[Rational]]

        init(_ scheme: Scheme) {
            (m, k, n) = (scheme.m, scheme.k, scheme.n)
            (a, b) = (scheme.rows(of: .u), scheme.rows(of: .v))
            c = scheme.rows(of: .w).map { turnedEntries($0, rows: scheme.m, columns: scheme.n) }
        }

        private init(m: Int, k: Int, n: Int, a: [[Rational]], b: [[Rational]], c: [[Rational]]) {
            (self.m, self.k, self.n, self.a, self.b, self.c) = (m, k, n, a, b, c)
        }

        var cycled: Parts { Parts(m: k, k: n, n: m, a: b, b: c, c: a) }

        var turned: Parts {
            Parts(
                m: n, k: k, n: m, a: b.map { turnedEntries($0, rows: k, columns: n) },
                b: a.map { turnedEntries($0, rows: m, columns: k) }, c: c.map { turnedEntries($0, rows: n, columns: m) }
            )
        }

        func scheme(name: String) throws -> Scheme {
            try Scheme(name: name, m: m, k: k, n: n, u: a, v: b, w: c.map { turnedEntries($0, rows: n, columns: m) })
        }
    }
}

/// The transpose of a row-major matrix.
private func turnedEntries(_ entries: [Rational], rows: Int, columns: Int) -> [Rational] {
    (0..<columns).flatMap { column in (0..<rows).map { entries[$0 * columns + column] } }
}

/// How one scheme becomes another: a symmetry of the tensor, then bases, then order, then scales.
public struct SchemeTransform: Sendable, Equatable, CustomStringConvertible {
    public let symmetry: TensorSymmetry
    /// U → PᵀUQ⁻ᵀ, V → QᵀVR⁻ᵀ, W → P⁻¹WR; row-major m×m, k×k, n×n.
    public let p, q, r: [Rational]
    /// Product *i* of the result comes from product `order[i]`.
    public let order: [Int]
    /// Factors of the U, V and W of product *i* of the result; each triple has product 1.
    public let scales: [[Rational]]

    /// - Parameters: As the properties; ``Scheme/applying(_:name:)`` checks the sizes.
    public init(
        symmetry: TensorSymmetry = .identity, p: [Rational], q: [Rational], r: [Rational], order: [Int],
        scales: [[Rational]]
    ) {
        (self.symmetry, self.p, self.q, self.r, self.order, self.scales) = (symmetry, p, q, r, order, scales)
    }

    public var description: String {
        let bases = zip(["P", "Q", "R"], [p, q, r]).map { "\($0) = \(SchemeTransform.text($1))" }
        let plain = scales.allSatisfy { $0.allSatisfy { $0 == 1 } }
        let products = zip(order, scales).map { source, scales in
            plain ? "\(source)" : "\(source)·(\(scales.map(\.description).joined(separator: ", ")))"
        }
        let first = symmetry == .identity ? "" : "\(symmetry.rawValue); "
        return first + bases.joined(separator: ", ") + "; products \(products.joined(separator: " "))"
    }

    private static func text(_ entries: [Rational]) -> String {
        let size = Int(Double(entries.count).squareRoot().rounded())
        let rows = stride(from: 0, to: entries.count, by: size).map { start in
            "[" + entries[start..<start + size].map(\.description).joined(separator: ", ") + "]"
        }
        return "[\(rows.joined(separator: ", "))]"
    }
}

extension Scheme {
    /// The scheme after a transform.
    ///
    /// - Throws: ``SymmetryError/overflow``; ``StrassenError``, also for bases, orders or scales of another size.
    public func applying(_ transform: SchemeTransform, name: String) throws -> Scheme {
        let moved = try transform.symmetry(self).inBases(transform.p, transform.q, transform.r)
        guard transform.order.count == transform.scales.count, transform.order.allSatisfy((0..<rank).contains),
            transform.scales.allSatisfy({ $0.count == 3 })
        else {
            throw StrassenError(.argument, "a transform needs an order and three scales for each of \(rank) products")
        }
        var rows: [[[Rational]]] = [[], [], []]
        for (source, scales) in zip(transform.order, transform.scales) {
            for factor in 0..<3 {
                rows[factor].append(
                    try exact(moved.factors[factor][source].entries.map { Fraction(scales[factor]) * $0 }))
            }
        }
        return try Scheme(name: name, m: moved.m, k: moved.k, n: moved.n, u: rows[0], v: rows[1], w: rows[2])
    }

    /// The three factors of every product as matrices in other bases.
    private func inBases(_ p: [Rational], _ q: [Rational], _ r: [Rational]) throws
        -> (m: Int, k: Int, n: Int, factors: [[DenseMatrix<Fraction>]])
    {
        func square(_ entries: [Rational], _ size: Int) throws -> (DenseMatrix<Fraction>, DenseMatrix<Fraction>) {
            guard entries.count == size * size else {
                throw StrassenError(.argument, "a basis of \(entries.count) numbers for size \(size)")
            }
            let matrix = DenseMatrix(entries.map(Fraction.init), rows: size, columns: size)
            guard let inverse = matrix.inverse, inverse.isValid else {
                throw StrassenError(.argument, "a basis has no inverse in 128-bit fractions")
            }
            return (matrix, inverse)
        }
        func matrices(_ factor: Factor, _ rows: Int, _ columns: Int) -> [DenseMatrix<Fraction>] {
            self.rows(of: factor).map { DenseMatrix($0.map(Fraction.init), rows: rows, columns: columns) }
        }
        let (p, q, r) = (try square(p, m), try square(q, k), try square(r, n))
        return (
            m, k, n,
            [
                matrices(.u, m, k).map { p.0.transposed * $0 * q.1.transposed },
                matrices(.v, k, n).map { q.0.transposed * $0 * r.1.transposed },
                matrices(.w, m, n).map { p.1 * $0 * r.0 },
            ]
        )
    }
}

/// Fractions in 64 bits.
///
/// - Throws: ``SymmetryError/overflow``.
func exact(_ values: [Fraction]) throws -> [Rational] {
    try values.map { value in
        guard let rational = value.rational else { throw SymmetryError.overflow }
        return rational
    }
}
