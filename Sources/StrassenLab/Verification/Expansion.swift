// SPDX-License-Identifier: AGPL-3.0-or-later

/// The recursion of a bilinear algorithm with U, V and W at every level, down to single numbers.
///
/// No level falls back on another algorithm: an m^L×k^L by k^L×n^L product takes exactly r^L multiplications.
struct Expansion<Scalar: FieldElement> {
    /// Terms of one row: entry and coefficient.
    typealias Row = [(index: Int, value: Scalar)]

    let m, k, n: Int
    private let u, v, w: [Row]

    /// - Parameter coefficient: From the scheme's exact value; must be exact for `Scalar` to mean anything.
    init(_ scheme: Scheme, coefficient: (Rational) -> Scalar) {
        (m, k, n) = (scheme.m, scheme.k, scheme.n)
        func rows(_ factor: Scheme.Factor) -> [Row] { scheme.rows(of: factor).map { sparse($0.map(coefficient)) } }
        (u, v, w) = (rows(.u), rows(.v), rows(.w))
    }

    /// - Parameters: Dense factors, one row per product.
    init(m: Int, k: Int, n: Int, u: [[Scalar]], v: [[Scalar]], w: [[Scalar]]) {
        (self.m, self.k, self.n) = (m, k, n)
        (self.u, self.v, self.w) = (u.map(sparse), v.map(sparse), w.map(sparse))
    }

    /// A·B.
    ///
    /// - Parameters:
    ///   - a: m^levels × k^levels, row-major.
    ///   - b: k^levels × n^levels, row-major.
    func product(_ a: [Scalar], _ b: [Scalar], levels: Int) -> [Scalar] {
        let nestedA = NestedOrder(rows: m, columns: k, levels: levels).places.map { a[$0] }
        let nestedB = NestedOrder(rows: k, columns: n, levels: levels).places.map { b[$0] }
        let nestedC = multiply(nestedA, nestedB, levels: levels)
        var c = nestedC
        for (value, place) in zip(nestedC, NestedOrder(rows: m, columns: n, levels: levels).places) { c[place] = value }
        return c
    }

    /// In nested order a block is a contiguous range.
    private func multiply(_ a: [Scalar], _ b: [Scalar], levels: Int) -> [Scalar] {
        if levels == 0 { return [a[0] * b[0]] }
        let (sizeA, sizeB) = (a.count / (m * k), b.count / (k * n))
        var c: [Scalar] = []
        for p in u.indices {
            let q = multiply(sum(u[p], a, sizeA), sum(v[p], b, sizeB), levels: levels - 1)
            if c.isEmpty { c = [Scalar](repeating: .zero, count: q.count * m * n) }
            for (block, value) in w[p] {
                for index in q.indices { c[block * q.count + index] = c[block * q.count + index] + value * q[index] }
            }
        }
        return c
    }

    private func sum(_ row: Row, _ blocks: [Scalar], _ size: Int) -> [Scalar] {
        var total = [Scalar](repeating: .zero, count: size)
        for (block, value) in row {
            for index in 0..<size { total[index] = total[index] + value * blocks[block * size + index] }
        }
        return total
    }
}

/// The entries of a row that are not zero.
private func sparse<Scalar: FieldElement>(_ row: [Scalar]) -> [(index: Int, value: Scalar)] {
    row.indices.filter { row[$0] != .zero }.map { ($0, row[$0]) }
}

/// The order in which every block of every level is contiguous.
private struct NestedOrder {
    /// Row-major place of each element in nested order.
    let places: [Int]

    init(rows: Int, columns: Int, levels: Int) {
        var cells = [(row: 0, column: 0)]
        for _ in 0..<levels {
            cells = (0..<rows * columns).flatMap { block in
                let (height, width) = NestedOrder.extent(cells)
                return cells.map { (block / columns * height + $0.row, block % columns * width + $0.column) }
            }
        }
        let width = NestedOrder.extent(cells).width
        places = cells.map { $0.row * width + $0.column }
    }

    private static func extent(_ cells: [(row: Int, column: Int)]) -> (height: Int, width: Int) {
        (cells.last!.row + 1, cells.last!.column + 1)
    }
}
