// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// How results become JSON and back: two-space indentation, keys in snake_case and sorted, no NaN literals.
public enum JSONText {
    /// The text of `value`, with a newline at its end. What is not a finite number becomes "nan", "inf" or "-inf".
    public static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    /// Reads what ``encode(_:)`` wrote.
    ///
    /// - Throws: ``InputError`` that names the place and what was expected there.
    public static func decode<Value: Decodable>(_: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(Value.self, from: Data(bytes))
        } catch let error as DecodingError { throw describe(error) }
    }

    private static func describe(_ error: DecodingError) -> InputError {
        switch error {
        case .keyNotFound(let key, let context):
            InputError("there is no \"\(key.stringValue)\"", field: place(context))
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            InputError("expected \(type)", field: place(context))
        case .dataCorrupted(let context): InputError(context.debugDescription, field: place(context))
        @unknown default: InputError("not the JSON that was expected")
        }
    }

    /// `"results[3].median_s"`; nil at the top.
    private static func place(_ context: DecodingError.Context) -> String? {
        let path = context.codingPath.reduce(into: "") { text, key in
            text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? key.stringValue : "." + key.stringValue)
        }
        return path.isEmpty ? nil : path
    }
}
