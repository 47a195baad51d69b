// SPDX-License-Identifier: AGPL-3.0-or-later

/// Why a scheme has no canonical form here.
public enum SymmetryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The symmetry group is worked out for ⟨2,2,2;7⟩ only.
    case unsupportedShape(String)
    /// The scheme does not multiply matrices over Q.
    case notExact(failed: Int, equations: Int)
    /// Exact fractions passed 128 bits (or, in a result, 64).
    case overflow

    public var description: String {
        switch self {
        case .unsupportedShape(let shape): "canonical forms are known for ⟨2,2,2;7⟩, not for \(shape)"
        case .notExact(let failed, let equations): "not a scheme: \(failed) of \(equations) equations fail"
        case .overflow: "the coefficients are too large for exact fractions of 128 bits"
        }
    }
}

/// The one representative of a ⟨2,2,2;7⟩ scheme's orbit.
public struct CanonicalForm: Sendable {
    /// Bases fixed by ``GaugeTransform``, first non-zero of each U and V row 1, products sorted.
    public let scheme: Scheme
    /// 16 hexadecimal digits (FNV-1a of the coefficients); equal for schemes that are the same algorithm.
    public let hash: String
    /// How to get there from the scheme.
    public let transform: SchemeTransform
}

extension Scheme {
    /// The canonical form of a proved ⟨2,2,2;7⟩ scheme, invariant under ``GaugeTransform``, order and scales.
    ///
    /// Over Q there is one orbit (de Groote 1978), so every exact scheme has the same form; what tells two apart is
    /// the transform.
    ///
    /// - Throws: ``SymmetryError``.
    public func canonicalForm() throws -> CanonicalForm {
        let (transform, slots) = try canonicalGauge()
        let sorted = slots.sorted { $0.lexicographicallyPrecedes($1) }
        let rows = { (range: Range<Int>) in sorted.map { slot in slot[range].map { Rational(Int64($0)) } } }
        let scheme = try Scheme(
            name: "canonical", m: 2, k: 2, n: 2, u: rows(0..<4), v: rows(4..<8), w: rows(8..<12))
        return CanonicalForm(
            scheme: scheme, hash: ContentDigest.text(of: sorted.joined().flatMap { little(Int64($0)) }),
            transform: try matching(transform, to: scheme))
    }

    /// The transform that turns this ⟨2,2,2;7⟩ scheme into `other`, proved by applying it.
    ///
    /// - Throws: ``SymmetryError``.
    public func transformation(to other: Scheme) throws -> SchemeTransform {
        let mine = try canonicalGauge().transform
        let theirs = try other.canonicalGauge().transform
        let combined = GaugeTransform(
            p: mine.p * theirs.p.inverse, q: mine.q * theirs.q.inverse, r: mine.r * theirs.r.inverse)
        return try matching(combined, to: other)
    }

    // MARK: exact gauge

    /// The basis of the canonical form, and the coefficients of each product in it (12 integers, order as here).
    private func canonicalGauge() throws -> (transform: GaugeTransform<Fraction>, slots: [[Int]]) {
        let slots = try exactSlots()
        let report = try verify()
        guard report.isExact else { throw SymmetryError.notExact(failed: report.failed, equations: report.equations) }
        guard let full = slots.firstIndex(where: { !$0.u.determinant.isZero && !$0.v.determinant.isZero }) else {
            throw SymmetryError.overflow
        }
        let lines = distinctLines(slots.indices.filter { $0 != full }.map { column(slots[$0].u) })
        guard lines.count == 3 else { throw SymmetryError.overflow }
        let candidates = try ordersOfThree.map { order in
            let transform = GaugeTransform(lines: order.map { lines[$0] }, full: slots[full])
            return (transform: transform, slots: try slots.map { try integers(transform($0)) })
        }
        func key(_ slots: [[Int]]) -> [Int] { Array(slots.sorted { $0.lexicographicallyPrecedes($1) }.joined()) }
        return candidates.min { key($0.slots).lexicographicallyPrecedes(key($1.slots)) }!
    }

    private func exactSlots() throws -> [Slot2<Fraction>] {
        guard (m, k, n, rank) == (2, 2, 2, 7) else { throw SymmetryError.unsupportedShape(shape) }
        return (0..<7).map { row in
            let matrix = { (factor: Factor) in Matrix2((0..<4).map { Fraction(self[factor, row, $0]) }) }
            return Slot2(u: matrix(.u), v: matrix(.v), w: matrix(.w))
        }
    }

    /// A column that spans the column space of a rank-1 matrix.
    private func column(_ matrix: Matrix2<Fraction>) -> (x: Fraction, y: Fraction) {
        matrix.a.isZero && matrix.c.isZero ? (matrix.b, matrix.d) : (matrix.a, matrix.c)
    }

    private func distinctLines(_ vectors: [(x: Fraction, y: Fraction)]) -> [(x: Fraction, y: Fraction)] {
        var lines: [(x: Fraction, y: Fraction)] = []
        for vector in vectors where !lines.contains(where: { ($0.x * vector.y - $0.y * vector.x).isZero }) {
            lines.append(vector)
        }
        return lines
    }

    /// U and V divided by their first non-zero entries, W multiplied by both.
    private func integers(_ slot: Slot2<Fraction>) throws -> [Int] {
        guard let alpha = slot.u.entries.first(where: { !$0.isZero }),
            let beta = slot.v.entries.first(where: { !$0.isZero })
        else { throw SymmetryError.overflow }
        let scaled = (.one / alpha * slot.u).entries + (.one / beta * slot.v).entries + (alpha * beta * slot.w).entries
        return try scaled.map { value in
            guard value.denominator == 1, let integer = Int(exactly: value.numerator) else {
                throw SymmetryError.overflow
            }
            return integer
        }
    }

    /// Finds order and scales that make `gauge` of this scheme equal `target`.
    private func matching(_ gauge: GaugeTransform<Fraction>, to target: Scheme) throws -> SchemeTransform {
        let moved = try exactSlots().map { gauge($0) }
        var (order, scales) = ([Int](), [[Rational]]())
        for slot in try target.exactSlots() {
            let match = moved.indices.lazy.compactMap { index -> (Int, [Fraction])? in
                let ratios = [(moved[index].u, slot.u), (moved[index].v, slot.v), (moved[index].w, slot.w)].compactMap(
                    ratio)
                return ratios.count == 3 && !order.contains(index) ? (index, ratios) : nil
            }.first
            guard let match else { throw SymmetryError.overflow }
            order.append(match.0)
            scales.append(try exact(match.1))
        }
        return SchemeTransform(
            p: try exact(gauge.p.entries), q: try exact(gauge.q.entries), r: try exact(gauge.r.entries), order: order,
            scales: scales)
    }

    /// λ with b = λ·a, if there is one.
    private func ratio(_ a: Matrix2<Fraction>, _ b: Matrix2<Fraction>) -> Fraction? {
        guard let index = a.entries.firstIndex(where: { !$0.isZero }) else { return nil }
        let factor = b.entries[index] / a.entries[index]
        return !factor.isZero && factor * a == b ? factor : nil
    }
}
