// SPDX-License-Identifier: AGPL-3.0-or-later

/// What is known of a model at one moment of its training: one line of the log.
public struct TrainingMetrics: Sendable, Codable, Equatable {
    public var attempt: Int
    /// From 1.
    public var phase: Int
    /// Steps done in the phase.
    public var step: Int
    public var learningRate: Double
    /// Mean squared error of the last batch, without penalties.
    public var trainLoss: Double
    /// Mean squared error on samples that are never trained on.
    public var testLoss: Double
    /// Share of test outputs within the accuracy threshold.
    public var testAccuracy: Double
    /// 1 − ‖error‖/‖c‖ on the test samples.
    public var localComplexity: Double
    /// max |w − Q(w)|.
    public var delta: Double
    /// Frobenius norms of the factors.
    public var normU: Double
    public var normV: Double
    public var normW: Double
    public var activeSlots: Int
    /// Condition number of the covariance of one-sample gradients on its range; nil when not asked for.
    public var kappa: Double?
}

/// Measures a trainer on held-out samples without touching its random streams.
final class TrainingEvaluator {
    private let configuration: TrainingConfiguration
    private let seed: UInt64
    private let test: BatchKernel

    init(configuration: TrainingConfiguration, seed: UInt64) {
        (self.configuration, self.seed) = (configuration, seed)
        test = BatchKernel(
            layout: configuration.layout, batch: configuration.testSamples, block: configuration.blockSize)
        var stream = RandomSource(seed: seed, path: [StreamPurpose.testSet.rawValue])
        SampleSource.draw(test, configuration.distribution, from: &stream)
        test.computeTargets()
    }

    func measure(_ trainer: Trainer, spectrum: Bool) -> TrainingMetrics {
        let model = trainer.model
        let testLoss = test.forward(trainer.parameters)
        let norm = { (factor: [Double]) in factor.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        return TrainingMetrics(
            attempt: trainer.attempt, phase: min(trainer.phaseIndex + 1, configuration.phases.count),
            step: trainer.step,
            learningRate: trainer.learningRate, trainLoss: trainer.loss, testLoss: testLoss,
            testAccuracy: test.accuracy(threshold: configuration.accuracyThreshold),
            localComplexity: test.localComplexity, delta: model.delta, normU: norm(model.u), normV: norm(model.v),
            normW: norm(model.w), activeSlots: trainer.activeSlots, kappa: spectrum ? kappa(trainer) : nil)
    }

    private func kappa(_ trainer: Trainer) -> Double {
        guard trainer.parameters.isFinite else { return .nan }
        var stream = RandomSource(
            seed: seed,
            path: [
                StreamPurpose.spectrum.rawValue, UInt64(trainer.attempt), UInt64(trainer.phaseIndex),
                UInt64(trainer.step),
            ])
        let layout = configuration.layout
        return GradientSpectrum(
            parameters: trainer.parameters, layout: layout, distribution: configuration.distribution, batch: 1,
            block: configuration.blockSize, gradients: 4 * layout.count, random: &stream
        ).conditionOnRange().kappa
    }
}

extension TrainingMetrics {
    /// Header of the CSV log.
    public static let csvHeader =
        "seed,attempt,phase,step,learning_rate,train_loss,test_loss,test_accuracy,local_complexity,delta,norm_u,norm_v,"
        + "norm_w,active_slots,kappa"

    /// One CSV line; numbers are printed so that reading them back gives the same float64.
    public func csvLine(seed: UInt64) -> String {
        let numbers = [learningRate, trainLoss, testLoss, testAccuracy, localComplexity, delta, normU, normV, normW]
        return "\(seed),\(attempt),\(phase),\(step)," + numbers.map { "\($0)" }.joined(separator: ",")
            + ",\(activeSlots),\(kappa.map { "\($0)" } ?? "")"
    }
}
