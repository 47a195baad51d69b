// SPDX-License-Identifier: AGPL-3.0-or-later

extension Experiment {
    /// Every experiment, in the order of docs/claims.md.
    public static let all: [Experiment] = [
        recipes, ablation, batch, phase, checkpoints, permutation, noise, pruning, spectrum, prediction, trajectory,
        attractors, grokking, weights, operatorT, expansion, shapes, coherence,
    ]

    /// - Throws: ``InputError`` that lists the names.
    public static func named(_ name: String) throws -> Experiment {
        guard let experiment = all.first(where: { $0.name == name }) else {
            throw InputError(
                "there is no experiment \"\(name)\"",
                advice: "one of \(all.map(\.name).joined(separator: ", "))")
        }
        return experiment
    }
}
