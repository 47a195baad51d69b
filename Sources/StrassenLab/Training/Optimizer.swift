// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// What one gradient step does with a gradient.
public enum OptimizerKind: String, Codable, Sendable, CaseIterable {
    /// Adam with decoupled weight decay.
    case adamw
    /// Adam; weight decay is added to the gradient.
    case adam
    /// Gradient descent with momentum; weight decay is added to the gradient.
    case sgd
    /// Levenberg–Marquardt on the Brent equations: no samples, no learning rate.
    case lm
}

/// First-order optimisers with PyTorch's definitions and defaults; updates in place, allocates only in `init`.
///
/// - Source: Kingma, Ba, "Adam" (2015); Loshchilov, Hutter, "Decoupled weight decay regularization" (2019).
final class Optimizer {
    let kind: OptimizerKind
    let beta1, beta2, epsilon, momentum, weightDecay: Double
    /// Running means of the gradient and of its square (SGD: velocity, unused).
    let first, second: AlignedBuffer
    /// Steps done.
    var steps = 0

    init(phase: TrainingPhase, count: Int) {
        kind = phase.optimizer
        (beta1, beta2, epsilon) = (phase.beta1, phase.beta2, phase.epsilon)
        (momentum, weightDecay) = (phase.momentum, phase.weightDecay)
        (first, second) = (AlignedBuffer(count: count), AlignedBuffer(count: count))
    }

    func step(_ parameters: AlignedBuffer, _ gradient: AlignedBuffer, learningRate: Double) {
        steps += 1
        switch kind {
        case .adamw, .adam: adam(parameters, gradient, learningRate)
        case .sgd: descend(parameters, gradient, learningRate)
        case .lm: preconditionFailure("Levenberg–Marquardt is not a first-order step")
        }
    }

    private func adam(_ parameters: AlignedBuffer, _ gradient: AlignedBuffer, _ rate: Double) {
        let correction1 = 1 - pow(beta1, Double(steps))
        let rootCorrection2 = (1 - pow(beta2, Double(steps))).squareRoot()
        let (stepSize, shrink) = (rate / correction1, kind == .adamw ? 1 - rate * weightDecay : 1)
        let coupled = kind == .adam ? weightDecay : 0
        let (x, g) = (parameters.vectors, gradient.vectors)
        let (m, s) = (first.vectors, second.vectors)
        for index in 0..<parameters.vectorCount {
            let slope = g[index] + coupled * x[index]
            let mean = beta1 * m[index] + (1 - beta1) * slope
            let square = beta2 * s[index] + (1 - beta2) * slope * slope
            (m[index], s[index]) = (mean, square)
            let root = square.squareRoot() / rootCorrection2 + epsilon
            x[index] = shrink * x[index] - stepSize * mean / root
        }
    }

    private func descend(_ parameters: AlignedBuffer, _ gradient: AlignedBuffer, _ rate: Double) {
        let (x, g, velocity) = (parameters.vectors, gradient.vectors, first.vectors)
        for index in 0..<parameters.vectorCount {
            velocity[index] = momentum * velocity[index] + (g[index] + weightDecay * x[index])
            x[index] -= rate * velocity[index]
        }
    }
}

/// How the learning rate moves over a phase.
public enum LearningSchedule: String, Codable, Sendable, CaseIterable {
    case constant
    /// From the learning rate to the minimum over the phase along half a cosine.
    case cosine
    /// The same over every `restart_period` steps, then back to the top.
    case restarts

    /// The rate at `step` (from 0) of `total`.
    func rate(_ step: Int, of total: Int, phase: TrainingPhase) -> Double {
        let (position, period): (Int, Int) =
            switch self {
            case .constant: (0, 1)
            case .cosine: (step, total)
            case .restarts: (step % phase.restartPeriod, phase.restartPeriod)
            }
        let low = phase.minimumRate
        let wave = cos(Double.pi * Double(position) / Double(max(period, 1)))
        return self == .constant ? phase.learningRate : low + 0.5 * (phase.learningRate - low) * (1 + wave)
    }
}
