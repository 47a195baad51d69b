// SPDX-License-Identifier: AGPL-3.0-or-later

/// A value that is written as `null` where there is none; without this its key would be left out.
///
/// A key that is missing reads as no value, as in files of older versions.
@propertyWrapper public struct AlwaysWritten<Value: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    public var wrappedValue: Value?

    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(Value?.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

extension KeyedDecodingContainer {
    /// What the compiler calls for a property that is ``AlwaysWritten``.
    func decode<Value>(_ type: AlwaysWritten<Value>.Type, forKey key: Key) throws -> AlwaysWritten<Value> {
        AlwaysWritten(wrappedValue: try decodeIfPresent(Value.self, forKey: key))
    }
}
