// SPDX-License-Identifier: AGPL-3.0-or-later

extension LinearProgram {
    /// A program for the transposed matrix: input i belongs to form i of this one, and form j to its input j.
    ///
    /// Every variable becomes the sum over its uses, so a program without unused variables and forms without terms has
    /// forms − inputs more additions when transposed.
    ///
    /// - Returns: nil when a coefficient does not fit in 64 bits.
    /// - Source: the transposition principle, e.g. Kaminski, Kirkpatrick, Bshouty, "Addition requirements for matrix
    ///   and transposed matrix products", J. Algorithms 9 (1988).
    public func transposed() -> LinearProgram? {
        var transposition = Transposition(of: self)
        for index in fresh.indices.reversed() {
            guard let terms = transposition.uses(of: inputs + index) else { return nil }
            transposition.define(index, as: terms)
        }
        for input in 0..<inputs {
            guard let terms = transposition.uses(of: input) else { return nil }
            transposition.program.forms.append(terms)
        }
        return transposition.program
    }
}

/// A program that is being transposed, its last variables first.
private struct Transposition {
    private enum Consumer {
        case form(Int), fresh(Int)
    }

    /// The new program so far.
    var program: LinearProgram
    /// Who uses each variable of the old program, and times what.
    private var consumers: [[(consumer: Consumer, value: Rational)]]
    /// What each fresh variable of the old program became: a multiple of one variable, or nothing.
    private var became: [LinearTerm?]

    init(of old: LinearProgram) {
        program = LinearProgram(inputs: old.forms.count, fresh: [], forms: [])
        consumers = Array(repeating: [], count: old.inputs + old.fresh.count)
        became = Array(repeating: nil, count: old.fresh.count)
        for (index, form) in old.forms.enumerated() {
            for term in form { consumers[term.index].append((.form(index), term.value)) }
        }
        for (index, sum) in old.fresh.enumerated() {
            for term in sum { consumers[term.index].append((.fresh(index), term.value)) }
        }
    }

    /// The sum over the uses of an old variable, all of them defined; nil when a coefficient is too large.
    func uses(of variable: Int) -> [LinearTerm]? {
        var sum: [Int: Fraction] = [:]
        for (consumer, value) in consumers[variable] {
            let term: LinearTerm? =
                switch consumer {
                case .form(let index): LinearTerm(index: index, value: 1)
                case .fresh(let index): became[index]
                }
            guard let term else { continue }
            sum[term.index, default: .zero] = sum[term.index, default: .zero] + Fraction(value) * Fraction(term.value)
        }
        let terms = sum.filter { $0.value != .zero }.sorted { $0.key < $1.key }
        let exact = terms.compactMap { index, value in value.rational.map { LinearTerm(index: index, value: $0) } }
        return exact.count == terms.count ? exact : nil
    }

    /// Makes the sum for an old fresh variable a new one, unless it is a multiple of one that there is.
    mutating func define(_ index: Int, as terms: [LinearTerm]) {
        guard terms.count > 1 else { return became[index] = terms.first }
        became[index] = LinearTerm(index: program.inputs + program.fresh.count, value: 1)
        program.fresh.append(terms)
    }
}
