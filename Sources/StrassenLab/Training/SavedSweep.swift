// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// The content of a state file of ``LearningSweep``.
struct SavedSweep: Codable {
    private static let formatName = "strassen-train-state"

    private var format = formatName
    private var version = 1
    let preset: TrainingPreset
    let configuration: TrainingConfiguration
    let seeds: [UInt64]
    let finished: [LearnedScheme]
    let interrupted: [LearningState]

    init(
        preset: TrainingPreset, configuration: TrainingConfiguration, seeds: [UInt64], finished: [LearnedScheme],
        interrupted: [LearningState]
    ) {
        (self.preset, self.configuration, self.seeds) = (preset, configuration, seeds)
        (self.finished, self.interrupted) = (finished, interrupted)
    }

    /// Reads what ``bytes()`` gave, and checks it: the file may be damaged, or written by somebody else.
    ///
    /// - Throws: ``InputError`` that names the field.
    init(bytes: [UInt8]) throws {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            self = try decoder.decode(SavedSweep.self, from: Data(bytes))
        } catch {
            throw Self.unreadable(error)
        }
        guard format == Self.formatName, version == 1 else {
            throw InputError("format \(format) version \(version), expected \(Self.formatName) version 1")
        }
        if let problem = configuration.problem { throw InputError(problem, field: "configuration") }
        try checkSeeds()
        for learned in finished { try check(learned) }
        for state in interrupted { try check(state) }
    }

    /// JSON.
    func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return Array(try encoder.encode(self))
    }

    private static func unreadable(_ error: any Error) -> InputError {
        let context: DecodingError.Context? =
            switch error as? DecodingError {
            case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
                .valueNotFound(_, let context):
                context
            default: nil
            }
        let place = context?.codingPath.map { $0.intValue.map { "\($0 + 1)" } ?? $0.stringValue } ?? []
        return InputError(
            "not a training state" + (place.isEmpty ? "" : ": \(context?.debugDescription ?? "")"),
            field: place.isEmpty ? nil : place.joined(separator: ", "),
            advice: "expected the file that an interrupted `strassen train` wrote")
    }

    // MARK: checks

    private func checkSeeds() throws {
        try require((1...1_000_000).contains(seeds.count), "seeds", "expected 1 to 1000000 seeds, got \(seeds.count)")
        try require(Set(seeds).count == seeds.count, "seeds", "a seed is there twice")
        let runs = finished.map(\.seed) + interrupted.map(\.seed)
        try require(Set(runs).count == runs.count, "finished, interrupted", "a seed is there twice")
        try require(Set(runs).isSubset(of: seeds), "finished, interrupted", "a seed is there that is not in seeds")
    }

    private func check(_ learned: LearnedScheme) throws {
        let place = "finished, seed \(learned.seed)"
        let (goal, model) = (configuration, learned.model)
        try require(
            (model.m, model.k, model.n) == (goal.m, goal.k, goal.n) && model.rank == goal.slots, "\(place), parameters",
            "they do not have the shape and the slots of the configuration")
        try require(
            (0...goal.restarts).contains(learned.restarts), "\(place), restarts",
            "expected 0...\(goal.restarts), got \(learned.restarts)")
        try checkTimes(learned.seconds, learned.cpuSeconds, place)
        if let scheme = learned.scheme { try prove(scheme, "\(place), scheme") }
    }

    /// Only a proof makes a scheme: what a file says of it does not count.
    private func prove(_ scheme: Scheme, _ field: String) throws {
        let goal = configuration
        try require(
            (scheme.m, scheme.k, scheme.n) == (goal.m, goal.k, goal.n) && scheme.rank <= goal.targetRank, field,
            "it is a \(scheme.shape), the configuration looks for \(goal.goal)")
        let failed: Int
        do { failed = try scheme.verify().failed } catch { throw InputError("\(error)", field: field) }
        try require(failed == 0, field, "it multiplies no matrices: \(failed) of its Brent equations fail")
    }

    private func check(_ state: LearningState) throws {
        let place = "interrupted, seed \(state.seed)"
        if let field = state.trainer.misfit(configuration) {
            throw Self.damage("it does not fit the configuration", "\(place), trainer, \(field)")
        }
        try checkTimes(state.seconds, state.cpuSeconds, place)
    }

    private func checkTimes(_ seconds: Double, _ cpuSeconds: Double, _ place: String) throws {
        for (name, time) in [("seconds", seconds), ("cpuSeconds", cpuSeconds)] {
            try require(
                time.isFinite && time >= 0, "\(place), \(name)", "expected a finite number ≥ 0, got \(time)")
        }
    }

    private func require(_ isGood: Bool, _ field: String, _ message: String) throws {
        guard isGood else { throw Self.damage(message, field) }
    }

    private static func damage(_ message: String, _ field: String) -> InputError {
        InputError(message, field: field, advice: "the file is damaged or was changed; begin again without --resume")
    }
}
