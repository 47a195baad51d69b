// SPDX-License-Identifier: AGPL-3.0-or-later

/// From trained factors to a proved scheme.
enum SchemeProver {
    struct Outcome {
        var scheme: Scheme?
        var method: DiscretizationMethod?
        var failure: String?
    }

    /// Tries the configuration's methods in order; never substitutes known coefficients.
    static func prove(_ model: BilinearModel, seed: UInt64, configuration: TrainingConfiguration) -> Outcome {
        Outcome(failure: "pending")
    }
}
