// SPDX-License-Identifier: AGPL-3.0-or-later

/// What `discover` refuses, with what to do about it.
public enum SearchError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not `MxKxN`, or a factor with more than 64 entries.
    case shape(String)
    /// A rank below what any scheme of the shape has.
    case rank(Int, SearchShape, least: Int)
    /// A scheme that cannot be started from, and why.
    case start(String)
    /// A found scheme that the exact proof does not accept: never expected.
    case proof(String)

    public var description: String {
        switch self {
        case .shape(let text):
            "shape \"\(text)\": expected MxKxN such as 3x3x3 with M·K, K·N and M·N at most \(SearchShape.maximumEntries)"
        case .rank(let rank, let shape, let least):
            "rank \(rank): a \(shape) scheme has at least \(least) products; ask for a rank in \(least)…\(shape.standardRank)"
        case .start(let reason):
            "the scheme to start from \(reason)"
        case .proof(let reason):
            "the found scheme failed its proof: \(reason)"
        }
    }
}
