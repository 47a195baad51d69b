// SPDX-License-Identifier: AGPL-3.0-or-later

/// How a person names an engine and its settings: `turbo:scheme=winograd+strassen,levels=3`.
///
/// `NAME[+LEAF][@THREADS][:key=value,…]`, where NAME is an engine of ours (`auto`, `classical`, `basic`, `optimal`,
/// `turbo`, `reference`), `openblas` (the linked one), `against` (every library of `--against`), or `unfair` (the
/// paper's protocol: products in parallel, each by one-thread OpenBLAS). LEAF is `openblas`, for `basic` and `optimal`.
public struct ContenderSpec: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case engine(Engine)
        case openblas, against, unfair
    }

    public var kind: Kind
    /// Leaves by the linked OpenBLAS instead of our classical product.
    public var leafIsOpenBLAS = false
    /// Whether the linked OpenBLAS computes some of it.
    public var usesOpenBLAS: Bool { kind == .openblas || kind == .unfair || leafIsOpenBLAS }
    /// Threads, whatever the case says; nil: the case's.
    public var threads: Int?
    /// Names or files by level, outermost first; empty: the planner's own.
    public var schemes: [String] = []
    public var levels, fusedLevels, cutoff, workspace: Int?
    public var instructionSet: InstructionSet?
    public var kernel: String?
    public var accurate = false, deterministic = false

    public init(_ kind: Kind) { self.kind = kind }

    /// Reads the text form.
    ///
    /// - Throws: ``InputError`` that says which part is wrong and what it may be.
    public init(text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let named = parts[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let words = named[0].split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        kind = try Self.kind(words[0], in: text)
        if words.count > 1 {
            guard words == [words[0], "openblas"], kind == .engine(.basic) || kind == .engine(.optimal) else {
                throw Self.wrong(text, "only basic+openblas and optimal+openblas have a foreign leaf")
            }
            leafIsOpenBLAS = true
        }
        if named.count > 1 {
            let allowed = Suite.ThreadCount.numbers
            guard let count = Int(named[1]), allowed.contains(count) else {
                throw Self.wrong(text, "expected a number from 1 to \(allowed.upperBound) after @")
            }
            threads = count
        }
        if parts.count > 1 { for option in parts[1].split(separator: ",") { try set(String(option), in: text) } }
        try validate(text)
    }

    /// The short name in tables, without settings that have columns of their own. See ``BenchmarkCase/label(_:)``.
    public var label: String {
        var label: String
        switch kind {
        case .engine(let engine): label = engine.rawValue
        case .openblas: label = "openblas"
        case .against: label = "against"
        case .unfair: label = "unfair"
        }
        if leafIsOpenBLAS { label += "+openblas" }
        if accurate { label += " accurate" }
        if deterministic { label += " deterministic" }
        if let instructionSet { label += " \(instructionSet.rawValue)" }
        return threads.map { "\(label)@\($0)" } ?? label
    }

    /// The name with all settings: `turbo:scheme=winograd,levels=1`. Files are named without their folders.
    var fullLabel: String {
        let files = schemes.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        let numbers = [("levels", levels), ("fused", fusedLevels), ("cutoff", cutoff), ("workspace", workspace)]
        let settings =
            (schemes.isEmpty ? [] : ["scheme=" + files.joined(separator: "+")])
            + numbers.compactMap { key, number in number.map { "\(key)=\($0)" } }
            + (kernel.map { ["kernel=\($0)"] } ?? [])
        return settings.isEmpty ? label : "\(label):\(settings.joined(separator: ","))"
    }

    private mutating func set(_ option: String, in text: String) throws {
        let pair = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = pair.count > 1 ? pair[1] : ""
        try requireEffect(of: pair[0], in: text)
        func number() throws -> Int {
            guard let number = Int(value), number >= 0 else {
                throw Self.wrong(text, "\(pair[0]) expects a number ≥ 0, got \"\(value)\"")
            }
            return number
        }
        func flag() throws -> Bool {
            if pair.count == 1 || ["yes", "true", "1"].contains(value) { return true }
            if ["no", "false", "0"].contains(value) { return false }
            throw Self.wrong(text, "\(pair[0]) expects yes or no, got \"\(value)\"")
        }
        switch pair[0] {
        case "scheme":
            guard let names = Self.schemes(text: value) else {
                throw Self.wrong(text, "scheme expects \(Self.schemesExpected), got \"\(value)\"")
            }
            schemes = names
        case "levels": levels = try number()
        case "fused": fusedLevels = try number()
        case "cutoff": cutoff = try number()
        case "workspace": workspace = try number()
        case "kernel": kernel = value
        case "accurate": accurate = try flag()
        case "deterministic": deterministic = try flag()
        case "isa":
            guard let isa = InstructionSet(rawValue: value) else {
                throw Self.wrong(
                    text, "isa is one of \(InstructionSet.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            instructionSet = isa
        default:
            throw Self.wrong(
                text, "unknown setting \"\(pair[0])\"; there are \(Self.settings.joined(separator: ", "))")
        }
    }

    /// Refuses a setting that the engine would ignore.
    private func requireEffect(of key: String, in text: String) throws {
        let effective = Self.settings(of: kind)
        guard Self.settings.contains(key), !effective.contains(key) else { return }
        let list = effective.isEmpty ? "no settings but @THREADS" : "only \(effective.joined(separator: ", "))"
        throw Self.wrong(text, "\(key) does nothing here: this engine takes \(list)")
    }

    /// Reads schemes by level; nil when a name is empty.
    public static func schemes(text: String) -> [String]? {
        let names = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        return names.contains("") ? nil : names
    }
    /// What ``schemes(text:)`` reads, for errors.
    public static let schemesExpected = "names or files joined by +"

    /// All keys of the text form.
    private static let settings = [
        "scheme", "levels", "fused", "cutoff", "workspace", "kernel", "isa", "accurate", "deterministic",
    ]

    /// The keys that change what an engine does.
    public static func settings(of kind: Kind) -> [String] {
        switch kind {
        case .openblas, .against, .engine(.reference): []
        case .unfair: ["scheme"]
        case .engine(.classical): ["kernel", "isa"]
        case .engine(.basic), .engine(.optimal): settings.filter { $0 != "fused" && $0 != "workspace" }
        case .engine(.auto), .engine(.turbo): settings
        }
    }

    /// The spec after changes to its settings.
    ///
    /// - Throws: ``InputError`` where they contradict one another.
    public func checked() throws -> ContenderSpec {
        try validate(fullLabel)
        return self
    }

    private func validate(_ text: String) throws {
        if let levels, let fusedLevels, fusedLevels > levels {
            throw Self.wrong(text, "\(fusedLevels) fused levels are more than \(levels) levels")
        }
        if accurate && !schemes.isEmpty {
            throw Self.wrong(text, "accurate chooses among the planner's own schemes; leave out scheme")
        }
        if kind == .unfair && schemes.count > 1 {
            throw Self.wrong(text, "the paper's protocol is one level; name one scheme")
        }
    }

    private static func kind(_ name: String, in text: String) throws -> Kind {
        switch name {
        case "openblas": return .openblas
        case "against": return .against
        case "unfair": return .unfair
        default:
            guard let engine = Engine(rawValue: name) else {
                let names = Engine.allCases.map(\.rawValue) + ["openblas", "against", "unfair"]
                throw wrong(text, "no engine \"\(name)\"; there are \(names.joined(separator: ", "))")
            }
            return .engine(engine)
        }
    }

    private static func wrong(_ text: String, _ message: String) -> InputError {
        InputError(message, field: "engine \"\(text)\"")
    }
}
