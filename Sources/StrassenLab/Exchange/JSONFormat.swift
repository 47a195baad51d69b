// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// JSON of the FastMatrixMultiplication project, full and reduced.
///
/// `{"n": [m,k,n], "m": rank, "z2": bool, "u": …, "v": …, "w": …}`; rows are products and `w` is that of Cᵀ.
/// Rationals are strings such as `"1/2"`. In the reduced form rows are lists of `{"index", "value"}` terms, indices
/// behind the last entry mean the forms of `u_fresh` and so on, and `w` has one row per entry of Cᵀ.
enum JSONFormat {
    /// Whether an object has the sizes `n` and the rank `m`.
    static func looksLikeOne(_ bytes: [UInt8]) -> Bool {
        (try? JSONDecoder().decode(Head.self, from: Data(bytes))) != nil
    }

    static func read(_ bytes: [UInt8], name: String) throws -> SchemeCandidate {
        do {
            let decoder = JSONDecoder()
            let head = try decoder.decode(Head.self, from: Data(bytes))
            guard head.n.count == 3 else { throw InputError("expected three sizes, found \(head.n.count)", field: "n") }
            guard (1...SchemeCandidate.maximumRank).contains(head.m) else {
                throw InputError("the rank \(head.m) is outside 1 … \(SchemeCandidate.maximumRank)", field: "m")
            }
            try SchemeCandidate.check(m: head.n[0], k: head.n[1], n: head.n[2])
            let tables =
                head.u_fresh == nil
                ? try decoder.decode(FullTables.self, from: Data(bytes)).all
                : try decoder.decode(ReducedTables.self, from: Data(bytes)).expanded(head)
            return try SchemeCandidate(
                name: name, m: head.n[0], k: head.n[1], n: head.n[2], tables: tables, preferred: .transposedC)
        } catch let error as DecodingError { throw JSONFormat.inputError(error) }
    }

    /// The full form, C transposed, with readable equations.
    static func write(_ scheme: Scheme, mod2: Bool) -> String {
        let equations = SchemeEquations(scheme)
        func block(_ title: String, _ lines: [String]) -> String {
            "    \"\(title)\": [\n" + lines.map { "        " + $0 }.joined(separator: ",\n") + "\n    ]"
        }
        func rows(_ table: [[Rational]]) -> [String] {
            table.map { "[" + $0.map(json).joined(separator: ", ") + "]" }
        }
        return "{\n"
            + [
                "    \"n\": [\(scheme.m), \(scheme.k), \(scheme.n)]", "    \"m\": \(scheme.rank)",
                "    \"z2\": \(mod2)",
                "    \"complexity\": \(scheme.plainAdditions)",
                block("multiplications", equations.products.map { "\"\($0)\"" }),
                block("elements", equations.entries.map { "\"\($0)\"" }),
                block("u", rows(scheme.rows(of: .u))), block("v", rows(scheme.rows(of: .v))),
                block("w", rows(reordered(scheme.rows(of: .w), columns: scheme.n, rows: scheme.m))),
            ].joined(separator: ",\n") + "\n}\n"
    }

    /// The reduced form: `programs` compute U·a, V·b and (Wᵀ·q, entries of C row-major).
    static func writeReduced(_ scheme: Scheme, programs: SchemePrograms, mod2: Bool) -> String {
        func terms(_ form: [LinearTerm]) -> String {
            "[" + form.map { "{\"index\": \($0.index), \"value\": \(json($0.value))}" }.joined(separator: ", ") + "]"
        }
        func block(_ title: String, _ forms: [[LinearTerm]]) -> String {
            "    \"\(title)\": [" + (forms.isEmpty ? "" : "\n        ")
                + forms.map(terms).joined(separator: ",\n        ") + (forms.isEmpty ? "]" : "\n    ]")
        }
        let entries = (0..<scheme.n).flatMap { column in (0..<scheme.m).map { $0 * scheme.n + column } }
        return "{\n"
            + [
                "    \"n\": [\(scheme.m), \(scheme.k), \(scheme.n)]", "    \"m\": \(scheme.rank)",
                "    \"z2\": \(mod2)",
                "    \"complexity\": {\"naive\": \(scheme.plainAdditions), \"reduced\": \(programs.additions)}",
                block("u_fresh", programs.u.fresh), block("u", programs.u.forms), block("v_fresh", programs.v.fresh),
                block("v", programs.v.forms), block("w_fresh", programs.w.fresh),
                block("w", entries.map { programs.w.forms[$0] }),
            ].joined(separator: ",\n") + "\n}\n"
    }

    private static func json(_ value: Rational) -> String { value.denominator == 1 ? "\(value)" : "\"\(value)\"" }

    private static func inputError(_ error: DecodingError) -> InputError {
        switch error {
        case .keyNotFound(let key, let context):
            return InputError("the key \"\(key.stringValue)\" is missing", field: field(context))
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return InputError("a value of another kind was expected", field: field(context))
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            return InputError("not JSON", advice: "The file was probably cut short; fetch it again.")
        case .dataCorrupted(let context): return InputError(context.debugDescription, field: field(context))
        @unknown default: return InputError("not the JSON of a scheme")
        }
    }

    private static func field(_ context: DecodingError.Context) -> String? {
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined()
        return path.isEmpty ? nil : path
    }
}

/// What both forms have.
private struct Head: Decodable {
    let n: [Int]
    let m: Int
    let u_fresh: Presence?
    struct Presence: Decodable { init(from decoder: any Decoder) {} }
}

/// A number or a string such as `"-1/2"`.
private struct Coefficient: Decodable {
    let value: Rational

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let integer = try? container.decode(Int64.self), integer != .min {
            value = Rational(integer)
            return
        }
        let text = (try? container.decode(String.self)) ?? (try? container.decode(Double.self)).map { "\($0)" } ?? ""
        var scanner = TextScanner(Array(text.utf8))
        guard let value = try? scanner.number(), scanner.isAtEnd() else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected a number such as 1 or \"-1/2\" that fits in 64 bits")
        }
        self.value = value
    }
}

private struct FullTables: Decodable {
    let u, v, w: [[Coefficient]]
    var all: [[[Rational]]] { [u, v, w].map { $0.map { $0.map(\.value) } } }
}

private struct ReducedTables: Decodable {
    struct Term: Decodable {
        let index: Int
        let value: Coefficient
    }
    let u_fresh, u, v_fresh, v, w_fresh, w: [[Term]]

    /// The full tables; W turned so that rows are products.
    func expanded(_ head: Head) throws -> [[[Rational]]] {
        let (m, k, n) = (head.n[0], head.n[1], head.n[2])
        func program(_ fresh: [[Term]], _ forms: [[Term]], inputs: Int) -> LinearProgram {
            let terms = { (rows: [[Term]]) in rows.map { $0.map { LinearTerm(index: $0.index, value: $0.value.value) } }
            }
            return LinearProgram(inputs: inputs, fresh: terms(fresh), forms: terms(forms))
        }
        guard w.count == m * n else { throw InputError("expected \(m * n) forms, found \(w.count)", field: "w") }
        return try SchemePrograms(
            u: program(u_fresh, u, inputs: m * k), v: program(v_fresh, v, inputs: k * n),
            w: program(w_fresh, w, inputs: head.m)
        ).tables()
    }
}
