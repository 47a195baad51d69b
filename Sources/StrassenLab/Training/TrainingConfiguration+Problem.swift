// SPDX-License-Identifier: AGPL-3.0-or-later

extension TrainingConfiguration {
    /// Largest number of steps, of epochs, and of attempts.
    static let largestCount = 1_000_000_000
    private static let largestSlots = 512

    /// What makes the configuration impossible, as `"key: what must hold, what it is"`; nil when nothing does.
    public var problem: String? {
        if let problem = shapeProblem ?? sampleProblem ?? numberProblem { return problem }
        if phases.isEmpty { return "phase: there must be at least one" }
        for (index, phase) in phases.enumerated() {
            if let problem = self.problem(of: phase) { return "phase \(index + 1): \(problem)" }
        }
        return nil
    }

    private var shapeProblem: String? {
        if !hasShapeInRange { return "shape: each size must lie in 1...\(Self.largestSize), got \(m)x\(k)x\(n)" }
        if let problem = outside(1...Self.largestSlots, ("target_slots", targetRank), ("num_slots", slots)) {
            return problem
        }
        if targetRank > slots { return "target_slots: must lie in 1...num_slots (\(slots)), got \(targetRank)" }
        return initSymmetric && m != n ? "init_symmetric: needs m = n, got \(m)x\(k)x\(n)" : nil
    }

    private var sampleProblem: String? {
        if !freshData && trainSamples == nil { return "train_samples: needed where fresh_data is false" }
        return outside(1...10_000_000, ("train_samples", trainSamples ?? 1))
            ?? outside(1...1_000_000, ("test_samples", testSamples)) ?? outside(1...8, ("block_size", blockSize))
    }

    private var numberProblem: String? {
        if !(initScale.isFinite && initScale > 0) { return "init_scale: must be positive, got \(initScale)" }
        if !(accuracyThreshold.isFinite && accuracyThreshold > 0) {
            return "accuracy_threshold: must be positive, got \(accuracyThreshold)"
        }
        if logInterval < 1 { return "log_interval: must be at least 1, got \(logInterval)" }
        return outside(0...Self.largestCount, ("restarts", restarts)) ?? negative(("margin", margin ?? 0))
    }

    private func problem(of phase: TrainingPhase) -> String? {
        if let problem = lengthProblem(of: phase) { return problem }
        if phase.restartPeriod < 1 { return "restart_period: must be at least 1, got \(phase.restartPeriod)" }
        if phase.pruneSteps < 1 { return "prune_steps: must be at least 1, got \(phase.pruneSteps)" }
        if phase.optimizer == .lm && layout.equations > 4096 {
            return "optimizer: lm handles at most 4096 Brent equations, \(goal) has \(layout.equations)"
        }
        let rates = negative(
            ("learning_rate", phase.learningRate), ("min_learning_rate", phase.minimumRate),
            ("weight_decay", phase.weightDecay), ("momentum", phase.momentum), ("epsilon", phase.epsilon),
            ("gradient_clip", phase.gradientClip), ("attraction", phase.attraction), ("l1", phase.l1))
        if let rates { return rates }
        for (name, value) in [("beta1", phase.beta1), ("beta2", phase.beta2)] where !(value >= 0 && value < 1) {
            return "\(name): must lie in 0..<1, got \(value)"
        }
        return phase.lm.problem
    }

    /// What is wrong with how long a phase is; the factors come before their product, which might be too large a number.
    private func lengthProblem(of phase: TrainingPhase) -> String? {
        if let problem = outside(1...1_000_000, ("batch_size", phase.batchSize)) { return problem }
        if !freshData, let trainSamples, phase.batchSize > trainSamples, phase.gradient == .minibatch {
            return "batch_size: must not exceed train_samples (\(trainSamples)), got \(phase.batchSize)"
        }
        if phase.steps == nil, let problem = outside(1...Self.largestCount, ("epochs", phase.epochs ?? 1)) {
            return problem
        }
        if let accuracy = phase.stopAccuracy, !(0...1).contains(accuracy) {
            return "stop_accuracy: must lie in 0...1, got \(accuracy)"
        }
        if phase.stopAfterEpochs < 0 { return "stop_after_epochs: must be at least 0, got \(phase.stopAfterEpochs)" }
        return outside(1...Self.largestCount, ("steps", steps(of: phase)))
    }
}

extension LevenbergMarquardtSettings {
    /// As ``TrainingConfiguration/problem``.
    var problem: String? {
        if !(damping.isFinite && damping > 0) { return "lm_damping: must be positive, got \(damping)" }
        if !(decrease > 0 && decrease <= 1) { return "lm_decrease: must be above 0 and at most 1, got \(decrease)" }
        if !(increase.isFinite && increase >= 1) { return "lm_increase: must be at least 1, got \(increase)" }
        if continuation.count > 100 { return "lm_continuation: at most 100 stages, got \(continuation.count)" }
        return negative(("lm_stage_gain", stageGain), ("lm_tolerance", tolerance))
            ?? continuation.lazy.compactMap { negative(("lm_continuation", $0)) }.first
            ?? outside(1...1_000_000, ("lm_stage_steps", stageSteps), ("lm_final_steps", finalSteps))
    }
}

/// The first value outside a range, as a problem.
private func outside(_ range: ClosedRange<Int>, _ values: (name: String, value: Int)...) -> String? {
    values.first { !range.contains($0.value) }.map {
        "\($0.name): must lie in \(range.lowerBound)...\(range.upperBound), got \($0.value)"
    }
}

/// The first value that is negative or no finite number, as a problem.
private func negative(_ values: (name: String, value: Double)...) -> String? {
    values.first { !($0.value.isFinite && $0.value >= 0) }.map {
        "\($0.name): must be a finite number ≥ 0, got \($0.value)"
    }
}
