// SPDX-License-Identifier: AGPL-3.0-or-later

/// Contenders timed in turn, so that a disturbance hits all of them, until the fastest is known or time is up.
struct Race {
    /// When to stop.
    struct Rules {
        /// Every contender runs at least so often, unless time is up, then once at least…
        var leastRounds = 3
        /// …and at most so often.
        var mostRounds = 15
        /// No verdict before so many rounds.
        var settlingRounds = 3
        /// Seconds of wall time in all.
        var budget = 1.0
        /// After the least rounds, who was never less than this factor behind the fastest drops out.
        var hopeless = 1.25
        /// Differences below this fraction are none: the race is a tie.
        var tie = 0.02
    }

    /// How a race ended.
    enum Verdict: String, Sendable, Codable {
        /// The intervals of the fastest and of the next one do not overlap.
        case separated
        /// They differ by less than matters, at the ends of their intervals too.
        case tie
        /// Time was up, or the rounds were, before either could be said.
        case unsettled
        /// There was nobody else.
        case alone
    }

    /// Seconds of every contender, in the order given.
    private(set) var times: [[Double]]
    private(set) var verdict = Verdict.alone

    /// Index of the contender with the least typical time.
    var winner: Int { times.indices.min { Self.typical(times[$0]) < Self.typical(times[$1]) } ?? 0 }

    /// The lower quartile: interference only ever adds time, and a single lucky minimum says little.
    static func typical(_ times: [Double]) -> Double { Sample(times).quantile(0.25) }

    /// - Parameters:
    ///   - seed: For the order within a round.
    ///   - clock: Wall time in seconds.
    ///   - isStopped: Asked between runs; what was measured until then counts.
    ///   - run: Runs contender `index` once and returns its seconds.
    init(
        _ contenders: Int, rules: Rules, seed: UInt64 = 1, clock: () -> Double = { TimeSource.wall },
        isStopped: () -> Bool = { false }, run: (Int) throws -> Double
    ) rethrows {
        precondition(contenders > 0, "a race needs somebody")
        times = Array(repeating: [], count: contenders)
        var random = RandomSource(seed: seed)
        var running = Array(0..<contenders)
        let end = clock() + rules.budget
        for round in 1...max(1, rules.mostRounds) {
            for index in running.shuffled(using: &random) {
                if round > 1 && isStopped() { break }
                times[index].append(try run(index))
            }
            if isStopped() { break }
            guard round >= rules.leastRounds || clock() >= end else { continue }
            running = survivors(running, rules)
            verdict = judge(running, rules)
            if verdict != .unsettled || clock() >= end { break }
        }
        if verdict == .alone && contenders > 1 { verdict = judge(running, rules) }
    }

    private func survivors(_ running: [Int], _ rules: Rules) -> [Int] {
        let best = running.map { Self.typical(times[$0]) }.min() ?? 0
        return running.filter { Sample(times[$0]).minimum <= best * rules.hopeless }
    }

    private func judge(_ running: [Int], _ rules: Rules) -> Verdict {
        guard running.allSatisfy({ times[$0].count >= rules.settlingRounds }) else { return .unsettled }
        let order = running.sorted { Self.typical(times[$0]) < Self.typical(times[$1]) }
        guard order.count > 1 else { return times.count > 1 ? .separated : .alone }
        let verdict = Self.compare(times[order[0]], times[order[1]], tie: rules.tie)
        // A tie may be luck in the first rounds.
        return verdict == .tie && times[order[0]].count <= rules.settlingRounds ? .unsettled : verdict
    }

    /// What can be said of two contenders: that one is faster, that they are level up to `tie`, or neither.
    static func compare(_ one: [Double], _ other: [Double], tie: Double) -> Verdict {
        let (a, b) = (Sample(one).medianInterval(), Sample(other).medianInterval())
        if a.high < b.low || b.high < a.low { return .separated }
        // Even at the ends of their intervals they differ by less than matters: more rounds change nothing.
        return max(a.high / b.low, b.high / a.low) - 1 < tie ? .tie : .unsettled
    }
}
