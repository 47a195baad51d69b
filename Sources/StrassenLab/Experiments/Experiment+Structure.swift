// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

extension Experiment {
    /// The paper's published files.
    static let checkpoints = Experiment(
        name: "checkpoints", title: "published checkpoints: rounding, gauge fix, margins (needs --checkpoint FILE …)",
        claim: "published checkpoints are learned Strassen; 5 of 12 are discrete",
        source: "paper §7.6, verify_checkpoints.py", defaultSeeds: 1, revision: 2,
        trials: { _, options in
            guard !options.checkpoints.isEmpty else {
                throw InputError(
                    "this experiment looks at files", field: "--checkpoint",
                    advice: "name them: strassen experiment run checkpoints --checkpoint a.pt --checkpoint b.pt")
            }
            return try options.checkpoints.map { path in
                let digest = ContentDigest.text(of: try FileInput.contents(of: path))
                return Trial(["file": path, "content": digest]) { try checkpointValues(path, digest) }
            }
        },
        report: { records in
            var table = Table(
                "file", ">max δ", ">mean distance", ">tensor error", "rounding", "gauge fix", "coefficients")
            for (record, name) in zip(records, shortNames(records.map { $0["file"] })) {
                let answer = { (key: String) in record.value(key) == 1 ? "exact" : "no" }
                table.add(
                    name, Format.compact(record.value("delta")),
                    Format.compact(record.value("mean_distance")),
                    Format.compact(record.value("residual")), answer("round"), answer("gauge"),
                    record.value("textbook") == 1 ? "the textbook's, in its order" : "its own")
            }
            return [
                ExperimentTable(
                    "Every file as it is, its mask applied", table,
                    notes:
                        "The paper calls a file discrete by the mean distance; the margin that rounding needs is the largest."
                )
            ]
        })

    /// Recursion driven by U, V and W at every level, and the spectrum of its operator.
    static let expansion = Experiment(
        name: "expansion", title: "2 … 64 with U, V, W at every level; the T operator's spectrum",
        claim: "relative error ≤ 2e-6 to 64×64, growing as log N; T preserves the spectrum",
        source: "paper §5.1.1, §6.1 (Table 1), §10.3", defaultSeeds: 3,
        trials: { count, _ in
            let learned = (1...UInt64(count)).map { seed in
                Trial(["scheme": "learned, seed \(seed)"]) {
                    let run = LearningRun(configuration: TrainingPreset.minibatch.configuration, seed: seed).run()
                    return run?.scheme.map(expansionValues) ?? [:]
                }
            }
            return ["strassen", "winograd"].map { name in
                Trial(["scheme": name]) { expansionValues(try Scheme.builtin(name)) }
            } + learned
        },
        report: { records in
            let sizes = [2, 4, 8, 16, 32, 64]
            var table = Table(["scheme"] + sizes.map { ">\($0)" } + ["exact integers", ">spectral deviation of F ⊗ F"])
            for record in records {
                table.add(
                    [record["scheme"]] + sizes.map { Format.compact(record.value("float32_\($0)")) }
                        + [
                            record.value("exact") == 1 ? "yes, all sizes" : "no",
                            Format.compact(record.value("spectral")),
                        ])
            }
            return [
                ExperimentTable(
                    "max|Ĉ − C|/max|C| in float32, inputs uniform in (−1, 1), no level ends in a library product",
                    table,
                    notes:
                        "The error grows by a factor a level, so as a power of N, not as its logarithm. The paper's recursion had no level of its own above 2."
                )
            ]
        })

    /// Other shapes by learning alone.
    static let shapes = Experiment(
        name: "shapes", title: "other shapes by learning alone: does the loss reach 0 at the best known rank?",
        claim: "3×3 does not converge: the effective rank stays 27",
        source: "paper §11.2", defaultSeeds: 10,
        trials: { count, _ in
            [(2, 2, 2), (2, 2, 3), (2, 3, 3), (3, 3, 3)].flatMap { m, k, n in
                let rank = KnownRanks.rank(SearchShape(m, k, n))
                let seeds = max(1, count / (m * k * n > 18 ? 3 : 1))
                return (1...UInt64(seeds)).map { seed in
                    Trial(["shape": "⟨\(m),\(k),\(n);\(rank)⟩", "seed": "\(seed)"]) {
                        shapeValues(m, k, n, rank, seed: seed)
                    }
                }
            }
        },
        report: { records in
            var table = Table(
                "goal", "solved: Σe² < 1e-18", "exact by rounding", ">median δ of the solved", ">median core time")
            for (key, cell) in records.cells("shape") {
                table.add(
                    key[0], cell.proportion("solved").text, cell.proportion("round").text,
                    cell.filter { $0.value("solved") == 1 }.median("delta"),
                    cell.sample("seconds").map { Format.seconds($0.median) } ?? "–")
            }
            return [
                ExperimentTable(
                    "Levenberg–Marquardt, one attempt a seed, start N(0, 1) (⟨3,3,3⟩: N(0, 0.25))", table,
                    notes:
                        "Learning finds real solutions, not integers; `strassen discover` proves ⟨3,3,3;23⟩ by search in under a second."
                )
            ]
        })

    /// The last parts of paths; all of a path where its last part is not the only one of that name.
    static func shortNames(_ paths: [String]) -> [String] {
        let last = { (path: String) in (path as NSString).lastPathComponent }
        let sharers = Dictionary(grouping: Set(paths), by: last).mapValues(\.count)
        return paths.map { sharers[last($0)] == 1 ? last($0) : $0 }
    }

    /// - Throws: ``InputError`` for a file that is no model, or whose content is no longer that of the trial.
    private static func checkpointValues(_ path: String, _ digest: String) throws -> [String: Double] {
        let bytes = try FileInput.contents(of: path)
        guard ContentDigest.text(of: bytes) == digest else {
            throw InputError("it changed while the experiment ran", advice: "Start the experiment again.", file: path)
        }
        let model: BilinearModel
        do { model = try BilinearModel(bytes: bytes).masked } catch let error as InputError { throw error.in(path) }
        var values = Outcome.values(of: model)
        let textbook = BilinearModel(try Scheme.builtin("strassen"))
        values["textbook"] = model.parameters == textbook.parameters ? 1 : 0
        return values
    }

    private static func expansionValues(_ scheme: Scheme) -> [String: Double] {
        let expansion = ExpansionTable(scheme)
        var values = ["exact": expansion.rows.allSatisfy { $0.exact == true } ? 1.0 : 0]
        for row in expansion.rows { values["float32_\(row.n)"] = row.float32Error }
        values["spectral"] = OperatorReport(scheme).spectralDeviation
        return values
    }

    private static func shapeValues(_ m: Int, _ k: Int, _ n: Int, _ rank: Int, seed: UInt64) -> [String: Double] {
        var configuration = TrainingPreset.lm.configuration
        (configuration.m, configuration.k, configuration.n) = (m, k, n)
        (configuration.slots, configuration.targetRank) = (rank, rank)
        if m * k * n > 18 { configuration.initScale = 0.5 }
        let start = TimeSource.thread
        let trainer = Outcome.trained(configuration, seed: seed)
        let squares = TensorKernel(layout: configuration.layout).evaluate(trainer.parameters)
        var values = [
            "solved": squares < 1e-18 ? 1.0 : 0, "seconds": TimeSource.thread - start, "delta": trainer.model.delta,
        ]
        values["round"] = (try? trainer.model.discretized(.round)) == nil ? 0 : 1
        return values
    }
}
