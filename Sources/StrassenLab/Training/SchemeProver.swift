// SPDX-License-Identifier: AGPL-3.0-or-later

/// From trained factors to a proved scheme.
enum SchemeProver {
    struct Outcome {
        var scheme: Scheme?
        var method: DiscretizationMethod?
        var margin: Double?
        var failure: String?
    }

    /// Tries the configuration's methods in order; a scheme counts only when it is proved and has the target rank
    /// or less. Never substitutes known coefficients.
    static func prove(_ model: BilinearModel, seed: UInt64, configuration: TrainingConfiguration) -> Outcome {
        guard !configuration.discretization.isEmpty else { return Outcome(failure: "no discretization was asked for") }
        var failures: [String] = []
        for method in configuration.discretization {
            do {
                let found = try model.discretized(method, name: "learned-seed\(seed)")
                if let margin = configuration.margin, found.margin > margin {
                    failures.append("\(method.rawValue): margin \(short(found.margin)) exceeds \(short(margin))")
                } else if found.scheme.rank > configuration.targetRank {
                    failures.append("\(method.rawValue): exact, but of rank \(found.scheme.rank)")
                } else {
                    return Outcome(scheme: found.scheme, method: method, margin: found.margin)
                }
            } catch {
                failures.append("\(method.rawValue): \(error)")
            }
        }
        return Outcome(failure: failures.joined(separator: "; "))
    }
}
