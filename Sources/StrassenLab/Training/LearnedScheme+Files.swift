// SPDX-License-Identifier: AGPL-3.0-or-later

/// Files that a run of one seed leaves behind.
public enum LearnedFile: String, CaseIterable, Sendable {
    /// Trained factors in their own basis, float64.
    case safetensors, pt
    /// The proved scheme; nothing without a proof, except for a fallback that was asked for.
    case scheme
}

extension LearnedScheme {
    /// The trained factors with what is known of them as metadata of the file.
    func annotatedModel(preset: TrainingPreset) -> BilinearModel {
        var model = model
        model.metadata = [
            "generator": "strassen train", "seed": "\(seed)", "preset": preset.rawValue, "restarts": "\(restarts)",
            "train_loss": "\(metrics.trainLoss)", "test_loss": "\(metrics.testLoss)", "delta": "\(metrics.delta)",
            "active_slots": "\(metrics.activeSlots)", "proved": scheme == nil ? "no" : "yes",
        ]
        if let method { model.metadata["discretization"] = method.rawValue }
        if let failure { model.metadata["failure"] = failure }
        return model
    }

    /// Writes one file; each appears complete or not at all. Returns false where there is nothing to write: a scheme
    /// that was not proved.
    ///
    /// - Parameter fallback: Written as the scheme where none was proved.
    /// - Throws: ``FileSystemError``.
    public func write(
        _ file: LearnedFile, to path: String, preset: TrainingPreset, fallback: CanonicalFallback? = nil
    ) throws -> Bool {
        switch file {
        case .safetensors: try annotatedModel(preset: preset).write(to: path, format: .safetensors)
        case .pt: try annotatedModel(preset: preset).write(to: path, format: .torch)
        case .scheme:
            guard let text = try scheme?.text ?? fallback?.text(for: self) else { return false }
            try AtomicFile.write(Array(text.utf8), to: path)
        }
        return true
    }
}

/// The published scheme that stands in for one that was not learned: only on request, labelled in its name and in its
/// file, and never a success.
public struct CanonicalFallback: Sendable {
    /// A built-in scheme under the name `fallback-not-learned`.
    public let scheme: Scheme
    /// The built-in scheme's own name.
    public let original: String

    /// - Throws: ``InputError`` when no scheme of the goal's shape and rank is built in.
    public init(for configuration: TrainingConfiguration) throws {
        let (m, k, n) = (configuration.m, configuration.k, configuration.n)
        let candidates = try Scheme.builtinNames.map { try Scheme.builtin($0) }.filter {
            ($0.m, $0.k, $0.n) == (m, k, n) && $0.rank <= configuration.targetRank
        }
        if let best = candidates.min(by: { Self.size($0) < Self.size($1) }) {
            (scheme, original) = (try best.renamed("fallback-not-learned"), best.name)
            return
        }
        throw InputError(
            "no built-in scheme for \(configuration.goal)", field: "--fallback",
            advice:
                "leave it out, or search one: strassen discover --shape \(m)x\(k)x\(n) --rank \(configuration.targetRank)"
        )
    }

    /// Non-zero coefficients, fractions counted twice: the textbook's scheme has the fewest.
    private static func size(_ scheme: Scheme) -> Int {
        Scheme.Factor.allCases.flatMap { scheme.rows(of: $0).joined() }.reduce(0) {
            $0 + ($1.isZero ? 0 : $1.denominator == 1 ? 1 : 2)
        }
    }

    /// The text of its file: the coefficients under a comment that says what they are not.
    func text(for learned: LearnedScheme) throws -> String {
        let lines = try scheme.text.split(separator: "\n", omittingEmptySubsequences: false)
        let reason = learned.failure?.replacing("\n", with: " ") ?? "not proved"
        let label = [
            "# FALLBACK, NOT LEARNED: training from seed \(learned.seed) gave no proved scheme.",
            "# These are the published coefficients of the built-in scheme \(original).",
            "# Reason: \(reason)",
        ]
        return (lines.prefix(1).map(String.init) + label + lines.dropFirst().map(String.init)).joined(separator: "\n")
    }
}
