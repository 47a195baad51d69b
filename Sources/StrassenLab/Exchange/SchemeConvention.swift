// SPDX-License-Identifier: AGPL-3.0-or-later

/// How a file lays out coefficients where it differs from ``Scheme``.
public struct SchemeConvention: OptionSet, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// A column of U, V and W, not a row, is a product.
    public static let columns = SchemeConvention(rawValue: 1)
    /// U is that of Aᵀ (entries column by column).
    public static let transposedA = SchemeConvention(rawValue: 2)
    /// V is that of Bᵀ.
    public static let transposedB = SchemeConvention(rawValue: 4)
    /// W is that of Cᵀ.
    public static let transposedC = SchemeConvention(rawValue: 8)

    /// `"columns, Cᵀ"`; `"rows, C"` for none.
    public var description: String {
        let letters = [(SchemeConvention.transposedA, "Aᵀ"), (.transposedB, "Bᵀ"), (.transposedC, "Cᵀ")]
            .compactMap { contains($0) ? $1 : nil }
        return ([contains(.columns) ? "columns" : "rows"] + (letters.isEmpty ? ["C"] : letters)).joined(separator: ", ")
    }

    /// All sixteen, `preferred` first, then by how little they differ from it.
    static func inOrder(from preferred: SchemeConvention) -> [SchemeConvention] {
        (0..<16).map(SchemeConvention.init).sorted { a, b in
            let (x, y) = (
                (a.rawValue ^ preferred.rawValue).nonzeroBitCount, (b.rawValue ^ preferred.rawValue).nonzeroBitCount
            )
            // C is what projects differ in most often: its bit is tried first.
            return (x, -(a.rawValue ^ preferred.rawValue)) < (y, -(b.rawValue ^ preferred.rawValue))
        }
    }
}
