// SPDX-License-Identifier: AGPL-3.0-or-later

extension Experiment {
    /// Disturb a run and let it go on.
    static let trajectory = Experiment(
        name: "trajectory", title: "disturb training at a step and see whether it comes back",
        claim:
            "the trajectory's geometry decides the outcome (the script perturbs finished checkpoints and trains nothing)",
        source: "paper §5.3; exp4_trajectory_perturbation.py", defaultSeeds: 20,
        trials: { count, _ in
            let seeds = 1...UInt64(count)
            return [300, 1500, 2700].flatMap { step in
                [0.0, 0.001, 0.01, 0.1, 0.5].flatMap { sigma in
                    seeds.map { seed in
                        Trial(["step": "\(step)", "sigma": "\(sigma)", "seed": "\(seed)"]) {
                            trajectoryValues(step: step, sigma: sigma, seed: seed)
                        }
                    }
                }
            }
        },
        report: { records in
            var table = Table(
                ">at step", ">σ", "exact after gauge fix", ">cosine to the undisturbed end", ">median loss")
            for (key, cell) in records.cells("step", "sigma") {
                table.add(key[0], key[1], cell.proportion("gauge").text, cell.median("cosine"), cell.median("loss"))
            }
            return [
                ExperimentTable(
                    "Noise N(0, σ²) on all parameters at a step of 3000, then training goes on (the minibatch recipe)",
                    table,
                    notes:
                        "Success means the same algorithm (there is one orbit); a cosine below 1 says that it is in another basis."
                )
            ]
        })

    /// How far from an exact solution training still finds back to integers.
    static let attractors = Experiment(
        name: "attractors", title: "from which distance do integers attract?",
        claim: "discrete solutions are narrow attractors: width below 0.001",
        source: "paper §3.4, §11.3.2; exp5_discreteness_attractors.py", defaultSeeds: 100,
        trials: { count, _ in
            let seeds = 1...UInt64(count)
            return [0.01, 0.05, 0.1, 0.2, 0.3, 0.5].flatMap { sigma in
                [("loss only", 0.0), ("attraction 0.01", 0.01), ("attraction 0.1", 0.1)].flatMap { name, weight in
                    seeds.map { seed in
                        Trial(["sigma": "\(sigma)", "training": name, "seed": "\(seed)"]) {
                            try attractorValues(sigma: sigma, attraction: weight, seed: seed)
                        }
                    }
                }
            }
        },
        report: { records in
            let kinds = records.levels("training")
            var table = Table(
                [">σ", "rounded at once"] + kinds.map { "after training, \($0)" } + ["gauge fix after training"])
            for sigma in records.levels("sigma") {
                let cell = records.with(["sigma": sigma])
                table.add(
                    [sigma, cell.with(["training": kinds[0]]).proportion("before").text]
                        + kinds.map { cell.with(["training": $0]).proportion("round").text }
                        + [cell.with(["training": kinds[0]]).proportion("gauge").text])
            }
            return [
                ExperimentTable(
                    "Strassen's coefficients + N(0, σ²), 1000 steps on the whole tensor, exact by rounding", table,
                    notes:
                        "The loss pulls back to the exact solutions but is flat along their 23 gauge directions: what the noise "
                        + "moved along them stays, until rounding fails. The attraction pulls along them too."
                )
            ]
        })

    /// Training loss far below test loss, then a sudden drop.
    static let grokking = Experiment(
        name: "grokking", title: "fixed training sets: is there grokking as the paper defines it?",
        claim:
            "≥ 100 epochs with train loss < 1e-6 and test loss > 0.1, then a sudden drop; LC falls from 442 to 0 there",
        source: "paper §2.1, §7.10, appendix D (the figure in the repository is simulated)", defaultSeeds: 20,
        trials: { count, _ in
            let seeds = 1...UInt64(count)
            return [8, 12, 16, 24, 32, 64, 256].flatMap { samples in
                seeds.map { seed in
                    Trial(["samples": "\(samples)", "seed": "\(seed)"]) { grokkingValues(samples: samples, seed: seed) }
                }
            }
        },
        report: { records in
            var table = Table(
                ">training samples", "memorised: ≥ 100 epochs below 1e-6 with test > 0.1",
                "grokked: test then fell below 1e-3",
                "exact after gauge fix", ">median test loss", ">LC first", ">LC last")
            for (key, cell) in records.cells("samples") {
                table.add(
                    key[0], cell.proportion("memorised").text, cell.proportion("grokked").text,
                    cell.proportion("gauge").text,
                    cell.median("test_loss"), cell.median("lc_first"), cell.median("lc_last"))
            }
            return [
                ExperimentTable(
                    "7 slots, AdamW 1e-2, weight decay 1e-2, full batches, 4000 epochs", table,
                    notes:
                        "LC is ‖error‖/‖c‖ on the test set. 64 products a_i·b_j determine the network, 4 equations a sample: fewer than "
                        + "16 samples can be memorised, and are for good; where training generalises, it does so at once."
                )
            ]
        })

    /// The distribution of weights while training.
    static let weights = Experiment(
        name: "weights", title: "distribution of the weights during training",
        claim: "weights move towards {−1, 0, 1} during training",
        source: "paper §10.1–10.2, Figure 4", defaultSeeds: 30,
        trials: { count, _ in
            [TrainingPreset.paper, .minibatch, .attract].flatMap { preset in
                (1...UInt64(count)).map { seed in
                    Trial(["preset": preset.rawValue, "seed": "\(seed)"]) { weightValues(preset, seed: seed) }
                }
            }
        },
        report: { records in
            var table = Table("recipe", ">trained", ">mean distance to integers", ">within 0.1 of one", ">max |w|")
            for (key, cell) in records.cells("preset") {
                for share in [0, 25, 50, 100] {
                    table.add(
                        key[0], "\(share) %", cell.mean("distance_\(share)"),
                        "\(Format.fixed(100 * (cell.sample("near_\(share)")?.mean ?? .nan), 1)) %",
                        cell.mean("largest_\(share)"))
                }
            }
            return [
                ExperimentTable(
                    "Means over seeds", table,
                    notes: "Uniform weights in [−1, 1] would have a mean distance of 0.25 and 20 % within 0.1.",
                    "Only the recipe with an attraction moves weights to integers; the loss does not care.")
            ]
        })

    private static func trajectoryValues(step: Int, sigma: Double, seed: UInt64) -> [String: Double] {
        let configuration = TrainingPreset.minibatch.configuration
        let straight = Outcome.trained(configuration, seed: seed).model.parameters
        let trainer = Trainer(configuration: configuration, seed: seed, attempt: 0)
        trainer.advance(limit: step)
        var random = RandomSource(seed: seed, path: [13, UInt64(step), sigma.bitPattern])
        trainer.parameters.load(trainer.model.perturbed(sigma, &random).parameters)
        while !trainer.isFinished { trainer.advance(limit: 10_000) }
        let end = trainer.model.parameters
        let dot = { (x: [Double], y: [Double]) in zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
        var values = Outcome.values(of: trainer.model)
        values["cosine"] = dot(straight, end) / (dot(straight, straight) * dot(end, end)).squareRoot()
        values["loss"] = trainer.loss
        return values
    }

    private static func attractorValues(sigma: Double, attraction: Double, seed: UInt64) throws -> [String: Double] {
        var random = RandomSource(seed: seed, path: [14, sigma.bitPattern])
        let start = BilinearModel(try Scheme.builtin("strassen")).perturbed(sigma, &random)
        let tuned = Continuation(start).tensorDescent(steps: 1000, rate: 1e-2, attraction: attraction)
        var values = Outcome.values(of: tuned.model)
        values["before"] = Outcome.values(of: start)["round"]
        values["loss"] = tuned.loss
        return values
    }

    private static func grokkingValues(samples: Int, seed: UInt64) -> [String: Double] {
        var configuration = TrainingConfiguration {
            ($0.freshData, $0.trainSamples, $0.testSamples) = (false, samples, 256)
            $0.phases = [
                TrainingPhase {
                    ($0.epochs, $0.batchSize, $0.learningRate, $0.weightDecay) = (4000, samples, 1e-2, 1e-2)
                }
            ]
        }
        configuration.restarts = 0
        let trainer = Trainer(configuration: configuration, seed: seed, attempt: 0)
        let evaluator = TrainingEvaluator(configuration: configuration, seed: seed)
        let first = evaluator.measure(trainer, spectrum: false)
        var (memorised, longest, grokked) = (0, 0, false)
        var last = first
        while !trainer.isFinished {
            trainer.advance(limit: 10)
            last = evaluator.measure(trainer, spectrum: false)
            memorised = last.trainLoss < 1e-6 && last.testLoss > 0.1 ? memorised + 10 : 0
            longest = max(longest, memorised)
            if longest >= 100 && last.testLoss < 1e-3 { grokked = true }
        }
        var values = Outcome.values(of: trainer.model)
        values["memorised"] = longest >= 100 ? 1 : 0
        values["grokked"] = grokked ? 1 : 0
        (values["train_loss"], values["test_loss"]) = (last.trainLoss, last.testLoss)
        (values["lc_first"], values["lc_last"]) = (1 - first.localComplexity, 1 - last.localComplexity)
        return values
    }

    private static func weightValues(_ preset: TrainingPreset, seed: UInt64) -> [String: Double] {
        let configuration = preset.configuration
        let total = configuration.phases.reduce(0) { $0 + configuration.steps(of: $1) }
        let trainer = Trainer(configuration: configuration, seed: seed, attempt: 0)
        var (values, done) = ([String: Double](), 0)
        for share in [0, 25, 50, 100] {
            trainer.advance(limit: share * total / 100 - done)
            done = share * total / 100
            let live = trainer.model.keeping((0..<trainer.model.rank).filter { !trainer.pruned.contains($0) })
                .parameters
            values["distance_\(share)"] = live.reduce(0) { $0 + abs($1 - ternary($1)) } / Double(live.count)
            values["near_\(share)"] = Double(live.count { abs($0 - ternary($0)) <= 0.1 }) / Double(live.count)
            values["largest_\(share)"] = live.map(abs).max()
        }
        return values
    }
}
