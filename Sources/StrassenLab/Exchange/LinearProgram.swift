// SPDX-License-Identifier: AGPL-3.0-or-later

/// A value times a variable: an input, or behind the inputs a fresh one.
public struct LinearTerm: Sendable, Equatable {
    public let index: Int
    public let value: Rational
    public init(index: Int, value: Rational) { (self.index, self.value) = (index, value) }
}

/// Linear forms of some inputs, computed through shared sub-expressions.
public struct LinearProgram: Sendable, Equatable {
    /// Number of input variables.
    public let inputs: Int
    /// Variable `inputs + i` is the sum of the terms `fresh[i]`, which refer to inputs and earlier fresh variables.
    public var fresh: [[LinearTerm]]
    /// The results.
    public var forms: [[LinearTerm]]

    public init(inputs: Int, fresh: [[LinearTerm]], forms: [[LinearTerm]]) {
        (self.inputs, self.fresh, self.forms) = (inputs, fresh, forms)
    }

    /// Forms without sub-expressions: the non-zeros of each row.
    public init(rows: [[Rational]]) {
        self.init(
            inputs: rows.first?.count ?? 0, fresh: [],
            forms: rows.map { row in
                row.indices.filter { !row[$0].isZero }.map { LinearTerm(index: $0, value: row[$0]) }
            })
    }

    /// Two-operand additions and subtractions.
    public var additions: Int { (fresh + forms).reduce(0) { $0 + max($1.count - 1, 0) } }

    /// The forms as rows of coefficients of the inputs.
    ///
    /// - Throws: ``InputError`` for an index that is no variable yet, or a coefficient beyond 64 bits.
    public func expanded() throws -> [[Rational]] {
        let size = (fresh.count + forms.count).multipliedReportingOverflow(by: inputs)
        guard !size.overflow, size.partialValue <= 1 << 24 else { throw InputError("the program is too large") }
        var known: [[Fraction]] = []
        for (index, terms) in fresh.enumerated() {
            known.append(try sum(terms, known, "fresh form \(index + 1)"))
        }
        return try forms.enumerated().map { index, terms in
            try sum(terms, known, "form \(index + 1)").map { value in
                guard let rational = value.rational else {
                    throw InputError("a coefficient does not fit in 64 bits", field: "form \(index + 1)")
                }
                return rational
            }
        }
    }

    private func sum(_ terms: [LinearTerm], _ known: [[Fraction]], _ place: String) throws -> [Fraction] {
        var row = [Fraction](repeating: .zero, count: inputs)
        for term in terms {
            guard term.index >= 0, term.index < inputs + known.count else {
                throw InputError(
                    "index \(term.index) is not one of the \(inputs + known.count) variables so far", field: place)
            }
            let factor = Fraction(term.value)
            if term.index < inputs {
                row[term.index] = row[term.index] + factor
            } else {
                for (index, value) in known[term.index - inputs].enumerated() where value != .zero {
                    row[index] = row[index] + factor * value
                }
            }
        }
        return row
    }
}
