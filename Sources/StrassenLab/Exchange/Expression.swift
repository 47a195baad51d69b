// SPDX-License-Identifier: AGPL-3.0-or-later

/// A linear form in the entries of one matrix, or in products.
struct NamedForm {
    enum Kind: String {
        case a, b, c
        case product = "m"
    }

    let kind: Kind
    /// By position: `row · 16 + column` of an entry, from 0; number of a product, from 0.
    var coefficients: [Int: Fraction]

    /// The entry of a matrix that a name such as `a12` stands for; `nil` for other names.
    init?(entry name: String) {
        guard let letter = name.first, let kind = Kind(rawValue: letter.lowercased()), kind != .product,
            let place = EntryName.parse(name.dropFirst())
        else { return nil }
        self.init(kind: kind, coefficients: [place.row * SchemeCandidate.maximumSide + place.column: .one])
    }

    init(kind: Kind, coefficients: [Int: Fraction]) { (self.kind, self.coefficients) = (kind, coefficients) }

    mutating func add(_ other: NamedForm) {
        for (index, value) in other.coefficients { coefficients[index] = (coefficients[index] ?? .zero) + value }
    }
}

/// A number times up to three linear forms: what one term of an equation means.
struct FormProduct {
    var scale: Fraction
    var forms: [NamedForm]

    /// The form with the scale multiplied in, when there is exactly one form.
    var linear: NamedForm? {
        guard forms.count == 1, var form = forms.first else { return nil }
        if scale != .one { form.coefficients = form.coefficients.mapValues { scale * $0 } }
        return form
    }

    /// The form of that kind.
    func form(_ kind: NamedForm.Kind) -> NamedForm? { forms.first { $0.kind == kind } }
}

/// Reads sums and products of names and numbers: `(-a21)*(-b11+b13)*c12`, `1/2*(m1 - m3)`, `5/3a11`.
struct ExpressionReader {
    var scanner: TextScanner
    /// What names other than entries stand for.
    var definitions: [String: NamedForm] = [:]
    private var depth = 0
    /// Coefficients that may still be touched: bounds the work that a short hostile file can ask for.
    private var budget = 20_000_000

    init(_ bytes: [UInt8]) { scanner = TextScanner(bytes) }

    /// A sum, up to the end of its line (lines go on inside parentheses).
    mutating func sum() throws -> FormProduct {
        var total = try term(negated: sign())
        while continues(), let next = scanner.peek(), next == "+" || next == "-" {
            let place = scanner
            let term = try term(negated: sign())
            guard var left = total.linear, let right = term.linear, left.kind == right.kind else {
                throw place.failure("only linear forms of one matrix, or of products, can be added")
            }
            try charge(right.coefficients.count)
            left.add(right)
            total = FormProduct(scale: .one, forms: [left])
        }
        return total
    }

    private mutating func term(negated: Bool) throws -> FormProduct {
        var product = try unsignedFactor()
        if negated { product.scale = -product.scale }
        while continues(), let next = scanner.peek() {
            if scanner.take("/") {
                let place = scanner
                guard let divisor = scanner.magnitude(), !divisor.isZero else {
                    throw place.unexpected("a number other than 0")
                }
                product.scale = product.scale / Fraction(divisor)
            } else if scanner.take("*") || next == "(" || (next.isLetter && product.forms.isEmpty) {
                let factor = try factor()
                product.scale = product.scale * factor.scale
                product.forms += factor.forms
                guard product.forms.count <= 3 else { throw scanner.failure("more than three factors") }
            } else {
                break
            }
        }
        return product
    }

    private mutating func factor() throws -> FormProduct {
        let negative = sign()
        var product = try unsignedFactor()
        if negative { product.scale = -product.scale }
        return product
    }

    private mutating func unsignedFactor() throws -> FormProduct {
        if scanner.take("(") {
            depth += 1
            defer { depth -= 1 }
            guard depth <= 32 else { throw scanner.failure("more than 32 parentheses inside each other") }
            let inner = try sum()
            try scanner.expect(")")
            return inner.linear.map { FormProduct(scale: .one, forms: [$0]) } ?? inner
        }
        if let number = scanner.magnitude() { return FormProduct(scale: Fraction(number), forms: []) }
        let place = scanner
        let name = scanner.word()
        guard !name.isEmpty else { throw place.unexpected("a name, a number or \"(\"") }
        guard let form = definitions[name] ?? NamedForm(entry: name) else {
            throw place.failure("\"\(name.prefix(24))\" is neither an entry such as a12 nor defined above")
        }
        try charge(form.coefficients.count)
        return FormProduct(scale: .one, forms: [form])
    }

    /// Consumes signs; true for an odd number of `-`.
    private mutating func sign() -> Bool {
        var negative = false
        while true {
            if scanner.take("-") { negative.toggle() } else if !scanner.take("+") { return negative }
        }
    }

    /// Whether the expression can go on: on the same line, or anywhere inside parentheses.
    private func continues() -> Bool { depth > 0 || !scanner.crossesLine() }

    private mutating func charge(_ work: Int) throws {
        budget -= work
        guard budget >= 0 else { throw scanner.failure("the equations are too long to expand") }
    }
}
