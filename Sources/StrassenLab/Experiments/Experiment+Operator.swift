// SPDX-License-Identifier: AGPL-3.0-or-later

extension Experiment {
    /// What the repository calls the discovery of the operator T.
    static let operatorT = Experiment(
        name: "operator", title: "T operator: effective rank by SVD, discrete values, blocks, spectrum under expansion",
        claim: "the operator T is found in the trained weights; expanding it preserves its spectrum",
        source: "paper §10.3; the repository's auto_T_discovery", defaultSeeds: 10,
        trials: { count, _ in
            OperatorPoint.allCases.flatMap { point in
                (1...UInt64(point.isFixed ? 1 : count)).map { seed in
                    Trial(["point": point.rawValue, "seed": "\(seed)"]) { try operatorValues(point, seed: seed) }
                }
            }
        },
        report: { records in
            let columns = ["rank", "entropy_rank", "gap", "condition", "distance", "block", "rows", "spectral"]
            var table = Table(
                "factors", ">effective rank", ">entropy rank", ">before the first gap", ">σ₁/σ₄",
                ">distance to half-integers", ">tiled by a block", ">rows alike up to signs", ">F ⊗ F off σᵢσⱼ by")
            for (key, cell) in records.cells("point") { table.add([key[0]] + columns.map { cell.median($0) }) }
            return [
                ExperimentTable(
                    "Medians over seeds of the least favourable of U, V and W; 1 is yes in the columns of blocks and rows",
                    table,
                    notes:
                        "Rank, gap and spectrum are the same for a random start: they hold for any r×4 matrix and discover nothing.",
                    "Only the distance to half-integers tells an algorithm from noise, and only after the gauge fix or an attraction."
                )
            ]
        })

    private static func operatorValues(_ point: OperatorPoint, seed: UInt64) throws -> [String: Double] {
        guard let report = try point.report(seed) else { return [:] }
        let factors = report.factors
        return [
            "rank": Double(factors.map(\.effectiveRank).min() ?? 0),
            "entropy_rank": factors.map(\.entropyRank).min() ?? 0,
            "gap": Double(factors.map(\.gapDimension).min() ?? 0), "condition": factors.map(\.condition).max() ?? .nan,
            "distance": factors.map(\.discreteDistance).max() ?? .nan,
            "block": factors.contains { $0.block != nil } ? 1 : 0,
            "rows": factors.allSatisfy(\.rowsAreSignedPermutations) ? 1 : 0,
            "spectral": report.spectralDeviation ?? .nan,
        ]
    }
}

/// Factors to look at.
private enum OperatorPoint: String, CaseIterable, Sendable {
    case random = "random start", trained = "end of the minibatch recipe", learned = "the same after the gauge fix"
    case attracted = "end of the attraction recipe", strassen = "Strassen's coefficients", winograd = "Winograd's"

    var isFixed: Bool { self == .strassen || self == .winograd }

    /// nil where the gauge fix fails.
    func report(_ seed: UInt64) throws -> OperatorReport? {
        switch self {
        case .strassen, .winograd: OperatorReport(try Scheme.builtin(self == .strassen ? "strassen" : "winograd"))
        case .random:
            OperatorReport(Trainer(configuration: TrainingPreset.minibatch.configuration, seed: seed, attempt: 0).model)
        case .trained: OperatorReport(Outcome.trained(TrainingPreset.minibatch.configuration, seed: seed).model)
        case .attracted: OperatorReport(Outcome.trained(TrainingPreset.attract.configuration, seed: seed).model)
        case .learned:
            (try? Outcome.trained(TrainingPreset.minibatch.configuration, seed: seed).model.discretized(.gauge))
                .map { OperatorReport($0.scheme) }
        }
    }
}
