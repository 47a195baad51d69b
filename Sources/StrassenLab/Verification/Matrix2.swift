// SPDX-License-Identifier: AGPL-3.0-or-later

/// A 2×2 matrix over a field: [[a, b], [c, d]].
public struct Matrix2<Scalar: FieldElement>: Equatable, Sendable {
    public var a, b, c, d: Scalar

    public init(_ a: Scalar, _ b: Scalar, _ c: Scalar, _ d: Scalar) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

    /// - Precondition: four entries, row-major.
    public init<Entries: Collection>(_ entries: Entries) where Entries.Element == Scalar {
        precondition(entries.count == 4)
        let values = Array(entries)
        self.init(values[0], values[1], values[2], values[3])
    }

    public static var identity: Matrix2 { Matrix2(.one, .zero, .zero, .one) }
    public var entries: [Scalar] { [a, b, c, d] }
    public var determinant: Scalar { a * d - b * c }
    public var transposed: Matrix2 { Matrix2(a, c, b, d) }

    /// The inverse; of a singular matrix, entries that are not finite or have overflowed.
    public var inverse: Matrix2 {
        let scale = Scalar.one / determinant
        return Matrix2(d * scale, -b * scale, -c * scale, a * scale)
    }

    public static func * (x: Matrix2, y: Matrix2) -> Matrix2 {
        Matrix2(x.a * y.a + x.b * y.c, x.a * y.b + x.b * y.d, x.c * y.a + x.d * y.c, x.c * y.b + x.d * y.d)
    }

    public static func * (x: Scalar, y: Matrix2) -> Matrix2 { Matrix2(x * y.a, x * y.b, x * y.c, x * y.d) }
}

/// One product of a ⟨2,2,2⟩ algorithm, each factor as a 2×2 matrix.
public struct Slot2<Scalar: FieldElement>: Equatable, Sendable {
    public var u, v, w: Matrix2<Scalar>
    public init(u: Matrix2<Scalar>, v: Matrix2<Scalar>, w: Matrix2<Scalar>) { (self.u, self.v, self.w) = (u, v, w) }
}

/// A change of bases that leaves 2×2 multiplication as it is: U → PᵀUQ⁻ᵀ, V → QᵀVR⁻ᵀ, W → P⁻¹WR.
///
/// - Source: de Groote, *On varieties of optimal algorithms for the computation of bilinear mappings*, 1978.
public struct GaugeTransform<Scalar: FieldElement>: Equatable, Sendable {
    public var p, q, r: Matrix2<Scalar>
    public init(p: Matrix2<Scalar>, q: Matrix2<Scalar>, r: Matrix2<Scalar>) { (self.p, self.q, self.r) = (p, q, r) }

    public func callAsFunction(_ slot: Slot2<Scalar>) -> Slot2<Scalar> {
        Slot2(
            u: p.transposed * slot.u * q.inverse.transposed, v: q.transposed * slot.v * r.inverse.transposed,
            w: p.inverse * slot.w * r)
    }

    /// The transform that sends the lines of three column vectors to those of e₁, e₂ and (1,−1), and the full-rank
    /// slot's U and V to the identity.
    ///
    /// - Parameters:
    ///   - lines: Three pairwise independent vectors.
    ///   - full: The slot whose three factors have rank 2.
    init(lines: [(x: Scalar, y: Scalar)], full: Slot2<Scalar>) {
        // l₃ = α·l₁ − β·l₂ by Cramer's rule; S⁻¹ has the columns α·l₁ and β·l₂.
        let (one, two, three) = (lines[0], lines[1], lines[2])
        let determinant = one.x * two.y - two.x * one.y
        let alpha = (three.x * two.y - two.x * three.y) / determinant
        let beta = -(one.x * three.y - three.x * one.y) / determinant
        let s = Matrix2(alpha * one.x, beta * two.x, alpha * one.y, beta * two.y).inverse
        p = s.transposed
        let qTransposed = s * full.u
        q = qTransposed.transposed
        r = (qTransposed * full.v).transposed
    }
}

/// The six orders of three things.
let ordersOfThree = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
