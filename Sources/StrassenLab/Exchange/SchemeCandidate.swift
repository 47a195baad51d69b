// SPDX-License-Identifier: AGPL-3.0-or-later

/// Coefficients as a file gives them; which convention they follow is not known yet.
struct SchemeCandidate {
    /// For the scheme; made valid by ``validName(_:)``.
    var name: String
    /// Shape of the product (m×k)·(k×n).
    var m, k, n: Int
    /// Tables of U, V, W as they lie in the file: a row or a column of all three is a product.
    var tables: [[[Rational]]]
    /// What the file's format usually does.
    var preferred: SchemeConvention

    /// - Throws: ``InputError`` for sizes that the engine does not take or tables that are not rectangles.
    init(name: String, m: Int, k: Int, n: Int, tables: [[[Rational]]], preferred: SchemeConvention) throws {
        try SchemeCandidate.check(m: m, k: k, n: n)
        for (table, label) in zip(tables, ["U", "V", "W"]) {
            guard let first = table.first, !first.isEmpty else {
                throw InputError("there are no coefficients", field: label)
            }
            if let bad = table.firstIndex(where: { $0.count != first.count }) {
                throw InputError(
                    "row \(bad + 1) has \(table[bad].count) entries, the first has \(first.count)", field: label)
            }
        }
        (self.name, self.m, self.k, self.n) = (name, m, k, n)
        (self.tables, self.preferred) = (tables, preferred)
    }

    /// Largest side of a block scheme, and largest number of products, that the engine takes.
    static let maximumSide = 16, maximumRank = 4096

    /// - Throws: ``InputError`` when a side is not in 1 … ``maximumSide``.
    static func check(m: Int, k: Int, n: Int) throws {
        guard [m, k, n].allSatisfy({ (1...maximumSide).contains($0) }) else {
            throw InputError("the shape \(m)×\(k)×\(n) has a side outside 1 … \(maximumSide)", field: "shape")
        }
    }

    /// The scheme under a convention; `nil` when the tables' sizes do not allow it.
    func scheme(under convention: SchemeConvention) throws -> Scheme? {
        let tables = convention.contains(.columns) ? tables.map(transposed) : tables
        let (u, v, w) = (tables[0], tables[1], tables[2])
        guard u.count == v.count, v.count == w.count, u[0].count == m * k, v[0].count == k * n, w[0].count == m * n,
            u.count <= SchemeCandidate.maximumRank
        else { return nil }
        return try Scheme(
            name: validName(name), m: m, k: k, n: n,
            u: convention.contains(.transposedA) ? reordered(u, columns: m, rows: k) : u,
            v: convention.contains(.transposedB) ? reordered(v, columns: k, rows: n) : v,
            w: convention.contains(.transposedC) ? reordered(w, columns: m, rows: n) : w)
    }
}

/// The table with rows and columns exchanged.
func transposed<T>(_ table: [[T]]) -> [[T]] {
    (0..<(table.first?.count ?? 0)).map { column in table.map { $0[column] } }
}

/// Turns each row from the row-major entries of a rows×columns matrix into those of its transpose.
func reordered<T>(_ table: [[T]], columns: Int, rows: Int) -> [[T]] {
    table.map { row in (0..<columns).flatMap { column in (0..<rows).map { row[$0 * columns + column] } } }
}

/// A name that the engine takes: other characters become `-`, at most 63.
func validName(_ text: String) -> String {
    let allowed = text.unicodeScalars.map { scalar -> Character in
        let good =
            scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "_.+-".unicodeScalars.contains(scalar))
        return good ? Character(scalar) : "-"
    }
    return allowed.isEmpty ? "unnamed" : String(allowed.prefix(63))
}
