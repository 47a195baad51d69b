// SPDX-License-Identifier: AGPL-3.0-or-later

/// SplitMix64: turns any 64-bit seed into well-mixed words. Used to seed ``RandomSource``.
///
/// - Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The project's random numbers: xoshiro256++, the same sequence on every machine.
///
/// Every independent use (one seed, one restart, one purpose) takes its own stream through
/// ``init(seed:path:)``, so results never depend on the number of threads or the order of work.
///
/// - Source: Blackman, Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021).
public struct RandomSource: RandomNumberGenerator, Sendable, Equatable {
    /// The four state words, for checkpoints.
    public private(set) var state: (UInt64, UInt64, UInt64, UInt64)

    /// The stream of `seed`.
    public init(seed: UInt64) { self.init(seed: seed, path: []) }

    /// The stream at `path` below `seed`; different paths give streams without a visible relation.
    public init(seed: UInt64, path: [UInt64]) {
        var key = seed
        for step in path {
            var mixer = SplitMix64(seed: key ^ (step &+ 0x632B_E59B_D9B4_E019).byteSwapped)
            key = mixer.next() &+ step
        }
        var mixer = SplitMix64(seed: key)
        state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
    }

    /// Restores a saved state; nil for the all-zero state, which is not one of the generator's.
    public init?(state words: [UInt64]) {
        guard words.count == 4, words.contains(where: { $0 != 0 }) else { return nil }
        state = (words[0], words[1], words[2], words[3])
    }

    /// The state as four words, see ``init(state:)``.
    public var words: [UInt64] { [state.0, state.1, state.2, state.3] }

    @inline(__always)
    public mutating func next() -> UInt64 {
        let sum = state.0 &+ state.3
        let result = ((sum << 23) | (sum >> 41)) &+ state.0
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = (state.3 << 45) | (state.3 >> 19)
        return result
    }

    /// Uniform in [0, 1) with 53 random bits.
    @inline(__always)
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in [low, high).
    @inline(__always)
    public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

    /// Uniform integer in 0..<bound.
    ///
    /// - Source: Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019).
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0)
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let floor = (0 &- range) % range
            while product.low < floor { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// Fisher–Yates shuffle.
    public mutating func shuffle<T>(_ items: inout [T]) {
        guard items.count > 1 else { return }
        for last in stride(from: items.count - 1, to: 0, by: -1) { items.swapAt(last, below(last + 1)) }
    }

    public static func == (a: RandomSource, b: RandomSource) -> Bool { a.words == b.words }
}
