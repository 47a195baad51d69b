// SPDX-License-Identifier: AGPL-3.0-or-later

/// What became of trained factors, judged in every way the paper and this project know.
struct Outcome {
    /// `round`, `gate`, `gauge`: 1 when exact by plain rounding, by rounding with δ ≤ 0.1, by the gauge fix. `delta` is
    /// the paper's δ, `mean_distance` what its scripts call δ, `residual` the largest error of the tensor, `gauge_margin`
    /// the margin after the gauge fix.
    static func values(of model: BilinearModel) -> [String: Double] {
        let round = try? model.discretized(.round)
        let gauge = try? model.discretized(.gauge)
        let isRound = round.map { $0.scheme.rank <= 7 } ?? false
        var values: [String: Double] = [
            "round": isRound ? 1 : 0, "gate": isRound && model.delta <= 0.1 ? 1 : 0, "gauge": gauge == nil ? 0 : 1,
            "delta": model.delta, "mean_distance": meanDistance(model), "residual": model.tensorResidual,
        ]
        if let gauge { values["gauge_margin"] = gauge.margin }
        return values
    }

    /// The scripts' discretisation error: the mean distance to the nearest of −1, 0, 1, averaged over U, V and W.
    static func meanDistance(_ model: BilinearModel) -> Double {
        let means = [model.u, model.v, model.w].map { factor in
            factor.reduce(0) { $0 + abs($1 - ternary($1)) } / Double(factor.count)
        }
        return means.reduce(0, +) / 3
    }

    /// One attempt of a recipe to its end.
    static func trained(_ configuration: TrainingConfiguration, seed: UInt64, attempt: Int = 0) -> Trainer {
        let trainer = Trainer(configuration: configuration, seed: seed, attempt: attempt)
        while !trainer.isFinished { trainer.advance(limit: 10_000) }
        return trainer
    }

    /// One attempt and its outcome, `loss` being the last batch's.
    static func attempt(_ configuration: TrainingConfiguration, seed: UInt64) -> [String: Double] {
        let trainer = trained(configuration, seed: seed)
        var values = values(of: trainer.model)
        values["loss"] = trainer.loss
        return values
    }
}

extension BilinearModel {
    /// The factors of a scheme as float64.
    init(_ scheme: Scheme) {
        let flat = { (factor: Scheme.Factor) in scheme.rows(of: factor).flatMap { $0.map(\.doubleValue) } }
        self.init(m: scheme.m, k: scheme.k, n: scheme.n, u: flat(.u), v: flat(.v), w: flat(.w))
    }

    /// All parameters in one array: U, V, W.
    var parameters: [Double] { u + v + w }

    /// The model with other parameters, in the order of ``parameters``.
    func replacing(_ parameters: [Double]) -> BilinearModel {
        var copy = FactorLayout(m: m, k: k, n: n, slots: rank).model(parameters)
        (copy.mask, copy.metadata) = (mask, metadata)
        return copy
    }

    /// The model with independent N(0, σ²) noise on every parameter.
    func perturbed(_ sigma: Double, _ random: inout RandomSource) -> BilinearModel {
        replacing(parameters.map { $0 + sigma * random.normal() })
    }
}
