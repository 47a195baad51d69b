// SPDX-License-Identifier: AGPL-3.0-or-later

/// Equations: one product of three sums a line (`.exp`), or readable ones with names and shared sums (`.eq`).
enum EquationFormat {
    /// Lines such as `(a11+a22)*(b11+b22)*(c11+c22)`, factors in any order, c usually transposed.
    static func readTriples(_ bytes: [UInt8], name: String) throws -> SchemeCandidate {
        var reader = ExpressionReader(bytes)
        var forms: [NamedForm.Kind: [NamedForm]] = [:]
        while !reader.scanner.isAtEnd() {
            let place = reader.scanner
            let product = try reader.sum()
            guard product.forms.count == 3, let a = product.form(.a), let b = product.form(.b), var c = product.form(.c)
            else {
                throw place.failure("expected (sum of a)*(sum of b)*(sum of c)")
            }
            guard forms[.a, default: []].count < SchemeCandidate.maximumRank else { throw tooMany(place) }
            c.coefficients = c.coefficients.mapValues { product.scale * $0 }
            forms[.a, default: []].append(a)
            forms[.b, default: []].append(b)
            forms[.c, default: []].append(c)
            try reader.endStatement()
        }
        return try candidate(name, a: forms[.a] ?? [], b: forms[.b] ?? [], c: forms[.c] ?? [], transposedC: true)
    }

    /// `s1 = a21 + a22`, `m1 = s1 * b11`, `c11 = m1 + m4`, in any order in which names are defined before they are used.
    static func readEquations(_ bytes: [UInt8], name: String) throws -> SchemeCandidate {
        var system = EquationSystem(bytes)
        try system.read()
        let c = columns(system.results, rank: system.a.count)
        return try candidate(name, a: system.a, b: system.b, c: c, transposedC: false)
    }

    static func writeTriples(_ scheme: Scheme) -> String {
        let programs = SchemePrograms(scheme)
        let w = reordered(scheme.rows(of: .w), columns: scheme.n, rows: scheme.m)
        func writer(_ program: LinearProgram, _ letter: String, _ columns: Int) -> FormWriter {
            FormWriter(program, fresh: "", input: { EntryName(letter).text(index: $0, columns: columns) })
        }
        let factors = [
            (programs.u, "a", scheme.k), (programs.v, "b", scheme.n), (LinearProgram(rows: w), "c", scheme.m),
        ].map { program, letter, columns in program.forms.map(writer(program, letter, columns).text) }
        return (0..<scheme.rank).map { p in
            factors.map { "(\($0[p].replacing(" ", with: "")))" }.joined(separator: "*") + "\n"
        }.joined()
    }

    fileprivate static func tooMany(_ place: TextScanner) -> InputError {
        place.failure("more than \(SchemeCandidate.maximumRank) products")
    }

    /// Per product, the entries of C that it goes into.
    private static func columns(_ results: [Int: NamedForm], rank: Int) -> [NamedForm] {
        var forms = [NamedForm](repeating: NamedForm(kind: .c, coefficients: [:]), count: rank)
        for (entry, form) in results {
            for (product, value) in form.coefficients { forms[product].coefficients[entry] = value }
        }
        return forms
    }

    /// The shape is that of the largest indices.
    private static func candidate(
        _ name: String, a: [NamedForm], b: [NamedForm], c: [NamedForm], transposedC: Bool
    ) throws -> SchemeCandidate {
        guard !a.isEmpty else { throw InputError("there is no product") }
        let sizes = [a, b, c].map(extent)
        let (m, k, n) = (sizes[0].rows, sizes[0].columns, sizes[1].columns)
        guard sizes[1].rows == k, sizes[2] == (m, n) || sizes[2] == (n, m) else {
            throw InputError(
                "the largest indices are those of matrices of "
                    + sizes.map { "\($0.rows)×\($0.columns)" }.joined(separator: ", ") + ", which do not form a product"
            )
        }
        let turned = m == n ? transposedC : sizes[2] == (n, m)
        let tables = try zip([a, b, c], sizes).map { forms, size in try forms.map { try row($0, size) } }
        return try SchemeCandidate(
            name: name, m: m, k: k, n: n, tables: tables, preferred: turned ? .transposedC : [])
    }

    private static func extent(_ forms: [NamedForm]) -> (rows: Int, columns: Int) {
        let places = forms.flatMap(\.coefficients.keys)
        let side = SchemeCandidate.maximumSide
        return ((places.map { $0 / side }.max() ?? -1) + 1, (places.map { $0 % side }.max() ?? -1) + 1)
    }

    private static func row(_ form: NamedForm, _ size: (rows: Int, columns: Int)) throws -> [Rational] {
        var row = [Rational](repeating: 0, count: size.rows * size.columns)
        for (place, value) in form.coefficients {
            guard let value = value.rational else { throw InputError("a coefficient does not fit in 64 bits") }
            row[place / SchemeCandidate.maximumSide * size.columns + place % SchemeCandidate.maximumSide] = value
        }
        return row
    }
}

/// Readable equations, statement by statement.
private struct EquationSystem {
    private var reader: ExpressionReader
    /// The two factors of every product.
    private(set) var a: [NamedForm] = [], b: [NamedForm] = []
    /// Sums of products, by the entry of C.
    private(set) var results: [Int: NamedForm] = [:]

    init(_ bytes: [UInt8]) { reader = ExpressionReader(bytes) }

    mutating func read() throws {
        while !reader.scanner.isAtEnd() {
            let place = reader.scanner
            let target = reader.scanner.word()
            guard !target.isEmpty else { throw place.unexpected("the name of a sum, a product or an entry of C") }
            _ = reader.scanner.take(":")
            try reader.scanner.expect("=")
            try define(target, try form(of: reader.sum(), at: place), at: place)
            try reader.endStatement()
        }
    }

    /// The linear form that a right-hand side is; (sum of a)·(sum of b) becomes a new product.
    private mutating func form(of value: FormProduct, at place: TextScanner) throws -> NamedForm {
        if let form = value.linear { return form }
        guard value.forms.count == 2, let left = value.form(.a), let right = value.form(.b) else {
            throw place.failure("expected a sum, or (sum of a) * (sum of b)")
        }
        guard a.count < SchemeCandidate.maximumRank else { throw EquationFormat.tooMany(place) }
        a.append(left)
        b.append(right)
        return NamedForm(kind: .product, coefficients: [a.count - 1: value.scale])
    }

    private mutating func define(_ target: String, _ form: NamedForm, at place: TextScanner) throws {
        let isNew: Bool
        if let entry = NamedForm(entry: target), let index = entry.coefficients.keys.first {
            guard entry.kind == .c, form.kind == .product else {
                throw place.failure("\(target): only entries of C are results, and they are sums of products")
            }
            isNew = results.updateValue(form, forKey: index) == nil
        } else {
            isNew = reader.definitions.updateValue(form, forKey: target) == nil
        }
        guard isNew else { throw place.failure("\(target.prefix(24)) a second time") }
    }
}

extension ExpressionReader {
    /// What follows an equation: a new line, `;`, `,` or the end.
    fileprivate mutating func endStatement() throws {
        let crossed = scanner.crossesLine()
        guard scanner.take(";") || scanner.take(",") || crossed else { throw scanner.unexpected("the end of the line") }
    }
}
