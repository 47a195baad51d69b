// SPDX-License-Identifier: AGPL-3.0-or-later

/// One hyper-parameter as people write it in a training file or after `--set`.
public struct TrainingKey<Target>: Sendable {
    /// The name; then others that are understood, such as the paper's.
    public let names: [String]
    /// What a value must be, for errors and the list of keys.
    public let expects: String
    /// Sets it; false when the value is not what the key expects.
    let set: @Sendable (inout Target, TrainingValue) -> Bool

    init(_ names: String..., expects: String, set: @escaping @Sendable (inout Target, TrainingValue) -> Bool) {
        (self.names, self.expects, self.set) = (names, expects, set)
    }

    static func integer(
        _ names: String..., set: @escaping @Sendable (inout Target, Int) -> Void
    ) -> TrainingKey {
        TrainingKey(names: names, expects: "an integer") { target, value in
            value.integer.map { set(&target, $0) } != nil
        }
    }

    static func number(
        _ names: String..., set: @escaping @Sendable (inout Target, Double) -> Void
    ) -> TrainingKey {
        TrainingKey(names: names, expects: "a number") { target, value in value.number.map { set(&target, $0) } != nil }
    }

    static func boolean(
        _ names: String..., set: @escaping @Sendable (inout Target, Bool) -> Void
    ) -> TrainingKey {
        TrainingKey(names: names, expects: "true or false") { target, value in
            value.boolean.map { set(&target, $0) } != nil
        }
    }

    static func choice<Choice: RawRepresentable & CaseIterable & SendableMetatype>(
        _ names: String..., set: @escaping @Sendable (inout Target, Choice) -> Void
    ) -> TrainingKey where Choice.RawValue == String {
        let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        return TrainingKey(names: names, expects: "one of \(words)") { target, value in
            value.text.flatMap(Choice.init(rawValue:)).map { set(&target, $0) } != nil
        }
    }

    private init(names: [String], expects: String, set: @escaping @Sendable (inout Target, TrainingValue) -> Bool) {
        (self.names, self.expects, self.set) = (names, expects, set)
    }
}

/// Every key of a training file. Names are compared in lower case, so the repository's `PHASE1_LR` is understood.
public enum TrainingKeys {
    /// Keys of the whole run.
    public static let run: [TrainingKey<TrainingConfiguration>] = [
        TrainingKey("shape", expects: "three sizes such as \"2x2x2\"") { target, value in
            guard let sizes = value.text.flatMap(parseShape) else { return false }
            (target.m, target.k, target.n) = sizes
            return true
        },
        .integer("base_size") { ($0.m, $0.k, $0.n) = ($1, $1, $1) },
        .integer("num_slots", "slots") { $0.slots = $1 },
        .integer("target_slots", "rank", "target_rank") { $0.targetRank = $1 },
        .choice("init_method", "initialization") { $0.initialization = $1 },
        .number("init_scale", "sigma", "gain") { $0.initScale = $1 },
        .boolean("init_symmetric", "symmetric") { $0.initSymmetric = $1 },
        .boolean("fresh_data") { $0.freshData = $1 },
        .choice("distribution") { $0.distribution = $1 },
        .integer("block_size") { $0.blockSize = $1 },
        .integer("train_samples", "n_samples") { $0.trainSamples = $1 },
        .integer("test_samples") { $0.testSamples = $1 },
        .number("accuracy_threshold") { $0.accuracyThreshold = $1 },
        .integer("log_interval") { $0.logInterval = $1 },
        TrainingKey("discretization", "method", expects: "a list of \"round\" and \"gauge\"") { target, value in
            let methods = value.list.map { $0.text.flatMap(DiscretizationMethod.init(rawValue:)) }
            guard !methods.contains(where: { $0 == nil }) else { return false }
            target.discretization = methods.compactMap { $0 }
            return true
        },
        .number("margin") { $0.margin = $1 },
        .integer("restarts") { $0.restarts = $1 },
    ]

    /// Keys of a phase; at the top level they hold for all phases.
    public static let phase: [TrainingKey<TrainingPhase>] = [
        .choice("optimizer") { $0.optimizer = $1 },
        .choice("gradient") { $0.gradient = $1 },
        .integer("steps") { $0.steps = $1 },
        .integer("epochs") { ($0.epochs, $0.steps) = ($1, nil) },
        .integer("batch_size") { $0.batchSize = $1 },
        .number("learning_rate", "lr") { $0.learningRate = $1 },
        .number("min_learning_rate", "eta_min") { $0.minimumRate = $1 },
        .choice("schedule") { $0.schedule = $1 },
        .integer("restart_period", "t_0") { $0.restartPeriod = $1 },
        .number("weight_decay", "wd") { $0.weightDecay = $1 },
        .number("momentum") { $0.momentum = $1 },
        .number("beta1") { $0.beta1 = $1 },
        .number("beta2") { $0.beta2 = $1 },
        .number("epsilon", "eps") { $0.epsilon = $1 },
        .number("gradient_clip") { $0.gradientClip = $1 },
        .number("attraction") { $0.attraction = $1 },
        .number("l1") { $0.l1 = $1 },
        .choice("prune") { $0.prune = $1 },
        .integer("prune_steps") { $0.pruneSteps = $1 },
        .choice("importance") { $0.importance = $1 },
        .number("stop_accuracy") { $0.stopAccuracy = $1 },
        .integer("stop_after_epochs") { $0.stopAfterEpochs = $1 },
        .number("lm_damping") { $0.lm.damping = $1 },
        .number("lm_decrease") { $0.lm.decrease = $1 },
        .number("lm_increase") { $0.lm.increase = $1 },
        TrainingKey("lm_continuation", expects: "a list of numbers") { target, value in
            let stages = value.list.map(\.number)
            guard !stages.contains(where: { $0 == nil }) else { return false }
            target.lm.continuation = stages.compactMap { $0 }
            return true
        },
        .integer("lm_stage_steps") { $0.lm.stageSteps = $1 },
        .number("lm_stage_gain") { $0.lm.stageGain = $1 },
        .integer("lm_final_steps") { $0.lm.finalSteps = $1 },
        .number("lm_tolerance") { $0.lm.tolerance = $1 },
    ]
}

/// `"2x2x3"` as three sizes.
public func parseShape(_ text: String) -> (Int, Int, Int)? {
    let sizes = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sizes.count == 3, let m = sizes[0], let k = sizes[1], let n = sizes[2] else { return nil }
    return (m, k, n)
}
