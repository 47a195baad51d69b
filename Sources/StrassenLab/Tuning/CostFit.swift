// SPDX-License-Identifier: AGPL-3.0-or-later

/// How much work of each kind a plan does, in the order of ``Costs/names``: its predicted time is Σ work · price.
struct PlanWork: Sendable, Equatable {
    let amounts: [Double]

    /// The derivative of the planner's prediction by each price: the prediction is linear in them as long as they choose
    /// the same program for the explicit levels, so the steps are small.
    ///
    /// - Returns: `nil` when the engine has no such plan.
    init?(_ candidate: PlanCandidate, _ problem: TuningProblem, _ profile: Profile) {
        guard let row = profile.row(problem), let base = Self.predicted(candidate, problem, profile, row.costs) else {
            return nil
        }
        var amounts: [Double] = []
        for (index, price) in row.costs.values.enumerated() {
            let step = max(price, 1e-3) * 1e-3
            var values = row.costs.values
            values[index] = price + step
            guard let more = Self.predicted(candidate, problem, profile, Costs(values: values)) else { return nil }
            amounts.append(max(0, (more - base) / step))
        }
        self.amounts = amounts
    }

    /// Nanoseconds at these prices.
    func time(_ costs: Costs) -> Double { zip(amounts, costs.values).reduce(0) { $0 + $1.0 * $1.1 } }

    private static func predicted(
        _ candidate: PlanCandidate, _ problem: TuningProblem, _ profile: Profile, _ costs: Costs
    ) -> Double? {
        var priced = profile
        guard var row = profile.row(problem) else { return nil }
        row.costs = costs
        priced.tunings = [row]
        return candidate.plan(problem, priced).map { $0.info.predictedSeconds * 1e9 }
    }
}

extension Profile {
    /// The row that the planner uses for a problem, with prices scaled to its threads as the planner does it.
    func row(_ problem: TuningProblem) -> Tuning? {
        let rows = tunings.filter { $0.precision == problem.precision }
        guard var row = rows.min(by: { abs($0.threads - problem.threads) < abs($1.threads - problem.threads) }) else {
            return nil
        }
        if row.threads != problem.threads {
            let scale = Double(row.threads) / Double(problem.threads)
            row.costs = Costs(
                multiplyAdd: row.costs.multiplyAdd * scale, pack: row.costs.pack.map { $0 * scale },
                update: row.costs.update * scale, sum: row.costs.sum, leaf: row.costs.leaf)
            row.threads = problem.threads
        }
        return row
    }
}

/// Prices that explain measured times best.
///
/// Minimises Σ ((work·price − time) / time)² + damping · Σ (price/prior − 1)² over prices ≥ a tenth of the prior, by
/// cyclic coordinate descent, which is exact for a convex quadratic under bounds. The damping keeps prices that the
/// measurements say nothing about where they were.
struct CostFit {
    struct Observation {
        let work: PlanWork
        /// Nanoseconds.
        let time: Double
        var weight = 1.0
    }

    let costs: Costs
    /// Root of the mean square of (predicted − measured) / measured, weighted as in the fit.
    let error: Double

    init(_ observations: [Observation], prior: Costs, damping: Double = 1e-4) {
        let scaled = Self.scaled(prior, observations)
        let rows = observations.map { seen in
            (zip(seen.work.amounts, scaled.values).map { $0 * $1 / seen.time }, seen.weight)
        }
        let count = scaled.values.count
        let penalty = damping * Double(max(1, observations.count))
        var factors = [Double](repeating: 1, count: count)
        for _ in 0..<2000 {
            var change = 0.0
            for column in 0..<count {
                var (slope, curvature) = (penalty * (1 - factors[column]), penalty)
                for (row, weight) in rows {
                    let residual = 1 - zip(row, factors).reduce(0) { $0 + $1.0 * $1.1 }
                    slope += weight * residual * row[column]
                    curvature += weight * row[column] * row[column]
                }
                let next = max(0.1, factors[column] + slope / curvature)
                change = max(change, abs(next - factors[column]))
                factors[column] = next
            }
            if change < 1e-9 { break }
        }
        let fitted = Costs(values: zip(scaled.values, factors).map { $0 * $1 })
        costs = fitted
        error = Self.error(fitted, observations)
    }

    private static func error(_ costs: Costs, _ observations: [Observation]) -> Double {
        let weights = observations.reduce(0) { $0 + $1.weight }
        let squares = observations.reduce(0) { sum, seen in
            let residual = seen.work.time(costs) / seen.time - 1
            return sum + seen.weight * residual * residual
        }
        return weights > 0 ? (squares / weights).squareRoot() : 0
    }

    /// The prior at this machine's speed: all prices times the median of measured over predicted.
    private static func scaled(_ prior: Costs, _ observations: [Observation]) -> Costs {
        guard !observations.isEmpty else { return prior }
        let speed = Sample(observations.map { $0.time / $0.work.time(prior) }).median
        return Costs(values: prior.values.map { $0 * speed })
    }
}
