// SPDX-License-Identifier: AGPL-3.0-or-later

/// What kind of product a problem is, by its thinnest side.
public enum ShapeClass: String, Sendable, Codable, CaseIterable {
    /// No side is less than half of another.
    case square
    /// m or n is the thinnest: a panel times a square.
    case panel
    /// k is the thinnest: an update of low rank.
    case rankK = "rank-k"
    /// m and n are at most half of k: long inner products.
    case inner

    public init(m: Int, k: Int, n: Int) {
        let (least, most) = (min(m, k, n), max(m, k, n))
        self = 2 * least > most ? .square : k == least ? .rankK : 2 * max(m, n) <= k ? .inner : .panel
    }
}

/// One product whose time is measured.
public struct TuningProblem: Sendable, Hashable, Codable {
    public let precision: Precision
    public let threads: Int
    public let m, k, n: Int

    public init(precision: Precision, threads: Int, m: Int, k: Int, n: Int) {
        (self.precision, self.threads, self.m, self.k, self.n) = (precision, threads, m, k, n)
    }

    public var shape: ShapeClass { ShapeClass(m: m, k: k, n: n) }
    public var flops: Double { 2 * Double(m) * Double(k) * Double(n) }
    /// Bytes of A, B and C.
    public var bytes: Int { (m * k + k * n + m * n) * precision.bytes }
    public var name: String { "\(precision.rawValue) \(Format.shape(m, k, n)) on \(threads)" }

    /// What block sizes are raced on, all at once: a square, a rank-k update and a panel, the thin sides three eighths.
    static func blockProblems(_ precision: Precision, side: Int) -> [TuningProblem] {
        let thin = side / 8 * 3
        return [(side, side, side), (side, thin, side), (thin, side, side)].map {
            TuningProblem(precision: precision, threads: 1, m: $0.0, k: $0.1, n: $0.2)
        }
    }
}
