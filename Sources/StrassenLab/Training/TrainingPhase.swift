// SPDX-License-Identifier: AGPL-3.0-or-later

/// Where a phase takes its gradient from.
public enum GradientSource: String, Codable, Sendable, CaseIterable {
    /// The mean squared error of a batch of samples.
    case minibatch
    /// The whole multiplication tensor: the expectation over N(0,1) inputs.
    case tensor
}

/// How the weakest slots leave at the start of a phase.
public enum PruningKind: String, Codable, Sendable, CaseIterable {
    case none
    /// Set to 0 at once.
    case mask
    /// Shrunk by (1 − 0.99·t/T) in each of `prune_steps` steps, frozen otherwise, then set to 0.
    case fade
}

/// What makes a slot weak.
public enum ImportanceMeasure: String, Codable, Sendable, CaseIterable {
    /// ‖u‖·‖v‖·‖w‖.
    case product
    /// (‖u‖ + ‖v‖ + ‖w‖)/3.
    case mean
}

/// One stretch of training with fixed hyper-parameters. Names in TOML: see ``TrainingKeys``.
public struct TrainingPhase: Codable, Sendable, Hashable {
    public var optimizer = OptimizerKind.adamw
    public var gradient = GradientSource.minibatch
    /// Gradient steps; wins over `epochs`.
    public var steps: Int?
    /// Passes over the training set; with fresh data one epoch is `train_samples` samples, or one batch.
    public var epochs: Int?
    public var batchSize = 32
    public var learningRate = 1e-3
    public var minimumRate = 0.0
    public var schedule = LearningSchedule.constant
    public var restartPeriod = 10_000
    public var weightDecay = 0.0
    public var momentum = 0.0
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var epsilon = 1e-8
    /// Largest gradient norm; 0 clips nothing.
    public var gradientClip = 0.0
    /// λ of the attraction λ·(t/T)·Σw²(1−w²)², growing linearly over the phase.
    public var attraction = 0.0
    /// Weight of the slots' importance in the loss.
    public var l1 = 0.0
    /// Pruning to the target rank when the phase starts.
    public var prune = PruningKind.none
    public var pruneSteps = 2000
    public var importance = ImportanceMeasure.product
    /// The phase ends early when an epoch's accuracy passes this, …
    public var stopAccuracy: Double?
    /// … but not before this many epochs.
    public var stopAfterEpochs = 0
    public var lm = LevenbergMarquardtSettings()

    public init() {}

    /// A phase made by changing the defaults.
    public init(_ change: (inout TrainingPhase) -> Void) { change(&self) }
}
