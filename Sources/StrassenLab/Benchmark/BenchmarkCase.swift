// SPDX-License-Identifier: AGPL-3.0-or-later

/// One problem on which engines compete: C := op(A)·op(B) + beta·C.
public struct BenchmarkCase: Sendable, Equatable {
    /// C is m×n, op(A) m×k, op(B) k×n; all ≥ 1.
    public var m, k, n: Int
    public var precision: Precision
    public var threads: Int
    public var distribution = Distribution.uniform
    /// Whether A and B are stored transposed.
    public var transposeA = false, transposeB = false
    public var beta = 0.0
    /// Leading dimensions are at least this; 0: rows lie side by side.
    public var leading = 0
    /// Who competes.
    public var contenders: [ContenderSpec]
    /// Label of the contender that counts as 1.0, or `best`: the fastest classical BLAS of the group.
    public var baseline = usualBaseline
    /// Speed-up that `targetLabel` should reach; nil: none asked.
    public var target: Double?

    /// Whoever names no baseline means this one, even where it does not take part.
    public static let usualBaseline = "openblas"
    /// The baseline's name for "the fastest classical BLAS that ran".
    public static let bestBaseline = "best"
    /// Whom a target is asked of.
    public static let targetLabel = "turbo"

    public init(m: Int, k: Int, n: Int, precision: Precision, threads: Int, contenders: [ContenderSpec]) {
        (self.m, self.k, self.n, self.precision, self.threads) = (m, k, n, precision, threads)
        self.contenders = contenders
    }

    /// How tables name a contender: shortly, with all its settings where somebody else has the same short name.
    func label(_ spec: ContenderSpec) -> String {
        contenders.filter { $0.label == spec.label }.count > 1 ? spec.fullLabel : spec.label
    }

    /// `"NN"`, `"TN"`…
    public var transpose: String { (transposeA ? "T" : "N") + (transposeB ? "T" : "N") }

    /// Flops of the classical product, 2mnk.
    public var flops: Double { 2 * Double(m) * Double(k) * Double(n) }

    /// Bytes of A, B and C, and of the C before the call when beta is not 0; `Int.max` for more than can be counted.
    public var operandBytes: Int {
        let size = { (rows: Int, columns: Int) in Double(rows) * Double(max(columns, leading)) }
        let a = transposeA ? size(k, m) : size(m, k)
        let b = transposeB ? size(n, k) : size(k, n)
        return Int(exactly: (a + b + size(m, n) * (beta == 0 ? 1 : 2)) * Double(precision.bytes)) ?? .max
    }

    /// Rows of C that the error check looks at, so that its cost stays below that of a multiplication or two.
    var checkedRows: Int { Self.checkedRows(m: m, k: k, n: n) }
    static func checkedRows(m: Int, k: Int, n: Int) -> Int { min(m, max(4, (1 << 28) / max(1, k * n))) }

    /// The longest side of a matrix, and the most elements from row to row: what a BLAS with 32-bit integers takes.
    static let longestSide = Int(Int32.max)
    /// Reads a leading dimension; nil when it is none.
    public static func leading(text: String) -> Int? { Int(text).flatMap { (0...longestSide).contains($0) ? $0 : nil } }
    /// What ``leading(text:)`` reads, for errors.
    public static let leadingExpected = "a number from 0 to \(longestSide)"

    /// Reads a beta; nil when it is none.
    public static func beta(text: String) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
    /// What ``beta(text:)`` reads, for errors.
    public static let betaExpected = "a finite number"

    /// `"float64 4096, 2 threads"`.
    public var title: String {
        "\(precision.rawValue) \(Format.shape(m, k, n)), \(threads) thread\(threads == 1 ? "" : "s")"
    }
}
