// SPDX-License-Identifier: AGPL-3.0-or-later

/// A matrix with one entry ±1 in every row and column: renames the rows or columns of a block matrix.
struct SignedPermutation: Equatable {
    /// Column of the entry of each row, and its sign.
    let columns: [Int], signs: [Int]

    /// All of a size up to a common sign; `nil` when there are more than `limit`.
    static func all(_ size: Int, limit: Int) -> [SignedPermutation]? {
        var count = 1
        for factor in 1...size {
            count *= factor * (factor == 1 ? 1 : 2)
            guard count <= limit else { return nil }
        }
        return permutations(Array(0..<size)).flatMap { columns in
            (0..<1 << (size - 1)).map { bits in
                SignedPermutation(
                    columns: columns, signs: columns.indices.map { $0 > 0 && bits >> ($0 - 1) & 1 == 1 ? -1 : 1 })
            }
        }
    }

    private static func permutations(_ items: [Int]) -> [[Int]] {
        items.isEmpty
            ? [[]] : items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
    }

    /// Row-major entries.
    var entries: [Rational] {
        columns.indices.flatMap { row in columns.indices.map { Rational($0 == columns[row] ? Int64(signs[row]) : 0) } }
    }

    /// PᵀXQ⁻ᵀ, which for signed permutations is PᵀXQ: entry (i, j) of X moves to (π(i), κ(j)).
    static func move(_ x: [Int], _ p: SignedPermutation, _ q: SignedPermutation) -> [Int] {
        let width = q.columns.count
        var moved = x
        for row in p.columns.indices {
            for column in q.columns.indices {
                moved[p.columns[row] * width + q.columns[column]] =
                    p.signs[row] * q.signs[column] * x[row * width + column]
            }
        }
        return moved
    }
}

/// Finds how products correspond when rows and columns of A, B and C may be renamed and negated.
struct RelabellingSearch {
    /// Rows of U, V and W divided by their content, first non-zero entry positive; `nil`: zero or beyond 64 bits.
    private let source: [[[Int]]], target: [[[Int]]]
    private let bases: [[SignedPermutation]]
    private let counts: [[[Int]: Int]]

    /// Most signed permutations of one side, and most pairs of them that are looked through.
    static let mostPermutations = 2000, mostPairs = 1 << 22

    /// `nil` when the schemes differ in shape or are too large to search.
    init?(from source: Scheme, to target: Scheme) {
        guard (source.m, source.k, source.n, source.rank) == (target.m, target.k, target.n, target.rank),
            let mine = RelabellingSearch.lines(source), let theirs = RelabellingSearch.lines(target)
        else { return nil }
        let bases = [source.m, source.k, source.n].compactMap {
            SignedPermutation.all($0, limit: RelabellingSearch.mostPermutations)
        }
        guard bases.count == 3, bases[0].count * bases[1].count <= RelabellingSearch.mostPairs else { return nil }
        (self.source, self.target, self.bases) = (mine, theirs, bases)
        counts = theirs.map { rows in rows.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
    }

    /// P, Q, R and the order of products under which the factors agree up to scale; `nil` when there are none.
    func find() -> (p: SignedPermutation, q: SignedPermutation, r: SignedPermutation, order: [Int])? {
        for p in bases[0] {
            for q in bases[1] {
                guard let u = moved(0, p, q) else { continue }
                for r in bases[2] {
                    guard let v = moved(1, q, r), let w = moved(2, p, r), let order = order(u, v, w) else { continue }
                    return (p, q, r, order)
                }
            }
        }
        return nil
    }

    /// The moved rows of a factor, if they are those of the target in some order.
    private func moved(_ factor: Int, _ p: SignedPermutation, _ q: SignedPermutation) -> [[Int]]? {
        var left = counts[factor]
        var rows: [[Int]] = []
        for row in source[factor] {
            let moved = RelabellingSearch.positive(SignedPermutation.move(row, p, q))
            guard let count = left[moved], count > 0 else { return nil }
            left[moved] = count - 1
            rows.append(moved)
        }
        return rows
    }

    private func order(_ u: [[Int]], _ v: [[Int]], _ w: [[Int]]) -> [Int]? {
        var places: [[[Int]]: [Int]] = [:]
        for index in u.indices.reversed() { places[[u[index], v[index], w[index]], default: []].append(index) }
        var order: [Int] = []
        for index in target[0].indices {
            let product = [target[0][index], target[1][index], target[2][index]]
            guard let place = places[product]?.popLast() else { return nil }
            order.append(place)
        }
        return order
    }

    private static func lines(_ scheme: Scheme) -> [[[Int]]]? {
        var factors: [[[Int]]] = []
        for factor in Scheme.Factor.allCases {
            let rows = scheme.rows(of: factor).compactMap(primitive)
            guard rows.count == scheme.rank else { return nil }
            factors.append(rows)
        }
        return factors
    }

    /// The integers without a common divisor that a row is a multiple of, first non-zero one positive.
    private static func primitive(_ row: [Rational]) -> [Int]? {
        guard let first = row.first(where: { !$0.isZero }) else { return nil }
        var (values, common): ([Fraction], Int128) = (row.map { Fraction($0) / Fraction(first) }, 1)
        for value in values where value.isValid {
            guard value.denominator <= 1 << 30, common <= 1 << 60 else { return nil }
            common = common / gcd(common, value.denominator) * value.denominator
        }
        guard let scale = Int(exactly: common) else { return nil }
        values = values.map { $0 * Fraction(scale) }
        let integers = values.compactMap { value in value.denominator == 1 ? Int(exactly: value.numerator) : nil }
        let content = integers.reduce(0) { Int(gcd(Int128($0), Int128($1))) }
        return integers.count == row.count ? integers.map { $0 / content } : nil
    }

    private static func gcd(_ a: Int128, _ b: Int128) -> Int128 {
        var (a, b) = (abs(a), abs(b))
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }

    private static func positive(_ row: [Int]) -> [Int] {
        (row.first { $0 != 0 } ?? 0) < 0 ? row.map { -$0 } : row
    }
}
