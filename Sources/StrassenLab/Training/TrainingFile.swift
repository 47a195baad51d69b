// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import TOMLKit

/// A training run as a person describes it: a preset, changed by a TOML file, changed by flags.
///
/// Keys at the top level of the file hold for the run, or for every phase when they are a phase's; `[[phase]]` tables
/// change the preset's phases one by one and add further ones; `phase1_lr = …` is short for the first phase's. What is
/// said of one phase wins over what is said of all.
public struct TrainingFile: Sendable {
    public var configuration: TrainingConfiguration
    /// The file's seed, where it has one.
    public var seed: UInt64?
    /// The preset it starts from.
    public var preset: TrainingPreset
    /// Keys that were set and decide what ``adoptShape()`` may still change.
    private var explicit: Set<String> = []

    /// A preset without changes.
    public init(preset: TrainingPreset) {
        (configuration, self.preset) = (preset.configuration, preset)
    }

    /// Reads a TOML text over a preset: the argument, else its own `preset` key, else `minibatch`.
    ///
    /// - Throws: ``InputError`` that names the key and what it expects.
    public init(toml: String, preset: TrainingPreset? = nil) throws {
        let entries = try Self.entries(of: TOMLTable(input: toml))
        let section = try entries.first { $0.name == "algorithm" }.map(Self.section) ?? []
        let named = try entries.first { $0.name == "preset" }.map { try Self.preset(TrainingValue($0.value)) }
        self.init(preset: preset ?? named ?? .minibatch)
        let phases = try entries.first { $0.name == "phase" }.map { try Self.phases($0.value, key: $0.key) } ?? []
        while configuration.phases.count < phases.count { configuration.phases.append(TrainingPhase()) }
        for entry in section where Self.phasePrefix(entry.name) == nil { try set(entry) }
        for entry in entries where Self.phasePrefix(entry.name) == nil {
            switch entry.name {
            case "preset", "phase", "algorithm": continue
            case "seed": seed = try Self.seed(TrainingValue(entry.value))
            default: try set(entry)
            }
        }
        for entry in section + entries where Self.phasePrefix(entry.name) != nil { try set(entry) }
        for (index, phase) in phases.enumerated() { try set(phase, at: index) }
    }

    /// Reads a file, see ``init(toml:preset:)``.
    ///
    /// - Throws: ``InputError`` that names the file.
    public init(path: String, preset: TrainingPreset? = nil) throws {
        guard let text = String(validating: try FileInput.contents(of: path, limit: 1 << 20), as: UTF8.self) else {
            throw InputError("not UTF-8 text", advice: "expected a TOML file", file: path)
        }
        do {
            self = try TrainingFile(toml: text, preset: preset)
        } catch let error as InputError {
            throw error.in(path)
        }
    }

    /// Applies `key=value` as `--set` does; `phase2.key=value` means the second phase only.
    public mutating func set(flag: String) throws {
        guard let equals = flag.firstIndex(of: "=") else {
            throw InputError("expected key=value, got \"\(flag)\"", field: "--set")
        }
        let key = flag[..<equals].trimmingCharacters(in: .whitespaces)
        let value = TrainingValue(flag: flag[flag.index(after: equals)...].trimmingCharacters(in: .whitespaces))
        do {
            try set(key, value)
        } catch let error as InputError {
            throw error.in("--set")
        }
    }

    /// - Throws: ``InputError`` when the values cannot go together.
    public func validate() throws {
        guard let problem = configuration.problem else { return }
        let parts = problem.split(separator: ": ", maxSplits: 1)
        throw InputError(String(parts[1]), field: String(parts[0]))
    }

    // MARK: setting

    /// Sets one key, of the run or of all phases or (`phase2_lr`, `phase2.lr`) of one.
    ///
    /// - Parameter names: The keys that could stand there, for an error.
    mutating func set(_ key: String, _ value: TrainingValue, amongst names: [String] = Self.keyNames) throws {
        let name = key.lowercased()
        if let (index, rest) = Self.phasePrefix(name) {
            guard configuration.phases.indices.contains(index) else {
                throw InputError("there are \(configuration.phases.count) phases", field: key)
            }
            return try set(rest, value, of: index, label: key)
        }
        if let known = TrainingKeys.run.first(where: { $0.names.contains(name) }) {
            guard known.set(&configuration, value) else { throw Self.mismatch(key, known.expects, value) }
            explicit.insert(known.names[0])
            adoptShape()
            return
        }
        for index in configuration.phases.indices { try set(name, value, of: index, label: key, amongst: names) }
    }

    /// Where only the shape was given, looks for its best known rank; keeps the preset's number of spare slots.
    private mutating func adoptShape() {
        let shapeIsSet = explicit.contains("shape") || explicit.contains("base_size")
        let spare = preset.configuration.slots - preset.configuration.targetRank
        if shapeIsSet && !explicit.contains("target_slots"), configuration.hasShapeInRange {
            configuration.targetRank = KnownRanks.rank(SearchShape(configuration.m, configuration.k, configuration.n))
        }
        if (shapeIsSet || explicit.contains("target_slots")) && !explicit.contains("num_slots") {
            let (slots, isTooMany) = configuration.targetRank.addingReportingOverflow(spare)
            configuration.slots = isTooMany ? .max : slots
        }
    }

    private mutating func set(
        _ name: String, _ value: TrainingValue, of index: Int, label: String, amongst names: [String] = phaseKeyNames
    ) throws {
        guard let known = TrainingKeys.phase.first(where: { $0.names.contains(name) }) else {
            throw InputError("unknown key", field: label, advice: "known keys: \(names.joined(separator: ", "))")
        }
        guard known.set(&configuration.phases[index], value) else { throw Self.mismatch(label, known.expects, value) }
    }

    /// Applies an entry of the file that is neither its preset, seed nor phases.
    private mutating func set(_ entry: Entry) throws {
        let names = (entry.section == nil ? ["preset", "seed"] : []) + Self.keyNames
        do {
            try set(entry.key, TrainingValue(entry.value), amongst: names)
        } catch let error as InputError {
            throw entry.section.map { error.within("[\($0)]") } ?? error
        }
    }

    /// Applies one `[[phase]]` table.
    private mutating func set(_ phase: TOMLTable, at index: Int) throws {
        for entry in try Self.entries(of: phase) {
            try set(entry.name, TrainingValue(entry.value), of: index, label: "phase \(index + 1), \(entry.key)")
        }
    }

    // MARK: parts

    private static var phaseKeyNames: [String] { TrainingKeys.phase.map { $0.names[0] } }
    private static var keyNames: [String] { TrainingKeys.run.map { $0.names[0] } + phaseKeyNames }

    /// A key as written and as it is compared, its value, and the section where it stands.
    private struct Entry {
        let key: String
        let value: TOMLValueConvertible
        var section: String?
        var name: String { key.lowercased() }
    }

    /// A table's entries in the order of their names.
    private static func entries(of table: TOMLTable, section: String? = nil) throws -> [Entry] {
        let entries = table.keys.compactMap { key in table[key].map { Entry(key: key, value: $0, section: section) } }
            .sorted { ($0.name, $0.key) < ($1.name, $1.key) }
        for (one, next) in zip(entries, entries.dropFirst()) where one.name == next.name {
            throw InputError("it is there twice, also as \(next.key)", field: one.key, advice: "keep one of them")
        }
        return entries
    }

    /// The entries of `[algorithm]`, where the paper's config.toml has the keys that may also stand at the top.
    private static func section(_ entry: Entry) throws -> [Entry] {
        guard let table = entry.value.table else {
            throw mismatch(entry.key, "a table", TrainingValue(entry.value))
        }
        do {
            return try entries(of: table, section: entry.key)
        } catch let error as InputError { throw error.within("[\(entry.key)]") }
    }

    private static func phases(_ value: TOMLValueConvertible, key: String) throws -> [TOMLTable] {
        guard let list = value.array, list.allSatisfy({ $0.table != nil }) else {
            throw mismatch(key, "[[phase]] tables", TrainingValue(value))
        }
        return list.compactMap(\.table)
    }

    private static func mismatch(_ key: String, _ expects: String, _ value: TrainingValue) -> InputError {
        InputError("expected \(expects), got \(value)", field: key)
    }

    private static func preset(_ value: TrainingValue) throws -> TrainingPreset {
        guard let preset = value.text.flatMap(TrainingPreset.init(rawValue:)) else {
            let names = TrainingPreset.allCases.map(\.rawValue).joined(separator: ", ")
            throw mismatch("preset", "one of \(names)", value)
        }
        return preset
    }

    private static func seed(_ value: TrainingValue) throws -> UInt64 {
        guard let seed = value.integer, seed >= 0 else { throw mismatch("seed", "an integer ≥ 0", value) }
        return UInt64(seed)
    }

    /// `"phase2_lr"` and `"phase2.lr"` as (1, "lr").
    private static func phasePrefix(_ name: String) -> (Int, String)? {
        guard name.hasPrefix("phase") else { return nil }
        let rest = name.dropFirst("phase".count)
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), number > 0, let separator = rest.dropFirst(digits.count).first,
            separator == "_" || separator == "."
        else { return nil }
        return (number - 1, String(rest.dropFirst(digits.count + 1)))
    }
}
