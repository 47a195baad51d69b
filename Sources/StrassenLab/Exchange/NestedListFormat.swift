// SPDX-License-Identifier: AGPL-3.0-or-later

/// Products as triples of matrices in nested lists: Mathematica's braces (`.m`) and Maple's `Triad`s (`.mpl`).
enum NestedListFormat {
    /// Braces: `{ {{{…}}, {{…}}, {{…}}}, … }`, a triple of matrices per product.
    static func readBraces(_ bytes: [UInt8], name: String) throws -> SchemeCandidate {
        var scanner = TextScanner(bytes)
        let products = try list(&scanner, "{", "}") { scanner in
            try list(&scanner, "{", "}") { try matrix(&$0, "{", "}") }
        }
        guard scanner.isAtEnd() else { throw scanner.unexpected("the end of the file") }
        return try candidate(products, name: name)
    }

    /// Maple: `Triad([Matrix(r, c, [[…], …]), …])`, whatever stands around them.
    static func readMaple(_ bytes: [UInt8], name: String) throws -> SchemeCandidate {
        var scanner = TextScanner(bytes)
        var products: [[[[Rational]]]] = []
        guard scanner.skip(past: "TriadSet(") else {
            throw InputError("there is no TriadSet(…)", advice: "Expected a tensor file of the FMM catalogue.")
        }
        while scanner.skip(past: "Triad(") {
            products.append(try list(&scanner, "[", "]", mapleMatrix))
            try scanner.expect(")")
            guard products.count <= SchemeCandidate.maximumRank else { throw tooMany(scanner) }
            if !scanner.take(",") { break }
        }
        return try candidate(products, name: name)
    }

    static func writeBraces(_ scheme: Scheme) -> String {
        let products = triples(of: scheme).map { triple in
            "  {" + triple.map { nested($0, "{", "}") }.joined(separator: ", ") + "}"
        }
        return "{\n" + products.joined(separator: ",\n") + "\n}\n"
    }

    static func writeMaple(_ scheme: Scheme) -> String {
        func symbols(_ letter: String, _ rows: Int, _ columns: Int) -> String {
            let entries = (1...rows).map { row in
                "[" + (1...columns).map { "\(letter)_\(row)_\($0)" }.joined(separator: ",") + "]"
            }
            return "\(letter):=Matrix(\(rows), \(columns), [\(entries.joined(separator: ","))]):\n"
        }
        let triads = triples(of: scheme).map { triple in
            "Triad(["
                + triple.map { "Matrix(\($0.count), \($0[0].count), \(nested($0, "[", "]")))" }.joined(separator: ", ")
                + "])"
        }
        return symbols("A", scheme.m, scheme.k) + symbols("B", scheme.k, scheme.n) + symbols("C", scheme.m, scheme.n)
            + "Tensor:=TriadSet([\(triads.joined(separator: ", "))]):\n"
    }

    /// Per product the matrices of U, V and of W for Cᵀ.
    private static func triples(of scheme: Scheme) -> [[[[Rational]]]] {
        let w = reordered(scheme.rows(of: .w), columns: scheme.n, rows: scheme.m)
        return (0..<scheme.rank).map { p in
            [
                folded(scheme.rows(of: .u)[p], columns: scheme.k), folded(scheme.rows(of: .v)[p], columns: scheme.n),
                folded(w[p], columns: scheme.m),
            ]
        }
    }

    private static func folded(_ row: [Rational], columns: Int) -> [[Rational]] {
        stride(from: 0, to: row.count, by: columns).map { Array(row[$0..<$0 + columns]) }
    }

    private static func nested(_ matrix: [[Rational]], _ open: String, _ close: String) -> String {
        open + matrix.map { open + $0.map(\.description).joined(separator: ", ") + close }.joined(separator: ", ")
            + close
    }

    /// A list between brackets, its items separated by commas.
    private static func list<T>(
        _ scanner: inout TextScanner, _ open: Character, _ close: Character, _ item: (inout TextScanner) throws -> T
    ) throws -> [T] {
        try scanner.expect(open)
        var items: [T] = []
        repeat {
            items.append(try item(&scanner))
            guard items.count <= SchemeCandidate.maximumRank else { throw tooMany(scanner) }
        } while scanner.take(",")
        try scanner.expect(close)
        return items
    }

    private static func matrix(_ scanner: inout TextScanner, _ open: Character, _ close: Character) throws
        -> [[Rational]]
    {
        try list(&scanner, open, close) { scanner in try list(&scanner, open, close) { try $0.number() } }
    }

    private static func mapleMatrix(_ scanner: inout TextScanner) throws -> [[Rational]] {
        guard scanner.word() == "Matrix" else { throw scanner.unexpected("Matrix(rows, columns, …)") }
        try scanner.expect("(")
        for _ in 0..<2 {
            _ = try scanner.size("a side", limit: SchemeCandidate.maximumSide)
            try scanner.expect(",")
        }
        let rows = try matrix(&scanner, "[", "]")
        try scanner.expect(")")
        return rows
    }

    private static func tooMany(_ scanner: TextScanner) -> InputError {
        scanner.failure("more than \(SchemeCandidate.maximumRank) items in a list")
    }

    /// The shape follows from the matrices: A m×k, B k×n; C is m×n or n×m.
    private static func candidate(_ products: [[[[Rational]]]], name: String) throws -> SchemeCandidate {
        guard let first = products.first, first.count == 3 else {
            throw InputError("expected triples of matrices", field: "product 1")
        }
        let sizes = first.map { ($0.count, $0[0].count) }
        for (index, triple) in products.enumerated() {
            let fits =
                triple.count == 3
                && zip(triple, sizes).allSatisfy { matrix, size in
                    matrix.count == size.0 && matrix.allSatisfy { $0.count == size.1 }
                }
            guard fits else {
                throw InputError("its matrices differ in size from the first's", field: "product \(index + 1)")
            }
        }
        let (m, k, n) = (sizes[0].0, sizes[0].1, sizes[1].1)
        guard sizes[1].0 == k, sizes[2] == (m, n) || sizes[2] == (n, m) else {
            throw InputError(
                "matrices of \(sizes.map { "\($0.0)×\($0.1)" }.joined(separator: ", ")) do not form a product")
        }
        let tables = (0..<3).map { factor in products.map { $0[factor].flatMap { $0 } } }
        return try SchemeCandidate(
            name: name, m: m, k: k, n: n, tables: tables, preferred: sizes[2] == (n, m) ? .transposedC : [])
    }
}
