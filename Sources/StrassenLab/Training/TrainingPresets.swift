// SPDX-License-Identifier: AGPL-3.0-or-later

/// Named training recipes: the paper's as its repository ran them, and those that work.
public enum TrainingPreset: String, CaseIterable, Sendable, Codable {
    /// AdamW on batches of 32 fresh N(0,1) samples, seven slots: the default.
    case minibatch
    /// AdamW on the whole tensor.
    case full
    /// Levenberg–Marquardt on the Brent equations.
    case lm
    /// As `full` with an attraction to {−1,0,1}, so that plain rounding suffices.
    case attract
    /// The paper's text: eight slots, AdamW 1e-3, symmetric start, prune, round.
    case paper
    /// The repository's `main.py`: coefficients combine the 2×2 blocks of 4×4 matrices.
    case blocks4
    /// The repository's `train_strassen.py`.
    case pairs2
    /// The repository's `strassen_grokkit.py`: as `pairs2` without rounding, judged by its local complexity.
    case grokkit
    /// The repository's `main_pure_math.py`.
    case pure
    /// Protocol A: seven slots, plain SGD on 1000 fixed samples.
    case sgd7

    /// One line for a list.
    public var summary: String {
        switch self {
        case .minibatch: "AdamW, batch 32 of fresh N(0,1) samples, 7 slots, 3000 steps, then gauge fix (default)"
        case .full: "AdamW on the whole tensor, 7 slots, 1000 steps, then gauge fix"
        case .lm: "Levenberg–Marquardt on the Brent equations, then gauge fix"
        case .attract: "whole tensor with attraction to {-1,0,1}, 6000 steps, plain rounding"
        case .paper: "paper's text: 8 slots, AdamW 1e-3, wd 1e-4, U = V at the start, prune to 7, round"
        case .blocks4: "repository main.py: blocks of 4x4 matrices, mask the weakest slot, round"
        case .pairs2: "repository train_strassen.py: warm restarts, fade the weakest slot, round"
        case .grokkit: "repository strassen_grokkit.py: as pairs2, nothing rounded, judged by local complexity"
        case .pure: "repository main_pure_math.py: L1 on slots, prune, refine, round"
        case .sgd7: "repository protocol A: 7 slots, SGD 0.01, 1000 fixed samples, 1000 epochs"
        }
    }

    /// True for the recipes that reproduce the paper or its repository.
    public var isLiteral: Bool { ![.minibatch, .full, .lm, .attract].contains(self) }

    public var configuration: TrainingConfiguration {
        switch self {
        case .minibatch: Self.minibatchRecipe
        case .full: Self.fullRecipe
        case .lm: Self.lmRecipe
        case .attract: Self.attractRecipe
        case .paper: Self.paperRecipe
        case .blocks4: Self.blocks4Recipe
        case .pairs2: Self.pairs2Recipe
        case .grokkit: Self.grokkitRecipe
        case .pure: Self.pureRecipe
        case .sgd7: Self.sgd7Recipe
        }
    }

    private static let minibatchRecipe = TrainingConfiguration {
        $0.phases = [
            TrainingPhase {
                ($0.steps, $0.batchSize, $0.weightDecay) = (3000, 32, 1e-2)
                ($0.learningRate, $0.minimumRate, $0.schedule) = (3e-2, 1e-5, .cosine)
            }
        ]
    }

    private static let fullRecipe = TrainingConfiguration {
        $0.phases = [
            TrainingPhase {
                ($0.gradient, $0.steps) = (.tensor, 1000)
                ($0.learningRate, $0.minimumRate, $0.schedule) = (1e-1, 1e-5, .cosine)
            }
        ]
    }

    private static let lmRecipe = TrainingConfiguration {
        $0.initScale = 1
        $0.phases = [TrainingPhase { $0.optimizer = .lm }]
    }

    private static let attractRecipe = TrainingConfiguration {
        $0.discretization = [.round]
        $0.phases = [
            TrainingPhase {
                ($0.gradient, $0.steps, $0.attraction) = (.tensor, 6000, 1e-2)
                ($0.learningRate, $0.minimumRate, $0.schedule) = (1e-1, 1e-5, .cosine)
            }
        ]
    }

    /// Common to the literal recipes: eight slots, plain rounding, one attempt.
    private static func literal(_ change: (inout TrainingConfiguration) -> Void) -> TrainingConfiguration {
        TrainingConfiguration {
            ($0.slots, $0.discretization, $0.restarts) = (8, [.round], 0)
            change(&$0)
        }
    }

    private static let paperRecipe = literal {
        ($0.initSymmetric, $0.freshData, $0.trainSamples) = (true, false, 1000)
        let first = TrainingPhase {
            ($0.epochs, $0.batchSize, $0.learningRate, $0.weightDecay) = (1000, 32, 1e-3, 1e-4)
        }
        var second = first
        second.prune = .mask
        $0.phases = [first, second]
    }

    private static let blocks4Recipe = literal {
        ($0.freshData, $0.distribution, $0.blockSize) = (false, .uniform, 2)
        ($0.trainSamples, $0.testSamples, $0.accuracyThreshold) = (2000, 500, 0.1)
        let first = TrainingPhase {
            ($0.epochs, $0.batchSize, $0.gradientClip) = (2000, 256, 1)
            ($0.learningRate, $0.weightDecay) = (0.01, 0.001)
            ($0.stopAccuracy, $0.stopAfterEpochs) = (0.999, 500)
        }
        var second = first
        (second.epochs, second.learningRate, second.weightDecay, second.stopAfterEpochs) = (5000, 0.005, 0.01, 1000)
        (second.prune, second.importance) = (.mask, .mean)
        $0.phases = [first, second]
    }

    private static let pairs2First = TrainingPhase {
        ($0.steps, $0.batchSize, $0.gradientClip) = (30_000, 256, 1)
        ($0.learningRate, $0.weightDecay, $0.schedule, $0.restartPeriod) = (0.02, 1e-4, .restarts, 10_000)
    }

    private static let pairs2Recipe = literal {
        let second = TrainingPhase {
            ($0.optimizer, $0.steps, $0.batchSize, $0.learningRate) = (.adam, 12_000, 256, 0.005)
            ($0.prune, $0.pruneSteps) = (.fade, 2000)
        }
        $0.phases = [pairs2First, second]
    }

    private static let grokkitRecipe: TrainingConfiguration = {
        var configuration = pairs2Recipe
        configuration.discretization = []
        return configuration
    }()

    private static let pureRecipe = literal {
        $0.initScale = 0.3
        let first = TrainingPhase {
            ($0.steps, $0.batchSize, $0.gradientClip) = (10_000, 512, 1)
            ($0.learningRate, $0.weightDecay, $0.schedule) = (0.02, 1e-6, .cosine)
        }
        var second = first
        (second.steps, second.learningRate, second.l1) = (5000, 0.01, 1e-3)
        let third = TrainingPhase {
            ($0.optimizer, $0.steps, $0.batchSize, $0.gradientClip) = (.adam, 10_000, 512, 1)
            ($0.learningRate, $0.prune) = (0.01, .mask)
        }
        $0.phases = [first, second, third]
    }

    private static let sgd7Recipe = literal {
        ($0.slots, $0.initialization, $0.initScale) = (7, .xavier, 0.1)
        ($0.freshData, $0.trainSamples, $0.testSamples) = (false, 1000, 200)
        $0.phases = [
            TrainingPhase { ($0.optimizer, $0.epochs, $0.learningRate, $0.batchSize) = (.sgd, 1000, 0.01, 32) }
        ]
    }
}
