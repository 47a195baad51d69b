// SPDX-License-Identifier: AGPL-3.0-or-later

/// The state as a list of four words, so that a search continues bit for bit.
extension RandomSource: Codable, Hashable {
    public init(from decoder: Decoder) throws {
        let words = try decoder.singleValueContainer().decode([UInt64].self)
        guard let source = RandomSource(state: words) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "expected four words, not all of them 0"))
        }
        self = source
    }

    public func encode(to encoder: Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(words)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(words) }
}
