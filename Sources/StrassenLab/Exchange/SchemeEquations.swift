// SPDX-License-Identifier: AGPL-3.0-or-later

/// A scheme as text that people read: `m1 = (a11 + a22) * (b11 + b22)`, `c11 = m1 + m4 - m5 + m7`.
public struct SchemeEquations: Sendable {
    /// Shared sums, in an order in which each uses earlier ones only: of A `s1 = …`, of B `t1 = …`; of products `u1 = …`.
    public let sums, productSums: [String]
    /// `m1 = …`, one a product; `c11 = …`, one an entry of C.
    public let products, entries: [String]

    /// All lines, in an order in which they can be computed.
    public var lines: [String] { sums + products + productSums + entries }

    /// - Parameter programs: The scheme's additions; `nil`: without shared sums.
    public init(_ scheme: Scheme, programs: SchemePrograms? = nil) {
        let programs = programs ?? SchemePrograms(scheme)
        func entry(_ letter: String, _ columns: Int) -> (Int) -> String {
            { EntryName(letter).text(index: $0, columns: columns) }
        }
        let a = FormWriter(programs.u, fresh: "s", input: entry("a", scheme.k))
        let b = FormWriter(programs.v, fresh: "t", input: entry("b", scheme.n))
        let c = FormWriter(programs.w, fresh: "u", input: { "m\($0 + 1)" })
        sums = a.definitions + b.definitions
        productSums = c.definitions
        products = zip(programs.u.forms, programs.v.forms).enumerated().map { index, pair in
            "m\(index + 1) = (\(a.text(pair.0))) * (\(b.text(pair.1)))"
        }
        entries = programs.w.forms.enumerated().map { "\(entry("c", scheme.n)($0)) = \(c.text($1))" }
    }
}

/// Writes the forms of one program.
struct FormWriter {
    private let program: LinearProgram
    private let fresh: String
    private let input: (Int) -> String

    /// - Parameters:
    ///   - fresh: Letter of the shared sums.
    ///   - input: Name of an input, from 0.
    init(_ program: LinearProgram, fresh: String, input: @escaping (Int) -> String) {
        (self.program, self.fresh, self.input) = (program, fresh, input)
    }

    /// `s1 = a21 + a22`, …
    var definitions: [String] {
        program.fresh.enumerated().map { "\(fresh)\($0 + 1) = \(text($1))" }
    }

    /// `a11 - 1/2*a12`; `0` for a form without terms.
    func text(_ form: [LinearTerm]) -> String {
        guard !form.isEmpty else { return "0" }
        return form.enumerated().map { position, term in
            let negative = term.value.numerator < 0
            let size = negative ? -term.value : term.value
            let factor = size == 1 ? "" : "\(size)*"
            let sign = position == 0 ? (negative ? "-" : "") : (negative ? " - " : " + ")
            return sign + factor + name(term.index)
        }.joined()
    }

    private func name(_ index: Int) -> String {
        index < program.inputs ? input(index) : "\(fresh)\(index - program.inputs + 1)"
    }
}
