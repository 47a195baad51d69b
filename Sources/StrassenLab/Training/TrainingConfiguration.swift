// SPDX-License-Identifier: AGPL-3.0-or-later

/// The law that inputs are drawn from.
public enum InputDistribution: String, Codable, Sendable, CaseIterable {
    /// N(0, 1).
    case normal
    /// Uniform in [−1, 1).
    case uniform
}

/// The law that first parameters are drawn from.
public enum InitializationKind: String, Codable, Sendable, CaseIterable {
    /// N(0, init_scale²).
    case normal
    /// Uniform with Xavier's bound init_scale·√(6/(fan in + fan out)) for each factor.
    case xavier = "xavier_uniform"
}

/// Everything that determines a training run besides its seed.
public struct TrainingConfiguration: Codable, Sendable, Hashable {
    public var m = 2
    public var k = 2
    public var n = 2
    /// Slots at the start.
    public var slots = 7
    /// Slots after pruning: the rank of the scheme that is looked for.
    public var targetRank = 7
    public var initialization = InitializationKind.normal
    public var initScale = 0.5
    /// U and V start equal (needs mk = kn).
    public var initSymmetric = false
    /// New samples in every batch, or one training set for all.
    public var freshData = true
    public var distribution = InputDistribution.normal
    /// Side of the blocks that coefficients combine; 1: plain numbers.
    public var blockSize = 1
    public var trainSamples: Int?
    public var testSamples = 256
    /// An output counts as accurate within this distance.
    public var accuracyThreshold = 1e-3
    /// Steps between two lines of the log.
    public var logInterval = 100
    /// Tried in this order; empty: nothing is rounded and nothing proved.
    public var discretization = [DiscretizationMethod.round, .gauge]
    /// Largest |w − Q(w)| that rounding accepts; nil: the proof decides alone.
    public var margin: Double?
    /// Attempts after the first that a seed may make, each from its own start.
    public var restarts = 20
    public var phases = [TrainingPhase()]

    public init() {}

    /// A configuration made by changing the defaults.
    public init(_ change: (inout TrainingConfiguration) -> Void) { change(&self) }

    public var layout: FactorLayout { FactorLayout(m: m, k: k, n: n, slots: slots) }
    /// `"⟨2,2,2;7⟩"`, the scheme that is looked for.
    public var goal: String { "⟨\(m),\(k),\(n);\(targetRank)⟩" }

    /// Gradient steps of a phase, in a configuration without a ``problem``.
    public func steps(of phase: TrainingPhase) -> Int {
        if let steps = phase.steps { return steps }
        return (phase.epochs ?? 1) * stepsPerEpoch(of: phase)
    }

    /// Batches in one pass over the training samples; 1 where there is no training set.
    public func stepsPerEpoch(of phase: TrainingPhase) -> Int {
        guard phase.gradient == .minibatch, let trainSamples else { return 1 }
        return (trainSamples + phase.batchSize - 1) / phase.batchSize
    }

    /// Largest m, k and n.
    static let largestSize = 8
    var hasShapeInRange: Bool { [m, k, n].allSatisfy { (1...Self.largestSize).contains($0) } }
}
