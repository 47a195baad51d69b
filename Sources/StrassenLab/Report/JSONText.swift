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
            InputError("there is no \"\(snakeCased(key))\"", field: place(context))
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            InputError("expected \(kind(of: type))", field: place(context))
        case .dataCorrupted(let context): InputError(context.debugDescription, field: place(context))
        @unknown default: InputError("not the JSON that was expected")
        }
    }

    /// `"results[3].median_s"`; nil at the top.
    private static func place(_ context: DecodingError.Context) -> String? {
        let path = context.codingPath.reduce(into: "") { text, key in
            text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + snakeCased(key)
        }
        return path.isEmpty ? nil : path
    }

    /// The key as it stands in the file.
    private static func snakeCased(_ key: any CodingKey) -> String {
        key.stringValue.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }

    /// What JSON calls such a value.
    private static func kind(of type: Any.Type) -> String {
        switch "\(type)" {
        case let name where name.hasPrefix("Dictionary"): "an object"
        case let name where name.hasPrefix("Array"): "a list"
        case "String": "a text"
        case "Bool": "true or false"
        case let name where ["Double", "Float", "Int", "UInt"].contains { name.hasPrefix($0) }: "a number"
        default: "a value of another kind"
        }
    }
}
