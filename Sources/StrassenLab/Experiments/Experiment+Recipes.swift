// SPDX-License-Identifier: AGPL-3.0-or-later

extension Experiment {
    /// Every recipe, one attempt a seed, judged by rounding and by the gauge fix.
    static let recipes = Experiment(
        name: "recipes", title: "success of every training recipe, by rounding and by the gauge fix",
        claim: "68 % of runs (133/195) crystallise into verifiable Strassen structure",
        source: "paper §3.1, §8; the repository's training scripts", defaultSeeds: 30,
        trials: { count, _ in
            TrainingPreset.allCases.flatMap { preset in
                (1...UInt64(preset.isSlow ? (count + 7) / 8 : count)).map { seed in
                    Trial(["preset": preset.rawValue, "seed": "\(seed)"]) {
                        Outcome.attempt(preset.configuration, seed: seed)
                    }
                }
            }
        },
        report: { records in
            var table = Table(
                "recipe", "kind", "exact by rounding", "with δ ≤ 0.1", "exact after gauge fix", ">median δ",
                ">median loss")
            for (key, cell) in records.cells("preset") {
                let isLiteral = TrainingPreset(rawValue: key[0])?.isLiteral ?? false
                table.add(
                    key[0], isLiteral ? "literal" : "sound", cell.proportion("round").text,
                    cell.proportion("gate").text,
                    cell.proportion("gauge").text, cell.median("delta"), cell.median("loss"))
            }
            return [
                ExperimentTable(
                    "One attempt a seed, success in per cent with Wilson's 95 % interval", table,
                    notes: "A converged network is Strassen in another basis: rounding fails, the gauge fix does not.")
            ]
        })

    /// Odds of success against one changed condition.
    static let ablation = Experiment(
        name: "ablation", title: "weight decay, epochs, symmetric start, slots 6 to 9, each changed alone; odds ratios",
        claim:
            "weight decay ≥ 1e-4, ≥ 1000 epochs, symmetric U = V and pruning 8 → 7 are needed; rank 6 cannot, rank 9 does not match",
        source: "paper §4.1 (A1–A4), §11.2, appendix on ablation", defaultSeeds: 20,
        trials: { count, _ in
            let seeds = 1...UInt64(count)
            return [(true, "literal"), (false, "sound")].flatMap { literal, variant in
                Ablation.conditions.flatMap { condition in
                    seeds.map { seed in
                        Trial(["variant": variant, "condition": condition.name, "seed": "\(seed)"]) {
                            Outcome.attempt(condition.apply(literal ? Ablation.literal : Ablation.sound), seed: seed)
                        }
                    }
                }
            }
        },
        report: { records in
            records.levels("variant").map { variant in
                var table = Table(
                    "condition", "exact by rounding", "exact after gauge fix", "odds ratio to baseline (gauge)",
                    ">median loss")
                let runs = records.with(["variant": variant])
                let baseline = runs.with(["condition": "baseline"]).proportion("gauge")
                for (key, cell) in runs.cells("condition") {
                    let odds = OddsRatio(cell.proportion("gauge"), against: baseline)
                    table.add(
                        key[0], cell.proportion("round").text, cell.proportion("gauge").text,
                        key[0] == "baseline" ? "1" : odds.text, cell.median("loss"))
                }
                let what =
                    variant == "literal"
                    ? "the paper's recipe (8 slots, AdamW 1e-3, weight decay 1e-4, B 32, 1000 epochs, U = V, prune to 7)"
                    : "7 slots, AdamW 3e-2 → 1e-5, weight decay 1e-2, B 32, 3000 steps"
                let note =
                    variant == "literal"
                    ? "Odds ratios add ½ to every count (Haldane, Anscombe)."
                    : "8 and 9 slots converge too, but this recipe prunes nothing, so what they learn has more than 7 products."
                return ExperimentTable("Ablation, \(variant): baseline \(what)", table, notes: note)
            }
        })
}

extension TrainingPreset {
    /// Takes many seconds a run.
    fileprivate var isSlow: Bool { self == .blocks4 || self == .pairs2 || self == .grokkit || self == .pure }
}

extension OddsRatio {
    /// `"0.25 [0.08, 0.71]"`.
    var text: String {
        "\(Format.compact(ratio)) [\(Format.compact(interval.low)), \(Format.compact(interval.high))]"
    }
}

/// Conditions of the ablation.
private enum Ablation {
    struct Condition: Sendable {
        let name: String
        let apply: @Sendable (TrainingConfiguration) -> TrainingConfiguration
    }

    static let literal = TrainingPreset.paper.configuration
    static let sound = TrainingPreset.minibatch.configuration

    static let conditions: [Condition] = [
        Condition(name: "baseline") { $0 },
        phases("weight decay 0") { $0.weightDecay = 0 },
        phases("weight decay 1e-5") { $0.weightDecay = 1e-5 },
        phases("weight decay 1e-1") { $0.weightDecay = 1e-1 },
        phases("a tenth of the training") {
            $0.epochs = $0.epochs.map { $0 / 10 }
            $0.steps = $0.steps.map { $0 / 10 }
        },
        phases("thrice the training") {
            $0.epochs = $0.epochs.map { $0 * 3 }
            $0.steps = $0.steps.map { $0 * 3 }
        },
        run("the other kind of start (U = V or not)") { $0.initSymmetric.toggle() },
        run("start σ 0.1") { $0.initScale = 0.1 },
        run("start σ 1") { $0.initScale = 1 },
        slots(6), slots(7), slots(8), slots(9),
    ]

    private static func run(_ name: String, _ change: @escaping @Sendable (inout TrainingConfiguration) -> Void)
        -> Condition
    {
        Condition(name: name) { configuration in
            var copy = configuration
            change(&copy)
            return copy
        }
    }

    private static func phases(_ name: String, _ change: @escaping @Sendable (inout TrainingPhase) -> Void) -> Condition
    {
        run(name) { for index in $0.phases.indices { change(&$0.phases[index]) } }
    }

    /// Starts with so many slots and keeps at most seven where the recipe prunes.
    private static func slots(_ count: Int) -> Condition {
        run("\(count) slots") { ($0.slots, $0.targetRank) = (count, min(count, 7)) }
    }
}
