// SPDX-License-Identifier: AGPL-3.0-or-later

extension Experiment {
    /// Batch size against success and against the distance to integers, at equal epochs and at equal steps.
    static let batch = Experiment(
        name: "batch", title: "batch size at equal epochs and at equal updates; Protocol A with its ANOVA",
        claim: "batch sizes in [24, 128] crystallise; ANOVA F(4,189) = 15.34, p < 0.0001, η² = 0.244",
        source: "paper §7.1–7.3, Table 2; rigorous_experiment.py", defaultSeeds: 15,
        trials: { count, _ in
            let seeds = 1...UInt64(count)
            return BatchProtocol.allCases.flatMap { variant in
                variant.sizes.flatMap { size in
                    seeds.map { seed in
                        Trial(["variant": variant.rawValue, "batch": "\(size)", "seed": "\(seed)"]) {
                            Outcome.attempt(variant.configuration(batch: size), seed: seed)
                        }
                    }
                }
            }
        },
        report: { records in [publishedTable] + records.levels("variant").map { batchTable(records, $0) } })

    private static var publishedTable: ExperimentTable {
        let (batch, other, error) = (0.287, 0.052, 0.883)
        let analysis = VarianceAnalysis(sumBetween: batch, sumWithin: error, degreesBetween: 4, degreesWithin: 189)
        var table = Table("quantity", ">printed", ">from the table's own sums")
        table.add("F(4,189)", "15.34", Format.fixed(analysis.f, 2))
        table.add("η² of the batch size", "0.244", Format.fixed(batch / (batch + other + error), 3))
        table.add("batch sizes that df = 4 fits", "8 (protocol B)", "5")
        return ExperimentTable("The published ANOVA, recomputed", table)
    }

    private static func batchTable(_ records: [ExperimentRecord], _ variant: String) -> ExperimentTable {
        let runs = records.with(["variant": variant])
        var table = Table(">B", "Φ: exact by rounding", "exact after gauge fix", ">mean distance", ">median loss")
        for (key, cell) in runs.cells("batch") {
            table.add(
                key[0], cell.proportion("round").text, cell.proportion("gauge").text, cell.mean("mean_distance"),
                cell.median("loss"))
        }
        let what = BatchProtocol(rawValue: variant)?.summary ?? ""
        return ExperimentTable(
            "\(variant): \(what)", table, notes: analysisLine(runs, "mean_distance"), analysisLine(runs, "gauge"))
    }

    /// One-way ANOVA of a value over the batch sizes.
    private static func analysisLine(_ runs: [ExperimentRecord], _ value: String) -> String {
        let groups = runs.cells("batch").map { $0.records.compactMap { $0.values[value] }.filter(\.isFinite) }
        let label = value == "gauge" ? "success after the gauge fix" : "mean distance to integers"
        guard groups.count > 1, groups.allSatisfy({ !$0.isEmpty }) else { return "ANOVA of \(label): too few results" }
        let analysis = VarianceAnalysis(groups: groups)
        guard analysis.f.isFinite else { return "ANOVA of \(label): nothing varies" }
        return
            "ANOVA of \(label): F(\(analysis.degreesBetween),\(analysis.degreesWithin)) = \(Format.fixed(analysis.f, 2)), "
            + "p = \(Format.compact(analysis.p)), η² = \(Format.fixed(analysis.etaSquared, 3))"
    }

    /// Success over batch size and length of training.
    static let phase = Experiment(
        name: "phase", title: "phase diagram: batch size × length of training",
        claim: "the region B in [24, 128], epochs ≥ 1000 has 68 % success",
        source: "paper §7.4, Figure 8", defaultSeeds: 8,
        trials: { count, _ in
            let seeds = 1...UInt64(count)
            let cells = [8, 16, 32, 64, 128, 256].flatMap { size in [100, 300, 1000].map { (size, $0) } }
            return [true, false].flatMap { literal in
                cells.flatMap { size, length in
                    seeds.map { seed in
                        let labels = [
                            "variant": literal ? "literal" : "sound", "batch": "\(size)",
                            "length": "\(literal ? length : 3 * length)",
                            "seed": "\(seed)",
                        ]
                        return Trial(labels) { Outcome.attempt(phaseConfiguration(literal, size, length), seed: seed) }
                    }
                }
            }
        },
        report: { records in
            records.levels("variant").map { variant in
                let runs = records.with(["variant": variant])
                let lengths = runs.levels("length")
                let unit = variant == "literal" ? "epochs" : "steps"
                var table = Table([">B"] + lengths.map { ">\($0) \(unit)" })
                for batch in runs.levels("batch") {
                    table.add(
                        [batch]
                            + lengths.map { length in
                                let cell = runs.with(["batch": batch, "length": length])
                                let (round, gauge) = (cell.proportion("round"), cell.proportion("gauge"))
                                return "\(round.successes) | \(gauge.successes) of \(gauge.trials)"
                            })
                }
                return ExperimentTable(
                    "\(variant): exact by rounding | after the gauge fix", table,
                    notes: variant == "literal"
                        ? "The paper's recipe; epochs in each of its two phases."
                        : "The minibatch recipe; its cosine ends at the last step.")
            }
        })

    private static func phaseConfiguration(_ literal: Bool, _ batch: Int, _ length: Int) -> TrainingConfiguration {
        var configuration = literal ? TrainingPreset.paper.configuration : TrainingPreset.minibatch.configuration
        for index in configuration.phases.indices {
            configuration.phases[index].batchSize = batch
            if literal {
                configuration.phases[index].epochs = length
            } else {
                configuration.phases[index].steps = 3 * length
            }
        }
        return configuration
    }
}

/// Ways to compare batch sizes.
private enum BatchProtocol: String, CaseIterable, Sendable {
    case protocolA = "A-literal", protocolB = "B-literal", equalEpochs = "sound-equal-epochs", equalSteps =
        "sound-equal-steps"

    var summary: String {
        switch self {
        case .protocolA: "SGD 0.01, rank 7, Xavier gain 0.1, 1000 fixed samples, 1000 epochs"
        case .protocolB: "the paper's recipe: AdamW 1e-3, 8 slots, 1000 epochs, prune to 7"
        case .equalEpochs: "the minibatch recipe with 96,000 samples, so fewer updates for a larger batch"
        case .equalSteps: "the minibatch recipe with 3000 updates at every batch size"
        }
    }

    var sizes: [Int] { self == .protocolA ? [8, 16, 32, 64, 128] : [8, 16, 24, 32, 48, 64, 96, 128] }

    func configuration(batch: Int) -> TrainingConfiguration {
        var configuration =
            switch self {
            case .protocolA: TrainingPreset.sgd7.configuration
            case .protocolB: TrainingPreset.paper.configuration
            case .equalEpochs, .equalSteps: TrainingPreset.minibatch.configuration
            }
        for index in configuration.phases.indices {
            configuration.phases[index].batchSize = batch
            if self == .equalEpochs { configuration.phases[index].steps = 96_000 / batch }
        }
        return configuration
    }
}
