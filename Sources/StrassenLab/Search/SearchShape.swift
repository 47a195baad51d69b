// SPDX-License-Identifier: AGPL-3.0-or-later

/// The sizes of a product: A is m×k, B is k×n, C is m×n.
public struct SearchShape: Hashable, Codable, Sendable, CustomStringConvertible {
    public let m, k, n: Int

    /// - Precondition: all sizes ≥ 1 and m·k, k·n, m·n ≤ ``maximumEntries``; see ``init(_:)`` for untrusted text.
    public init(_ m: Int, _ k: Int, _ n: Int) {
        (self.m, self.k, self.n) = (m, k, n)
        precondition(isSupported, "shape \(self) is out of range")
    }

    /// A factor of a product is one 64-bit mask.
    public static let maximumEntries = 64

    /// Reads `"3x4x5"`.
    ///
    /// - Throws: ``SearchError/shape(_:)``.
    public init(_ text: String) throws {
        let sizes = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard sizes.count == 3, sizes.allSatisfy({ (1...SearchShape.maximumEntries).contains($0) }),
            max(sizes[0] * sizes[1], sizes[1] * sizes[2], sizes[0] * sizes[2]) <= SearchShape.maximumEntries
        else { throw SearchError.shape(text) }
        self.init(sizes[0], sizes[1], sizes[2])
    }

    var isSupported: Bool {
        let range = 1...SearchShape.maximumEntries
        return range.contains(m) && range.contains(k) && range.contains(n) && range.contains(m * k)
            && range.contains(k * n) && range.contains(m * n)
    }

    /// Entries of A, B and C.
    var entries: (Int, Int, Int) { (m * k, k * n, m * n) }
    /// Products of the standard algorithm.
    public var standardRank: Int { m * k * n }
    /// `"3x4x5"`.
    public var description: String { "\(m)x\(k)x\(n)" }
    /// `[3, 4, 5]`, in any order of the sizes: the rank does not depend on it.
    var sorted: [Int] { [m, k, n].sorted() }

    func resized(axis: Int, to size: Int) -> SearchShape {
        SearchShape(axis == 0 ? size : m, axis == 1 ? size : k, axis == 2 ? size : n)
    }
    func size(axis: Int) -> Int { [m, k, n][axis] }
}

/// The best ranks published by July 2026, to choose how far to take a smaller shape before it is extended.
enum KnownRanks {
    private static let table: [[Int]: Int] = [
        [2, 2, 2]: 7, [2, 2, 3]: 11, [2, 2, 4]: 14, [2, 2, 5]: 18, [2, 3, 3]: 15, [2, 3, 4]: 20, [2, 3, 5]: 25,
        [2, 4, 4]: 26, [2, 4, 5]: 33, [2, 5, 5]: 40, [3, 3, 3]: 23, [3, 3, 4]: 29, [3, 3, 5]: 36, [3, 4, 4]: 38,
        [3, 4, 5]: 47, [3, 5, 5]: 58, [4, 4, 4]: 49, [4, 4, 5]: 61, [4, 5, 5]: 76, [5, 5, 5]: 93,
    ]

    /// The published rank over Z, or the standard one where this table has none.
    static func rank(_ shape: SearchShape) -> Int { table[shape.sorted] ?? shape.standardRank }
}
