// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// Hyper-parameters of training: a preset, a file over it, flags over both.
struct RecipeOptions: ParsableArguments {
    @Option(help: "Recipe to start from; `strassen train --list` describes them.")
    var preset: String?
    @Option(name: .customLong("config"), help: "TOML file with hyper-parameters, such as the paper's config.toml.")
    var file: String?
    @Option(help: "Shape of the product.") var shape: String?
    @Option(help: "Rank of the scheme: slots left after pruning.") var rank: Int?
    @Option(help: "Slots at the start.") var slots: Int?
    @Option(help: "adamw, adam, sgd or lm (Levenberg–Marquardt).") var optimizer: String?
    @Option(help: "Samples in a batch.") var batchSize: Int?
    @Option(help: "Gradient steps of every phase.") var steps: Int?
    @Option(help: "Passes over the training samples in every phase.") var epochs: Int?
    @Option(help: "Learning rate of every phase.") var learningRate: Double?
    @Option(help: "Weight decay of every phase.") var weightDecay: Double?
    @Option(help: "How factors become a scheme, in order of preference: round,gauge.") var method: String?
    @Option(help: "Attempts after the first.") var restarts: Int?
    @Option(
        name: .customLong("set"),
        help: "Any other hyper-parameter as key=value, for one phase as phase2.key=value; `--list` names them.")
    var assignments: [String] = []

    /// The recipe that file and flags describe.
    ///
    /// - Throws: ``Failure`` with exit code 64 for a bad flag, `InputError` for a bad file.
    func recipe() throws -> TrainingFile {
        guard steps == nil || epochs == nil else {
            throw Failure(.usage, "--steps and --epochs both say how long a phase is", advice: "leave one of them out")
        }
        let named = try preset.map { name in
            guard let preset = TrainingPreset(rawValue: name) else {
                throw Failure(
                    .usage, "--preset: there is no \"\(name)\"",
                    advice: "one of \(TrainingPreset.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return preset
        }
        var recipe =
            try file.map { try TrainingFile(path: $0, preset: named) } ?? TrainingFile(preset: named ?? .minibatch)
        do {
            for (key, value) in flags { try recipe.set(flag: "\(key)=\(value)") }
            for assignment in assignments { try recipe.set(flag: assignment) }
            try recipe.validate()
        } catch let error as InputError {
            throw file == nil || error.file == "--set" ? Failure(.usage, "\(error)") : error
        }
        return recipe
    }

    /// Whether anything was asked for.
    var isEmpty: Bool { preset == nil && file == nil && flags.isEmpty && assignments.isEmpty }

    private var flags: [(String, String)] {
        let methods = method.map { "[" + $0.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",") + "]" }
        let values: [(String, String?)] = [
            ("shape", shape.map { "\"\($0)\"" }), ("target_slots", rank.map(String.init)),
            ("num_slots", slots.map(String.init)), ("optimizer", optimizer.map { "\"\($0)\"" }),
            ("batch_size", batchSize.map(String.init)), ("epochs", epochs.map(String.init)),
            ("steps", steps.map(String.init)), ("learning_rate", learningRate.map { "\($0)" }),
            ("weight_decay", weightDecay.map { "\($0)" }), ("discretization", methods),
            ("restarts", restarts.map(String.init)),
        ]
        return values.compactMap { key, value in value.map { (key, $0) } }
    }
}
