// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

extension Experiment {
    /// The covariance of gradients along training.
    static let spectrum = Experiment(
        name: "spectrum", title: "gradient covariance: κ as the code has it, κ on its range, σ², γ",
        claim: "κ ≈ 1 exactly when the weights are discrete, κ = 999999 otherwise; T_eff separates the phases",
        source: "paper §2.1, §5.6, §6.3, §7.5–7.6; exp1_covariance_spectrometry.py", defaultSeeds: 5,
        trials: { count, _ in
            let seeds = 1...UInt64(count)
            let exact = Trial(["point": "Strassen's coefficients", "seed": "1"]) {
                spectrumValues(of: BilinearModel(try Scheme.builtin("strassen")), seed: 1)
            }
            return [exact]
                + SpectrumPoint.allCases.flatMap { point in
                    seeds.map { seed in
                        Trial(["point": point.rawValue, "seed": "\(seed)"]) {
                            spectrumValues(of: point.model(seed), seed: seed)
                        }
                    }
                }
        },
        report: { records in
            var table = Table(
                "point", ">loss", ">δ", ">κ as the code has it", ">κ on the range", ">rank of Cov", ">σ²", ">γ = ησ²/B")
            for (key, cell) in records.cells("point") {
                table.add(
                    [key[0]]
                        + ["loss", "delta", "literal_kappa", "kappa", "rank", "variance", "gamma"].map {
                            cell.median($0)
                        })
            }
            return [
                ExperimentTable(
                    "Medians; one-sample gradients, η = 1e-3, B = 32", table,
                    notes:
                        "The code's κ is (λmax + 1e-6)/(λmin + 1e-6) of two gradients: 1 where the loss vanishes, discrete or not.",
                    "Cov(g) is singular whatever the network has learned: a gradient is Jᵀ(a ⊗ b ⊗ e), and e is orthogonal to "
                        + "S·e for each of six antisymmetric S, so 64 − 6 = 58 of 84 directions occur.",
                    "At exact coefficients e is rounding noise without that structure: 84 − 23 directions of the gauge = 61."
                )
            ]
        })

    /// Whether a number measured early tells the outcome.
    static let prediction = Experiment(
        name: "prediction", title: "does κ, or the loss, measured early predict success?",
        claim: "κ predicts grokking before it happens: AUC = 1.000, 95 % CI [1.000, 1.000] (N = 60); early κ 58.3 %",
        source: "paper §7.6–7.9; exp3_prospective_prediction.py", defaultSeeds: 100,
        trials: { count, _ in
            (1...UInt64(count)).map { seed in
                Trial(["seed": "\(seed)"]) { predictionValues(seed: seed) }
            }
        },
        report: { records in
            let outcomes = records.proportion("gauge")
            var table = Table("measured after", "what", "area under ROC [95 %]")
            for (share, label) in Prediction.moments {
                for (key, name) in [
                    ("kappa", "κ on the range"), ("literal_kappa", "κ as the code has it"),
                    ("loss", "loss of the whole tensor"),
                ] {
                    let split = { (outcome: Double) in
                        records.filter { $0.value("gauge") == outcome }.map { $0.value("\(key)_\(share)") }
                    }
                    table.add(label, name, Separation(low: split(1), high: split(0)).text)
                }
            }
            let spread = records.map { $0.value("literal_kappa_\(Prediction.moments[0].share)") }
            return [
                ExperimentTable(
                    "\(outcomes.text) of the runs succeed; area 0.5: no information, 1: small values always succeed",
                    table,
                    notes: "Random batch size 8…256 and weight decay 1e-5…1e-2, 7 slots, 1500 steps, one attempt.",
                    "The script's own prediction, κ < 15, says success for \(spread.count { $0 < 15 }) of \(spread.count) runs. "
                        + "With one gradient, as its first version, κ is undefined for all: a constant predictor.")
            ]
        })

    private static func spectrumValues(of model: BilinearModel, seed: UInt64) -> [String: Double] {
        var random = RandomSource(seed: seed, path: [11])
        let layout = FactorLayout(m: model.m, k: model.k, n: model.n, slots: model.rank)
        let full = GradientSpectrum(model: model, gradients: 4 * layout.count, random: &random)
        let pair = GradientSpectrum(model: model, batch: 32, gradients: 2, random: &random)
        let range = full.conditionOnRange()
        let loss = TensorKernel(layout: layout).evaluate(AlignedBuffer(model.parameters)) / Double(layout.widthW)
        return [
            "loss": loss, "delta": model.delta, "literal_kappa": pair.literalCondition, "kappa": range.kappa,
            "rank": Double(range.rank), "variance": full.variance, "gamma": 1e-3 / 32 * full.variance,
        ]
    }

    private static func predictionValues(seed: UInt64) -> [String: Double] {
        var random = RandomSource(seed: seed, path: [12])
        var configuration = TrainingPreset.minibatch.configuration
        configuration.phases[0].steps = Prediction.steps
        configuration.phases[0].batchSize = Int(exp2(random.uniform(3, 8)).rounded())
        configuration.phases[0].weightDecay = exp2(random.uniform(-16.6, -6.6))
        let trainer = Trainer(configuration: configuration, seed: seed, attempt: 0)
        var values: [String: Double] = [:]
        for (share, _) in Prediction.moments {
            trainer.advance(limit: share * Prediction.steps / 100 - trainer.step)
            let moment = spectrumValues(of: trainer.model, seed: seed)
            for key in ["kappa", "literal_kappa", "loss"] { values["\(key)_\(share)"] = moment[key] }
        }
        while !trainer.isFinished { trainer.advance(limit: 1000) }
        values.merge(Outcome.values(of: trainer.model)) { $1 }
        return values
    }
}

/// When the predictors are measured.
private enum Prediction {
    static let steps = 1500
    static let moments: [(share: Int, label: String)] = [
        (5, "5 % of the steps"), (20, "20 %"), (50, "50 %"), (80, "80 %"),
    ]
}

/// Where the covariance is measured.
private enum SpectrumPoint: String, CaseIterable, Sendable {
    case start = "random start", halfway = "half of the minibatch recipe", trained = "end of the minibatch recipe"
    case solved = "Levenberg–Marquardt's solution"

    func model(_ seed: UInt64) -> BilinearModel {
        let configuration = (self == .solved ? TrainingPreset.lm : .minibatch).configuration
        let trainer = Trainer(configuration: configuration, seed: seed, attempt: 0)
        switch self {
        case .start: break
        case .halfway: trainer.advance(limit: 1500)
        case .trained, .solved: while !trainer.isFinished { trainer.advance(limit: 10_000) }
        }
        return trainer.model
    }
}
