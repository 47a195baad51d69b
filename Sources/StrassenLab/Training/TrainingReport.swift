// SPDX-License-Identifier: AGPL-3.0-or-later

/// What a sweep found, ready to be printed as JSON or as a table.
public struct TrainingReport: Encodable, Sendable {
    /// One seed.
    public struct Row: Encodable, Sendable {
        public let seed: UInt64
        public let proved: Bool
        public let method: String?
        public let restarts: Int
        /// max |w − Q(w)| of the factors as trained, and in the basis that was rounded.
        public let delta, margin: Double?
        public let trainLoss, testLoss, localComplexity: Double
        public let activeSlots: Int
        public let cpuSeconds: Double
        public let failure: String?
        /// The `.scheme` text of what was proved.
        public let scheme: String?
    }
    /// A rate with its Wilson interval at 95 %.
    public struct Rate: Encodable, Sendable {
        public let successes, trials: Int
        public let rate, low, high: Double

        init(_ proportion: Proportion) {
            (successes, trials) = (proportion.successes, proportion.trials)
            rate = proportion.trials > 0 ? proportion.rate : 0
            let interval = proportion.interval()
            (low, high) = (interval.low, interval.high)
        }
    }

    /// The scheme that was looked for, `"⟨2,2,2;7⟩"`.
    public let goal: String
    public let preset: String
    public let proved, oneShot: Rate
    public let restarts: Int
    /// Core time of a seed, its restarts included.
    public let medianCpuSeconds, maximumCpuSeconds: Double?
    /// FNV-1a of all proved schemes in the order of the seeds: equal iff the schemes are, byte for byte.
    public let digest: String
    public let results: [Row]

    /// - Throws: ``StrassenError`` when a scheme cannot be written as text.
    public init(_ learned: [LearnedScheme], configuration: TrainingConfiguration, preset: TrainingPreset) throws {
        let summary = LearningSummary(learned)
        let texts = try learned.map { try $0.scheme?.text }
        (goal, self.preset) = (configuration.goal, preset.rawValue)
        (proved, oneShot) = (Rate(summary.proved), Rate(summary.oneShot))
        restarts = summary.restarts
        (medianCpuSeconds, maximumCpuSeconds) = (summary.cpuSeconds?.median, summary.cpuSeconds?.maximum)
        digest = Self.digest(texts)
        results = zip(learned, texts).map { Row($0, text: $1) }
    }

    /// The digest of all texts; a 0 byte ends each.
    static func digest(_ texts: [String?]) -> String {
        ContentDigest.text(of: texts.map { ($0 ?? "") + "\0" }.joined().utf8)
    }
}

extension TrainingReport.Row {
    fileprivate init(_ learned: LearnedScheme, text: String?) {
        (seed, proved, method) = (learned.seed, learned.scheme != nil, learned.method?.rawValue)
        (restarts, delta, margin) = (learned.restarts, learned.metrics.delta, learned.margin)
        (trainLoss, testLoss) = (learned.metrics.trainLoss, learned.metrics.testLoss)
        (localComplexity, activeSlots) = (learned.metrics.localComplexity, learned.metrics.activeSlots)
        (cpuSeconds, failure, scheme) = (learned.cpuSeconds, learned.failure, text)
    }
}
