// SPDX-License-Identifier: AGPL-3.0-or-later

/// A bilinear scheme over GF(2): each factor of a product is the set of matrix entries with coefficient 1.
public struct BinaryScheme: Hashable, Codable, Sendable {
    /// One product: bit i·columns+j of a mask is entry (i,j) of A, B or C.
    public struct Product: Hashable, Sendable {
        public var u, v, w: UInt64

        public init(u: UInt64, v: UInt64, w: UInt64) { (self.u, self.v, self.w) = (u, v, w) }

        init(_ product: Product, slot: Int, value: UInt64) {
            self = product
            switch slot {
            case 0: u = value
            case 1: v = value
            default: w = value
            }
        }

        /// The six orders of the three factors.
        static let orders = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 0, 2]]

        subscript(slot: Int) -> UInt64 { slot == 0 ? u : slot == 1 ? v : w }

        func permuted(_ order: [Int]) -> Product { Product(u: self[order[0]], v: self[order[1]], w: self[order[2]]) }

        func unpermuted(_ order: [Int]) -> Product {
            var result = self
            for (position, slot) in order.enumerated() { result = Product(result, slot: slot, value: self[position]) }
            return result
        }
    }

    public let shape: SearchShape
    public var products: [Product]
    public var rank: Int { products.count }

    public init(shape: SearchShape, products: [Product]) { (self.shape, self.products) = (shape, products) }

    /// The coefficients of a scheme mod 2.
    ///
    /// - Throws: ``SearchError/shape(_:)`` for more than 64 entries, ``SearchError/start(_:)`` for an even denominator.
    public init(_ scheme: Scheme) throws {
        let shape = try SearchShape("\(scheme.m)x\(scheme.k)x\(scheme.n)")
        func mask(_ factor: Scheme.Factor, _ row: Int) throws -> UInt64 {
            try (0..<scheme.width(of: factor)).reduce(0) { mask, column in
                let value = scheme[factor, row, column]
                guard value.denominator & 1 == 1 else {
                    throw SearchError.start("has the coefficient \(value), which means nothing mod 2")
                }
                return value.numerator & 1 == 1 ? mask | 1 << UInt64(column) : mask
            }
        }
        let products = try (0..<scheme.rank).map { row in
            Product(u: try mask(.u, row), v: try mask(.v, row), w: try mask(.w, row))
        }
        self.init(shape: shape, products: products)
    }

    /// The m·k·n products a_il·b_lj of the definition.
    public static func standard(_ shape: SearchShape) -> BinaryScheme {
        var products: [Product] = []
        for i in 0..<shape.m {
            for l in 0..<shape.k {
                for j in 0..<shape.n {
                    products.append(
                        Product(u: 1 << (i * shape.k + l), v: 1 << (l * shape.n + j), w: 1 << (i * shape.n + j)))
                }
            }
        }
        return BinaryScheme(shape: shape, products: products)
    }

    /// Whether Σ_p u_p⊗v_p⊗w_p is the matrix multiplication tensor mod 2: every one of the (mk)(kn)(mn) equations.
    public var isExact: Bool {
        let (uWidth, vWidth, wWidth) = shape.entries
        guard products.allSatisfy({ fits($0.u, uWidth) && fits($0.v, vWidth) && fits($0.w, wWidth) }) else {
            return false
        }
        for a in 0..<uWidth {
            let selected = products.filter { $0.u >> a & 1 == 1 }
            let (i, l) = (a / shape.k, a % shape.k)
            for b in 0..<vWidth {
                let sum = selected.reduce(UInt64(0)) { $1.v >> b & 1 == 1 ? $0 ^ $1.w : $0 }
                let (row, j) = (b / shape.n, b % shape.n)
                guard sum == (row == l ? 1 << (i * shape.n + j) : 0) else { return false }
            }
        }
        return true
    }

    private func fits(_ mask: UInt64, _ width: Int) -> Bool { width >= 64 || mask >> width == 0 }

    /// This scheme on the leading block of a larger shape, standard products for the rest.
    ///
    /// - Precondition: no size of `larger` is smaller.
    public func extended(to larger: SearchShape) -> BinaryScheme {
        precondition(larger.m >= shape.m && larger.k >= shape.k && larger.n >= shape.n)
        let inner = products.map { moved($0, to: larger) }
        let rest = BinaryScheme.standard(larger).products.filter { product in
            let (a, b) = (product.u.trailingZeroBitCount, product.v.trailingZeroBitCount)
            return a / larger.k >= shape.m || a % larger.k >= shape.k || b % larger.n >= shape.n
        }
        return BinaryScheme(shape: larger, products: inner + rest)
    }

    /// This scheme with the rows and columns beyond `smaller` set to zero; empty products are dropped.
    public func projected(to smaller: SearchShape) -> BinaryScheme {
        precondition(smaller.m <= shape.m && smaller.k <= shape.k && smaller.n <= shape.n)
        let kept = products.map { moved($0, to: smaller) }.filter { $0.u != 0 && $0.v != 0 && $0.w != 0 }
        return BinaryScheme(shape: smaller, products: kept)
    }

    /// Cut and extended to another shape; the standard algorithm where that needs fewer products.
    public func fitted(to target: SearchShape) -> BinaryScheme {
        let common = SearchShape(min(shape.m, target.m), min(shape.k, target.k), min(shape.n, target.n))
        let result = projected(to: common).extended(to: target)
        return result.rank <= target.standardRank ? result : .standard(target)
    }

    private func moved(_ product: Product, to other: SearchShape) -> Product {
        Product(
            u: BinaryScheme.moved(product.u, columns: shape.k, rows: other.m, to: other.k),
            v: BinaryScheme.moved(product.v, columns: shape.n, rows: other.k, to: other.n),
            w: BinaryScheme.moved(product.w, columns: shape.n, rows: other.m, to: other.n))
    }

    /// Re-indexes a mask of a matrix with `columns` columns for one with `newColumns`; entries outside vanish.
    private static func moved(_ mask: UInt64, columns: Int, rows: Int, to newColumns: Int) -> UInt64 {
        var (rest, result) = (mask, UInt64(0))
        while rest != 0 {
            let bit = rest.trailingZeroBitCount
            rest &= rest - 1
            let (row, column) = (bit / columns, bit % columns)
            if row < rows && column < newColumns { result |= 1 << (row * newColumns + column) }
        }
        return result
    }
}

extension BinaryScheme.Product: Codable {
    /// Three numbers, U, V, W.
    public init(from decoder: Decoder) throws {
        var list = try decoder.unkeyedContainer()
        self.init(u: try list.decode(UInt64.self), v: try list.decode(UInt64.self), w: try list.decode(UInt64.self))
        guard list.isAtEnd else {
            throw DecodingError.dataCorruptedError(in: list, debugDescription: "a product is three masks")
        }
    }

    public func encode(to encoder: Encoder) throws {
        var list = encoder.unkeyedContainer()
        try list.encode(u)
        try list.encode(v)
        try list.encode(w)
    }
}
