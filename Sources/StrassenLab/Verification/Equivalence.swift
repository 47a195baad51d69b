// SPDX-License-Identifier: AGPL-3.0-or-later

/// How two proved schemes relate.
///
/// Two schemes are the same algorithm when a symmetry of matrix multiplication turns one into the other: change of
/// bases, order and scales of the products, cyclic exchange, transposition.
public enum Equivalence: Sendable, Equatable {
    /// Equal coefficients in the same order.
    case identical
    /// The same algorithm: `applying` the transform to the first gives the second, exactly.
    case transformed(SchemeTransform)
    /// Different algorithms: an invariant of all symmetries differs.
    case different(invariant: SchemeInvariants.Name, first: String, second: String)
    /// All invariants agree and no transformation was found: undecided.
    case sameInvariants

    /// Whether the schemes are the same algorithm; `nil`: undecided.
    public var isEquivalent: Bool? {
        switch self {
        case .identical, .transformed: true
        case .different: false
        case .sameInvariants: nil
        }
    }
}

extension Equivalence: CustomStringConvertible {
    public var description: String {
        switch self {
        case .identical: "identical: the same coefficients in the same order"
        case .transformed(let transform): "the same algorithm: \(transform)"
        case .different(let invariant, let first, let second):
            "different algorithms: the \(invariant.rawValue) differs: \(first) against \(second)"
        case .sameInvariants:
            "same invariants, and no transformation was found among orders, scales and signed permutations: undecided"
        }
    }
}

/// Properties that no symmetry of matrix multiplication changes.
public struct SchemeInvariants: Sendable, Equatable {
    public enum Name: String, Sendable, CaseIterable, Codable {
        case shape, rank = "number of products", ranks = "rank pattern", sharing = "pattern of shared factors"
    }

    /// m, k, n.
    public let shape: [Int]
    public let rank: Int
    /// Ranks of U_p, V_p and W_p and how often they occur.
    public let ranks: [SchemeStructure.RankCount]
    /// For every product, how many products share its U, its V, its W up to scale; sorted.
    public let sharing: [[Int]]

    /// - Throws: ``SymmetryError/overflow``.
    public init(_ scheme: Scheme) throws {
        (shape, rank) = ([scheme.m, scheme.k, scheme.n], scheme.rank)
        ranks = try SchemeStructure.rankPattern(of: scheme)
        let classes = Scheme.Factor.allCases.map { factor in
            let lines = scheme.rows(of: factor).map(SchemeInvariants.line)
            let counts = lines.reduce(into: [[Fraction]: Int]()) { $0[$1, default: 0] += 1 }
            return lines.map { counts[$0]! }
        }
        sharing = (0..<scheme.rank).map { p in classes.map { $0[p] } }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The row divided by its first non-zero entry.
    private static func line(_ row: [Rational]) -> [Fraction] {
        guard let first = row.first(where: { !$0.isZero }) else { return [] }
        return row.map { Fraction($0) / Fraction(first) }
    }

    /// The first invariant that differs, in the order of ``Name``, with its two values.
    public func firstDifference(from other: SchemeInvariants) -> (name: Name, first: String, second: String)? {
        Name.allCases.lazy.map { ($0, self.text($0), other.text($0)) }.first { $1 != $2 }
    }

    private func text(_ name: Name) -> String {
        switch name {
        case .shape: "⟨\(shape.map(String.init).joined(separator: ","))⟩"
        case .rank: "\(rank)"
        case .ranks: SchemeStructure.text(ranks)
        case .sharing:
            Dictionary(grouping: sharing, by: { $0 }).sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
                "\($0.value.count)·(\($0.key.map(String.init).joined(separator: ",")))"
            }.joined(separator: " + ")
        }
    }
}

extension Scheme {
    /// Whether `other` is the same algorithm, and what shows it.
    ///
    /// For ⟨2,2,2;7⟩ the answer is always decided, by the canonical forms. For other shapes orders, scales, and signed
    /// permutations of the bases are searched under all six symmetries of the tensor; every transformation is checked
    /// by applying it.
    ///
    /// - Throws: ``SymmetryError/notExact(failed:equations:)`` when one of the two does not multiply matrices;
    ///   ``SymmetryError/overflow``.
    public func equivalence(to other: Scheme) throws -> Equivalence {
        for scheme in [self, other] {
            let report = try scheme.verify()
            guard report.isExact else {
                throw SymmetryError.notExact(failed: report.failed, equations: report.equations)
            }
        }
        if self == other { return .identical }
        if [m, k, n, rank] == [2, 2, 2, 7], [other.m, other.k, other.n, other.rank] == [2, 2, 2, 7] {
            return .transformed(try transformation(to: other))
        }
        return try searchedEquivalence(to: other)
    }

    private func searchedEquivalence(to other: Scheme) throws -> Equivalence {
        let theirs = try SchemeInvariants(other)
        var difference: (name: SchemeInvariants.Name, first: String, second: String)?
        var possible = false
        for symmetry in TensorSymmetry.allCases {
            let moved = try symmetry(self)
            if let found = try SchemeInvariants(moved).firstDifference(from: theirs) {
                // The symmetry that comes nearest says what differs.
                if difference.map({ $0.name.order < found.name.order }) ?? true { difference = found }
                continue
            }
            possible = true
            if let transform = try moved.relabelling(to: other, symmetry),
                try applying(transform, name: other.name) == other
            {
                return .transformed(transform)
            }
        }
        if possible { return .sameInvariants }
        return difference.map { .different(invariant: $0.name, first: $0.first, second: $0.second) } ?? .sameInvariants
    }

    private func relabelling(to other: Scheme, _ symmetry: TensorSymmetry) throws -> SchemeTransform? {
        guard let found = RelabellingSearch(from: self, to: other)?.find() else { return nil }
        let bare = SchemeTransform(
            p: found.p.entries, q: found.q.entries, r: found.r.entries, order: found.order,
            scales: [[Rational]](repeating: [1, 1, 1], count: rank))
        let moved = try applying(bare, name: name)
        let scales = try (0..<rank).map { product in
            try Factor.allCases.map { factor in
                let column = (0..<moved.width(of: factor)).first { !moved[factor, product, $0].isZero } ?? 0
                let ratio = Fraction(other[factor, product, column]) / Fraction(moved[factor, product, column])
                return try exact([ratio])[0]
            }
        }
        return SchemeTransform(
            symmetry: symmetry, p: bare.p, q: bare.q, r: bare.r, order: bare.order, scales: scales)
    }
}

extension SchemeInvariants.Name {
    /// Position among the invariants, the coarsest first.
    fileprivate var order: Int { SchemeInvariants.Name.allCases.firstIndex(of: self)! }
}
