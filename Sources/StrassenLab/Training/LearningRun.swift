// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Where the run of one seed stands.
struct LearningState: Codable, Equatable, Sendable {
    var seed: UInt64
    var trainer: TrainerState
    var seconds: Double
    var cpuSeconds: Double
}

/// Learns a scheme from one seed: attempt after attempt until one is proved or the restarts are used up.
///
/// Single-threaded and deterministic; it may be stopped between calls of ``advance(limit:)`` and continued from
/// ``state`` to the same result.
final class LearningRun {
    let configuration: TrainingConfiguration
    let seed: UInt64
    private(set) var result: LearnedScheme?
    private var trainer: Trainer
    private let evaluator: TrainingEvaluator
    private var seconds = 0.0
    private var cpuSeconds = 0.0
    /// Sees every `log_interval`-th step and the end of every attempt.
    private let observer: ((TrainingMetrics) -> Void)?
    private let spectrum: Bool

    /// - Parameters:
    ///   - spectrum: Measure κ for the observer (slow: an eigenvalue problem for every line).
    init(
        configuration: TrainingConfiguration, seed: UInt64, spectrum: Bool = false,
        observer: ((TrainingMetrics) -> Void)? = nil
    ) {
        (self.configuration, self.seed, self.spectrum, self.observer) = (configuration, seed, spectrum, observer)
        trainer = Trainer(configuration: configuration, seed: seed, attempt: 0)
        evaluator = TrainingEvaluator(configuration: configuration, seed: seed)
    }

    convenience init(
        configuration: TrainingConfiguration, state: LearningState, spectrum: Bool = false,
        observer: ((TrainingMetrics) -> Void)? = nil
    ) {
        self.init(configuration: configuration, seed: state.seed, spectrum: spectrum, observer: observer)
        trainer = Trainer(configuration: configuration, seed: seed, state: state.trainer)
        (seconds, cpuSeconds) = (state.seconds, state.cpuSeconds)
    }

    var state: LearningState {
        LearningState(seed: seed, trainer: trainer.state, seconds: seconds, cpuSeconds: cpuSeconds)
    }

    /// Runs to the end, or until `stop` is raised; nil when it was.
    func run(stop: StopFlag? = nil) -> LearnedScheme? {
        while result == nil {
            if stop?.isRaised == true { return nil }
            advance(limit: 2000)
        }
        return result
    }

    /// Does at most `limit` training steps, or finishes an attempt.
    func advance(limit: Int) {
        guard result == nil else { return }
        let (wall, cpu) = (TimeSource.wall, TimeSource.thread)
        var steps = limit
        if observer != nil {
            let interval = configuration.logInterval
            steps = min(limit, interval - trainer.step % interval)
        }
        if !trainer.isFinished { trainer.advance(limit: steps) }
        seconds += TimeSource.wall - wall
        cpuSeconds += TimeSource.thread - cpu
        if let observer, trainer.isFinished || trainer.step % configuration.logInterval == 0 {
            observer(evaluator.measure(trainer, spectrum: spectrum))
        }
        if trainer.isFinished { finishAttempt() }
    }

    private func finishAttempt() {
        let (wall, cpu) = (TimeSource.wall, TimeSource.thread)
        let model = trainer.model
        let proof = SchemeProver.prove(model, seed: seed, configuration: configuration)
        let isLast = trainer.attempt >= configuration.restarts || configuration.discretization.isEmpty
        if proof.scheme == nil && !isLast {
            trainer = Trainer(configuration: configuration, seed: seed, attempt: trainer.attempt + 1)
        }
        seconds += TimeSource.wall - wall
        cpuSeconds += TimeSource.thread - cpu
        guard proof.scheme != nil || isLast else { return }
        result = LearnedScheme(
            seed: seed, model: model, scheme: proof.scheme, method: proof.method, margin: proof.margin,
            failure: proof.failure, restarts: trainer.attempt, metrics: evaluator.measure(trainer, spectrum: false),
            seconds: seconds,
            cpuSeconds: cpuSeconds)
    }
}
