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
                update: row.costs.update * scale, sum: row.costs.sum, leaf: row.costs.leaf, far: row.costs.far)
            row.threads = problem.threads
        }
        return row
    }
}

/// Prices that explain measured times best.
///
/// Minimises Σ weight · ((speed·work·price − time) / time)² + damping · Σ (price/prior − 1)² over prices ≥ a tenth of the
/// prior, by cyclic coordinate descent, which is exact for a convex quadratic under bounds. The damping keeps prices that
/// the measurements say little about where they were: pack and update prices trade off against each other, and what noise
/// makes of that would be different the next time. Every race has a `speed` of its own, near 1: a neighbour that slowed
/// all its contenders alike says nothing about prices, and what decides is who was faster in the same race.
struct CostFit {
    struct Observation {
        let work: PlanWork
        /// Nanoseconds.
        let time: Double
        var weight = 1.0
        /// Those of one race were measured side by side.
        var race = 0
    }

    let costs: Costs
    /// Root of the mean square of (predicted − measured) / measured, weighted and at the races' speeds as in the fit.
    let error: Double

    /// Rounds of fitting prices to speeds and speeds to prices.
    private static let rounds = 20
    /// What a speed other than 1 costs, in residuals.
    private static let stiffness = 0.1

    /// What a price other than the prior costs by default, in squares of residuals for each observation.
    static let usualDamping = 1e-4

    init(_ observations: [Observation], prior: Costs, damping: Double = usualDamping) {
        let scaled = Self.scaled(prior, observations)
        let rows = observations.map { seen in
            Row(
                parts: zip(seen.work.amounts, scaled.values).map { $0 * $1 / seen.time }, weight: seen.weight,
                race: seen.race)
        }
        let penalty = damping * Double(max(1, observations.count))
        var speeds: [Int: Double] = [:]
        var factors = [Double](repeating: 1, count: scaled.values.count)
        for _ in 0..<Self.rounds {
            Self.descend(&factors, rows, speeds, penalty)
            speeds = Self.speeds(rows, factors)
        }
        costs = Costs(values: zip(scaled.values, factors).map { $0 * $1 })
        let weights = rows.reduce(0) { $0 + $1.weight }
        let squares = rows.reduce(0) { sum, row in
            let residual = row.predicted(factors) * speeds[row.race, default: 1] - 1
            return sum + row.weight * residual * residual
        }
        error = weights > 0 ? (squares / weights).squareRoot() : 0
    }

    /// An observation in units of its time: parts · factors · speed should be 1.
    private struct Row {
        let parts: [Double]
        let weight: Double
        let race: Int
        func predicted(_ factors: [Double]) -> Double { zip(parts, factors).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    /// The best factors on the prices at these speeds.
    private static func descend(
        _ factors: inout [Double], _ rows: [Row], _ speeds: [Int: Double], _ penalty: Double
    ) {
        for _ in 0..<500 {
            var change = 0.0
            for column in factors.indices {
                var (slope, curvature) = (penalty * (1 - factors[column]), penalty)
                for row in rows {
                    let speed = speeds[row.race, default: 1]
                    let part = row.parts[column] * speed
                    slope += row.weight * (1 - row.predicted(factors) * speed) * part
                    curvature += row.weight * part * part
                }
                let next = max(0.1, factors[column] + slope / curvature)
                change = max(change, abs(next - factors[column]))
                factors[column] = next
            }
            if change < 1e-9 { return }
        }
    }

    /// The races' best speeds at these prices, 1 for the median race.
    private static func speeds(_ rows: [Row], _ factors: [Double]) -> [Int: Double] {
        let speeds = Dictionary(grouping: rows, by: \.race).mapValues { race in
            let sums = race.reduce(into: (stiffness, stiffness)) { sums, row in
                let predicted = row.predicted(factors)
                sums.0 += row.weight * predicted
                sums.1 += row.weight * predicted * predicted
            }
            return sums.0 / sums.1
        }
        guard !speeds.isEmpty else { return speeds }
        let median = Sample(Array(speeds.values)).median
        return speeds.mapValues { $0 / median }
    }

    /// The prior at this machine's speed: all prices times the median of measured over predicted.
    private static func scaled(_ prior: Costs, _ observations: [Observation]) -> Costs {
        guard !observations.isEmpty else { return prior }
        let speed = Sample(observations.map { $0.time / $0.work.time(prior) }).median
        return Costs(values: prior.values.map { $0 * speed })
    }
}
