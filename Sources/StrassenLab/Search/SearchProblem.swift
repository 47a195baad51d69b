// SPDX-License-Identifier: AGPL-3.0-or-later

/// The ring that a found scheme has to hold over.
public enum SearchRing: String, Codable, Sendable, CaseIterable {
    /// Integer coefficients; −1, 0 and 1 where a short search finds them.
    case integers = "z"
    /// Rational coefficients with odd denominators.
    case rationals = "q"
    /// Coefficients 0 and 1, sums mod 2.
    case gf2

    /// Older state files have capital letters.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let ring = SearchRing(rawValue: try container.decode(String.self).lowercased()) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected z, q or gf2")
        }
        self = ring
    }
}

/// What to search, and how patiently. Together with a seed it determines the result.
public struct SearchProblem: Hashable, Codable, Sendable {
    public var shape: SearchShape
    /// Largest accepted number of products.
    public var rank: Int
    public var ring: SearchRing
    /// A scheme to start from, fitted to the shape; nil: the standard algorithm and extensions of smaller shapes.
    public var start: BinaryScheme?
    public var policy: SearchPolicy

    /// - Throws: ``SearchError`` for a rank that cannot be.
    public init(
        shape: SearchShape, rank: Int, ring: SearchRing = .integers, start: BinaryScheme? = nil,
        policy: SearchPolicy = SearchPolicy()
    ) throws {
        (self.shape, self.rank, self.ring, self.policy) = (shape, rank, ring, policy)
        if let start {
            guard start.isExact else { throw SearchError.start("does not multiply matrices mod 2") }
            self.start = start.fitted(to: shape)
        }
        try validate()
    }

    /// Checks what a file may have made up.
    ///
    /// - Throws: ``SearchError``, ``InputError``.
    func validate() throws {
        guard shape.isSupported else { throw SearchError.shape("\(shape)") }
        let (u, v, w) = shape.entries
        let least = max(u, v, w)
        guard rank >= least else { throw SearchError.rank(rank, shape, least: least) }
        guard start.map({ $0.shape == shape && $0.rank <= shape.standardRank && $0.isExact }) ?? true else {
            throw SearchError.start("does not multiply \(shape) matrices mod 2 in \(shape.standardRank) products")
        }
        try policy.validate()
    }

    /// Room for the standard algorithm and a few plus transitions.
    var capacity: Int { shape.standardRank + policy.plusMargin + 1 }
}

/// The constants of the walk; every number counts flips unless it says otherwise.
///
/// The defaults were measured (docs/search.md).
public struct SearchPolicy: Hashable, Codable, Sendable {
    /// Flips without a lower rank before a plus transition.
    public var plusInterval = 20_000
    /// Products above the best rank that plus transitions may add.
    public var plusMargin = 2
    /// Flips between two attempts to lift.
    public var liftInterval = 20_000
    /// Attempts before a scheme that does not lift is given up.
    public var liftAttempts = 20
    /// Ranks above the target from which on only schemes that lift are kept.
    public var liftMargin = 2
    /// Attempts to find coefficients in {−1, 0, 1} near a scheme with other integers, before a new round.
    public var ternaryAttempts = 20
    /// Flips that such coefficients may cost once other integers are at hand, or half of the flips so far; 0: none.
    public var ternaryPatience = 10_000_000
    /// Flips without progress before the walk restarts, times the Luby sequence.
    public var patience = 10_000_000
    /// The same for a smaller shape on the way to an extension.
    public var stagePatience = 3_000_000
    /// Schemes kept to return to.
    public var poolSize = 16

    public init() {}

    func validate() throws {
        let flips = 1...1_000_000_000_000
        guard flips.contains(plusInterval), flips.contains(liftInterval), flips.contains(patience),
            flips.contains(stagePatience), (1...8).contains(plusMargin), (1...1_000_000).contains(liftAttempts),
            (0...1000).contains(liftMargin), (1...1_000_000).contains(ternaryAttempts),
            ternaryPatience == 0 || flips.contains(ternaryPatience), (1...1024).contains(poolSize)
        else { throw InputError("a number is out of range", field: "policy") }
    }
}
