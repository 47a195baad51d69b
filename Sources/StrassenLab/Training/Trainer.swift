// SPDX-License-Identifier: AGPL-3.0-or-later

/// One attempt at training a bilinear model: a start, then phase after phase. Deterministic in (configuration, seed,
/// attempt); stopping between steps and going on from ``state`` changes nothing.
///
/// The step loop allocates nothing except where a phase or an epoch begins.
final class Trainer {
    let configuration: TrainingConfiguration
    let seed: UInt64
    let attempt: Int
    let parameters: AlignedBuffer
    private(set) var phaseIndex = 0
    /// Steps done in the current phase.
    private(set) var step = 0
    /// Loss of the last step, penalties excluded; NaN before the first.
    private(set) var loss = Double.nan
    private(set) var pruned: [Int] = []

    private let layout: FactorLayout
    private let gradient: AlignedBuffer
    private let samples: SampleSource
    private let tensor: TensorKernel
    private var optimizer: Optimizer
    private var batchKernels: [Int: BatchKernel] = [:]
    private var solver: LevenbergMarquardt?
    private var epochAccuracy = 0.0

    init(configuration: TrainingConfiguration, seed: UInt64, attempt: Int) {
        (self.configuration, self.seed, self.attempt) = (configuration, seed, attempt)
        layout = configuration.layout
        parameters = AlignedBuffer(Initialization.parameters(configuration, seed: seed, attempt: attempt))
        gradient = AlignedBuffer(count: layout.count)
        samples = SampleSource(configuration: configuration, seed: seed, attempt: attempt)
        tensor = TensorKernel(layout: layout)
        optimizer = Optimizer(phase: configuration.phases[0], count: layout.count)
        enterPhase()
    }

    /// Goes on from a saved state.
    ///
    /// - Precondition: ``TrainerState/fits(_:)``.
    convenience init(configuration: TrainingConfiguration, seed: UInt64, state: TrainerState) {
        self.init(configuration: configuration, seed: seed, attempt: state.attempt)
        (phaseIndex, step, pruned, epochAccuracy) = (state.phase, state.step, state.pruned, state.epochAccuracy)
        parameters.load(state.parameters.values)
        guard let phase else { return }
        optimizer = Optimizer(phase: phase, count: layout.count)
        optimizer.first.load(state.firstMoment.values)
        optimizer.second.load(state.secondMoment.values)
        optimizer.steps = state.optimizerSteps
        samples.fresh = RandomSource(state: state.freshStream)!
        solver =
            phase.optimizer == .lm
            ? LevenbergMarquardt(layout: layout, settings: phase.lm, state: state.levenbergMarquardt) : nil
    }

    var state: TrainerState {
        TrainerState(
            attempt: attempt, phase: phaseIndex, step: step, parameters: ExactNumbers(parameters.values),
            firstMoment: ExactNumbers(optimizer.first.values), secondMoment: ExactNumbers(optimizer.second.values),
            optimizerSteps: optimizer.steps, freshStream: samples.fresh.words, pruned: pruned,
            epochAccuracy: epochAccuracy, levenbergMarquardt: solver?.state)
    }

    var isFinished: Bool { phaseIndex >= configuration.phases.count }
    var phase: TrainingPhase? { isFinished ? nil : configuration.phases[phaseIndex] }
    var model: BilinearModel { layout.model(parameters.values) }
    var activeSlots: Int { layout.slots - pruned.count }
    /// Learning rate of the next step.
    var learningRate: Double {
        phase.map { $0.schedule.rate(step, of: configuration.steps(of: $0), phase: $0) } ?? 0
    }

    /// Trains until all phases are over, `limit` steps are done, or a parameter is no longer a number.
    func advance(limit: Int) {
        var left = limit
        while left > 0, let phase {
            let total = configuration.steps(of: phase)
            if let solver {
                loss = solver.run(parameters, limit: 1) / Double(layout.widthW)
                step += 1
                left -= 1
                if solver.state.isFinished { leavePhase() }
            } else {
                left -= run(phase, total: total, limit: left)
            }
        }
    }

    /// Runs gradient steps of one phase; returns how many.
    private func run(_ phase: TrainingPhase, total: Int, limit: Int) -> Int {
        let perEpoch = configuration.stepsPerEpoch(of: phase)
        let end = min(total, step + limit)
        let first = step
        while step < end {
            let rate = phase.schedule.rate(step, of: total, phase: phase)
            takeStep(phase, total: total, perEpoch: perEpoch, rate: rate)
            step += 1
            if phase.stopAccuracy != nil && step % perEpoch == 0 && reachedAccuracy(phase, epoch: step / perEpoch) {
                let done = step - first
                leavePhase()
                return done
            }
        }
        let done = step - first
        if step >= total || !parameters.isFinite { leavePhase() }
        return max(done, 1)
    }

    private func takeStep(_ phase: TrainingPhase, total: Int, perEpoch: Int, rate: Double) {
        let isFading = phase.prune == .fade && step < phase.pruneSteps
        if isFading { scalePruned(by: 1 - 0.99 * Double(step) / Double(phase.pruneSteps)) }
        gradient.clear()
        switch phase.gradient {
        case .tensor:
            loss = tensor.evaluate(parameters) / Double(layout.widthW)
            tensor.accumulateGradient(parameters, scale: 2 / Double(layout.widthW), into: gradient)
        case .minibatch:
            let kernel = batchKernel(samples.batchSize(at: step % perEpoch, of: phase))
            samples.fill(kernel, phaseIndex: phaseIndex, step: step)
            loss = kernel.forward(parameters)
            kernel.accumulateGradient(parameters, into: gradient)
            if phase.stopAccuracy != nil {
                epochAccuracy += kernel.accuracy(threshold: configuration.accuracyThreshold) * Double(kernel.batch)
            }
        }
        if phase.attraction > 0 {
            let weight = phase.attraction * Double(step) / Double(total)
            _ = Penalty.attraction(parameters, weight: weight, into: gradient)
        }
        if phase.l1 > 0 { _ = Penalty.importance(parameters, layout: layout, weight: phase.l1, into: gradient) }
        freezePruned()
        if phase.gradientClip > 0 { clip(phase.gradientClip) }
        optimizer.step(parameters, gradient, learningRate: rate)
        if isFading && step + 1 == min(phase.pruneSteps, total) { scalePruned(by: 0) }
    }

    /// As PyTorch's `clip_grad_norm_`.
    private func clip(_ largest: Double) {
        let norm = gradient.squaredNorm.squareRoot()
        if norm > largest { gradient.scale(by: largest / (norm + 1e-6)) }
    }

    private func reachedAccuracy(_ phase: TrainingPhase, epoch: Int) -> Bool {
        let trained =
            configuration.freshData
            ? configuration.stepsPerEpoch(of: phase) * phase.batchSize : configuration.trainSamples ?? 1
        let accuracy = epochAccuracy / Double(trained)
        epochAccuracy = 0
        return accuracy > phase.stopAccuracy! && epoch > phase.stopAfterEpochs
    }

    private func batchKernel(_ size: Int) -> BatchKernel {
        if let kernel = batchKernels[size] { return kernel }
        let kernel = BatchKernel(layout: layout, batch: size, block: configuration.blockSize)
        batchKernels[size] = kernel
        return kernel
    }

    // MARK: phases

    private func enterPhase() {
        guard let phase else { return }
        step = 0
        epochAccuracy = 0
        optimizer = Optimizer(phase: phase, count: layout.count)
        solver = phase.optimizer == .lm ? LevenbergMarquardt(layout: layout, settings: phase.lm) : nil
        if phase.prune != .none { chooseWeakest(phase.importance) }
        if phase.prune == .mask { scalePruned(by: 0) }
    }

    private func leavePhase() {
        phaseIndex = parameters.isFinite ? phaseIndex + 1 : configuration.phases.count
        enterPhase()
    }

    // MARK: pruning

    private func chooseWeakest(_ measure: ImportanceMeasure) {
        let strengths = (0..<layout.slots).map { slot -> (slot: Int, strength: Double) in
            let norms = layout.rows(of: slot).map { row in
                row.reduce(0) { $0 + parameters.scalars[$1] * parameters.scalars[$1] }.squareRoot()
            }
            return (slot, measure == .product ? norms[0] * norms[1] * norms[2] : (norms[0] + norms[1] + norms[2]) / 3)
        }
        let alive = strengths.filter { !pruned.contains($0.slot) }.sorted { $0.strength < $1.strength }
        pruned += alive.prefix(max(0, alive.count - configuration.targetRank)).map(\.slot)
    }

    private func scalePruned(by factor: Double) {
        for slot in pruned {
            for row in layout.rows(of: slot) { for index in row { parameters.scalars[index] *= factor } }
        }
    }

    private func freezePruned() {
        for slot in pruned {
            for row in layout.rows(of: slot) { for index in row { gradient.scalars[index] = 0 } }
        }
    }
}
