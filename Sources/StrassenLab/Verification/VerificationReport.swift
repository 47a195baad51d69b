// SPDX-License-Identifier: AGPL-3.0-or-later

/// Everything that can be said about a file of coefficients: whether they are an exact algorithm, and what it is like.
public struct VerificationReport: Sendable, Encodable {
    /// One way to exact coefficients and how it ended.
    public struct Attempt: Sendable, Encodable {
        /// `nil`: the coefficients were exact as they lay in the file.
        public let method: DiscretizationMethod?
        public let proved: Bool
        /// Largest distance of a parameter to its rounded value in the basis of the method; `nil` where there is none.
        public let margin: Double?
        /// Why not, in one sentence; `nil` when proved.
        public let failure: String?
    }

    /// The outcome of the Brent equations in exact arithmetic.
    public struct Proof: Sendable, Encodable {
        public let equations, failed: Int
        /// Of `"z"`, `"q"`, `"gf2"`, those over which all equations hold.
        public let rings: [String]
    }

    /// `"⟨2,2,2;7⟩"`, of the scheme if there is one, else of the model.
    public let shape: String
    /// Whether the algorithm multiplies real matrices: all equations hold over Q.
    public let proved: Bool
    public let attempts: [Attempt]
    public let proof: Proof?
    /// The trained factors as they lay in the file.
    public let model: ModelSummary?
    /// The model's slots that the products came from.
    public let slots: [Int]?
    public let structure: SchemeStructure?
    /// Hash of the canonical form, for ⟨2,2,2;7⟩.
    public let canonicalHash: String?
    public let expansion: ExpansionTable?
    /// Structure of U, V, W: of the scheme if there is one, else of the model.
    public let structureOfFactors: OperatorReport
    /// The exact coefficients, proved or not; `nil` when no method gave any.
    public let scheme: Scheme?

    private enum CodingKeys: String, CodingKey {
        case shape, proved, attempts, proof, model, slots, structure, canonicalHash, expansion
        case structureOfFactors = "operator"
    }

    /// Verifies what a file holds.
    ///
    /// - Parameters:
    ///   - methods: For trained factors, in the order in which to try them; the first that proves a scheme ends it.
    ///   - name: Of the scheme.
    ///   - expanding: Whether to fill ``expansion``.
    /// - Throws: ``StrassenError`` where exact arithmetic overflows or a shape is beyond the engine.
    public init(
        _ specimen: Specimen, methods: [DiscretizationMethod] = [.round, .gauge], name: String = "learned",
        expanding: Bool = true
    ) throws {
        switch specimen {
        case .scheme(let scheme):
            try self.init(scheme: scheme, model: nil, found: nil, attempts: [], expanding: expanding)
        case .model(let model):
            let (found, attempts) = try VerificationReport.discretize(model, methods, name)
            try self.init(scheme: found?.scheme, model: model, found: found, attempts: attempts, expanding: expanding)
        }
    }

    private init(
        scheme: Scheme?, model: BilinearModel?, found: Discretization?, attempts: [Attempt], expanding: Bool
    ) throws {
        let report = try scheme?.verify()
        self.scheme = scheme
        proved = report?.isExact ?? false
        proof = report.map { Proof(equations: $0.equations, failed: $0.failed, rings: $0.rings.names) }
        self.attempts =
            attempts.isEmpty
            ? [Attempt(method: nil, proved: proved, margin: nil, failure: report?.failureText(scheme!))] : attempts
        shape = scheme?.shape ?? model!.shape
        self.model = model.map(ModelSummary.init)
        slots = found?.slots
        structure = try scheme.map(SchemeStructure.init)
        canonicalHash = proved ? try? scheme?.canonicalForm().hash : nil
        expansion = expanding ? scheme.map { ExpansionTable($0, model: model) } : nil
        structureOfFactors = scheme.map(OperatorReport.init) ?? OperatorReport(model!)
    }

    private static func discretize(_ model: BilinearModel, _ methods: [DiscretizationMethod], _ name: String) throws
        -> (found: Discretization?, attempts: [Attempt])
    {
        var attempts: [Attempt] = []
        for method in methods {
            do {
                let found = try model.discretized(method, name: name)
                attempts.append(Attempt(method: method, proved: true, margin: found.margin, failure: nil))
                return (found, attempts)
            } catch let error as DiscretizationError {
                attempts.append(
                    Attempt(method: method, proved: false, margin: error.margin, failure: error.description))
            }
        }
        return (nil, attempts)
    }
}

/// Trained factors in numbers.
public struct ModelSummary: Sendable, Equatable, Encodable {
    public let m, k, n, slots, parameters: Int
    /// Slots whose importance is at least ``BilinearModel/deadSlotFraction`` of the largest.
    public let liveSlots: [Int]
    /// ‖u‖·‖v‖·‖w‖ of every slot, mask applied.
    public let importance: [Double]
    /// max |w − Q(w)| over all parameters: the paper's δ; a model is discretisable there when it is at most 0.1.
    public let delta: Double
    /// max |Σ_p U_p ⊗ V_p ⊗ W_p − T|, mask applied.
    public let tensorResidual: Double
    /// Size of the tensor that the model computes, relative to the true one.
    public let relativeNorm: Double
    public let metadata: [String: String]

    public init(_ model: BilinearModel) {
        (m, k, n, slots) = (model.m, model.k, model.n, model.rank)
        (parameters, liveSlots, importance) = (model.parameterCount, model.liveSlots, model.importance)
        (delta, tensorResidual, relativeNorm) = (model.delta, model.tensorResidual, model.relativeNorm)
        metadata = model.metadata
    }
}

extension BrentReport.Rings {
    /// `["z", "q", "gf2"]` or those of them that are in the set: the words of `--ring`.
    public var names: [String] {
        let all: [(BrentReport.Rings, String)] = [(.integers, "z"), (.rationals, "q"), (.gf2, "gf2")]
        return all.compactMap { contains($0) ? $1 : nil }
    }
}

extension BrentReport {
    /// ``describedFailure(k:n:)``, and whether the scheme holds mod 2 at least; `nil` when no equation fails.
    func failureText(_ scheme: Scheme) -> String? {
        guard firstFailure != nil else { return nil }
        let only = rings.contains(.gf2) ? "; the scheme holds mod 2 only" : ""
        return describedFailure(k: scheme.k, n: scheme.n) + only
    }
}

extension DiscretizationError {
    /// The margin of a rounding that was tried.
    public var margin: Double? {
        if case .notAScheme(_, let margin, _, _, _) = self { margin } else { nil }
    }
}
