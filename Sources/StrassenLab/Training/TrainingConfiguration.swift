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

    /// Gradient steps of a phase.
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

    /// What makes the configuration impossible, in words a user can act on; nil when nothing does.
    public var problem: String? {
        if !hasShapeInRange { return "shape: each size must lie in 1...\(Self.largestSize), got \(m)x\(k)x\(n)" }
        if !(1...512).contains(slots) { return "num_slots: must lie in 1...512, got \(slots)" }
        if !(1...slots).contains(targetRank) {
            return "target_slots: must lie in 1...num_slots (\(slots)), got \(targetRank)"
        }
        if initSymmetric && m * k != k * n { return "init_symmetric: needs m = n, got \(m)x\(k)x\(n)" }
        if !(initScale.isFinite && initScale > 0) { return "init_scale: must be positive, got \(initScale)" }
        if !freshData && trainSamples == nil { return "train_samples: needed where fresh_data is false" }
        if let trainSamples, !(1...10_000_000).contains(trainSamples) {
            return "train_samples: must lie in 1...10000000, got \(trainSamples)"
        }
        if !(1...1_000_000).contains(testSamples) { return "test_samples: must lie in 1...1000000, got \(testSamples)" }
        if !(1...8).contains(blockSize) { return "block_size: must lie in 1...8, got \(blockSize)" }
        if logInterval < 1 { return "log_interval: must be at least 1, got \(logInterval)" }
        if restarts < 0 { return "restarts: must be at least 0, got \(restarts)" }
        if phases.isEmpty { return "phase: there must be at least one" }
        for (index, phase) in phases.enumerated() {
            if let problem = self.problem(of: phase) { return "phase \(index + 1): \(problem)" }
        }
        return nil
    }

    private func problem(of phase: TrainingPhase) -> String? {
        if !(1...1_000_000).contains(phase.batchSize) {
            return "batch_size: must lie in 1...1000000, got \(phase.batchSize)"
        }
        if !freshData, let trainSamples, phase.batchSize > trainSamples, phase.gradient == .minibatch {
            return "batch_size: must not exceed train_samples (\(trainSamples)), got \(phase.batchSize)"
        }
        if !(1...1_000_000_000).contains(steps(of: phase)) {
            return "steps: must lie in 1...1000000000, got \(steps(of: phase))"
        }
        if phase.restartPeriod < 1 { return "restart_period: must be at least 1, got \(phase.restartPeriod)" }
        if phase.pruneSteps < 1 { return "prune_steps: must be at least 1, got \(phase.pruneSteps)" }
        if phase.optimizer == .lm && layout.equations > 4096 {
            return "optimizer: lm handles at most 4096 Brent equations, \(goal) has \(layout.equations)"
        }
        let finite: [(String, Double)] = [
            ("learning_rate", phase.learningRate), ("min_learning_rate", phase.minimumRate),
            ("weight_decay", phase.weightDecay), ("momentum", phase.momentum), ("epsilon", phase.epsilon),
            ("gradient_clip", phase.gradientClip), ("attraction", phase.attraction), ("l1", phase.l1),
        ]
        for (name, value) in finite where !(value.isFinite && value >= 0) {
            return "\(name): must be a finite number ≥ 0, got \(value)"
        }
        for (name, value) in [("beta1", phase.beta1), ("beta2", phase.beta2)] where !(value >= 0 && value < 1) {
            return "\(name): must lie in 0..<1, got \(value)"
        }
        return nil
    }
}
