// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// How results become JSON: one object, two-space indentation, keys in snake_case and sorted, no NaN literals.
enum JSON {
    /// The text of `value`, with a newline at its end. What is not a finite number becomes "nan", "inf" or "-inf".
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    /// Writes `value` to stdout.
    static func print(_ value: some Encodable) throws { try Console.write(text(value)) }
}
