// SPDX-License-Identifier: AGPL-3.0-or-later

/// What came of one seed: the trained factors, and a proved scheme or the reason why there is none.
public struct LearnedScheme: Sendable {
    public let seed: UInt64
    /// Trained factors of the last attempt, as trained (in their own basis).
    public let model: BilinearModel
    /// Proved by all Brent equations; nil when nothing was.
    public let scheme: Scheme?
    /// What made the factors discrete.
    public let method: DiscretizationMethod?
    /// max |w − Q(w)| in the basis that was rounded to the scheme.
    public let margin: Double?
    /// Why there is no scheme.
    public let failure: String?
    /// Attempts after the first.
    public let restarts: Int
    /// The last attempt, measured on held-out samples.
    public let metrics: TrainingMetrics
    /// Wall time of all attempts, and the time a core spent on them.
    public let seconds, cpuSeconds: Double

    /// Proved in the first attempt.
    public var isOneShot: Bool { scheme != nil && restarts == 0 }
}

extension LearnedScheme: Codable {
    private enum CodingKeys: String, CodingKey {
        case seed, m, k, n, parameters, scheme, method, margin, failure, restarts, metrics, seconds, cpuSeconds
    }

    public init(from decoder: Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let (m, k, n) = (
            try values.decode(Int.self, forKey: .m), try values.decode(Int.self, forKey: .k),
            try values.decode(Int.self, forKey: .n)
        )
        let parameters = try values.decode(ExactNumbers.self, forKey: .parameters).values
        guard m > 0, k > 0, n > 0, m <= 64, k <= 64, n <= 64, !parameters.isEmpty,
            parameters.count % (m * k + k * n + m * n) == 0
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .parameters, in: values, debugDescription: "the parameters do not fit the shape")
        }
        let layout = FactorLayout(m: m, k: k, n: n, slots: parameters.count / (m * k + k * n + m * n))
        self.init(
            seed: try values.decode(UInt64.self, forKey: .seed), model: layout.model(parameters),
            scheme: try Self.scheme(in: values),
            method: try values.decodeIfPresent(DiscretizationMethod.self, forKey: .method),
            margin: try values.decodeIfPresent(Double.self, forKey: .margin),
            failure: try values.decodeIfPresent(String.self, forKey: .failure),
            restarts: try values.decode(Int.self, forKey: .restarts),
            metrics: try values.decode(TrainingMetrics.self, forKey: .metrics),
            seconds: try values.decode(Double.self, forKey: .seconds),
            cpuSeconds: try values.decode(Double.self, forKey: .cpuSeconds))
    }

    /// The scheme as it is written there: read, not proved.
    private static func scheme(in values: KeyedDecodingContainer<CodingKeys>) throws -> Scheme? {
        guard let text = try values.decodeIfPresent(String.self, forKey: .scheme) else { return nil }
        do { return try Scheme(text: text) } catch {
            throw DecodingError.dataCorruptedError(forKey: .scheme, in: values, debugDescription: "\(error)")
        }
    }

    public func encode(to encoder: Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(seed, forKey: .seed)
        try values.encode(model.m, forKey: .m)
        try values.encode(model.k, forKey: .k)
        try values.encode(model.n, forKey: .n)
        try values.encode(ExactNumbers(model.u + model.v + model.w), forKey: .parameters)
        try values.encodeIfPresent(try scheme?.text, forKey: .scheme)
        try values.encodeIfPresent(method, forKey: .method)
        try values.encodeIfPresent(margin, forKey: .margin)
        try values.encodeIfPresent(failure, forKey: .failure)
        try values.encode(restarts, forKey: .restarts)
        try values.encode(metrics, forKey: .metrics)
        try values.encode(seconds, forKey: .seconds)
        try values.encode(cpuSeconds, forKey: .cpuSeconds)
    }
}
