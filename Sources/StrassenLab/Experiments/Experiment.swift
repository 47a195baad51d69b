// SPDX-License-Identifier: AGPL-3.0-or-later

/// One protocol of the paper: what it claims, the trials that test it, and the tables made from their results.
///
/// Where the repository's code and the paper's text differ, the trials come in two variants: `literal` does what the
/// code did, errors included; `sound` does what the text meant. Both are reported beside the claim.
public struct Experiment: Sendable {
    /// The word on the command line.
    public let name: String
    /// One line for a list.
    public let title: String
    /// What the paper says, with its figures.
    public let claim: String
    /// Section of the paper or script of its repository.
    public let source: String
    /// Repetitions of each cell unless a user wants another number.
    public let defaultSeeds: Int
    /// Raised when the meaning of a trial changes, so that older results are not mixed in.
    var revision = 1
    /// Whether it measures time, so that its trials must not run beside each other.
    public var isTiming = false
    /// Makes the trials for a number of repetitions.
    let trials: @Sendable (_ count: Int, ExperimentOptions) throws -> [Trial]
    let report: @Sendable ([ExperimentRecord]) -> [ExperimentTable]
}

/// What a user may choose.
public struct ExperimentOptions: Sendable {
    /// Repetitions of each cell; nil: the experiment's own number.
    public var seeds: Int?
    /// Files of trained factors, for the experiments that look at the paper's.
    public var checkpoints: [String]

    public init(seeds: Int? = nil, checkpoints: [String] = []) { (self.seeds, self.checkpoints) = (seeds, checkpoints) }
}

/// The smallest unit of work: it is done or not, and its result depends on nothing but its labels.
struct Trial: Sendable {
    /// What makes the trial different from the others of its experiment: variant, seed, cell.
    let labels: [String: String]
    let run: @Sendable () throws -> [String: Double]

    init(_ labels: [String: String], run: @escaping @Sendable () throws -> [String: Double]) {
        (self.labels, self.run) = (labels, run)
    }
}

/// The result of one trial: one line of the store.
public struct ExperimentRecord: Codable, Sendable, Equatable {
    public let experiment: String
    public let revision: Int
    public let labels: [String: String]
    public let values: [String: Double]

    subscript(label: String) -> String { labels[label] ?? "" }
    /// NaN where the trial has no such value.
    func value(_ name: String) -> Double { values[name] ?? .nan }
}

/// A table with what one must know to read it.
public struct ExperimentTable: Sendable {
    public let caption: String
    public let table: Table
    public let notes: [String]

    init(_ caption: String, _ table: Table, notes: String...) {
        (self.caption, self.table, self.notes) = (caption, table, notes)
    }

    /// A heading, the table, and the notes as a list.
    public var markdown: String {
        "**\(caption)**\n\n" + table.markdown + (notes.isEmpty ? "" : "\n" + notes.map { "- \($0)\n" }.joined())
    }
    /// The same for a terminal.
    public var plain: String { caption + "\n\n" + table.plain + notes.map { "  \($0)\n" }.joined() }
}

extension [ExperimentRecord] {
    /// The records with these labels.
    func with(_ labels: [String: String]) -> [ExperimentRecord] {
        filter { record in labels.allSatisfy { record.labels[$0.key] == $0.value } }
    }

    /// Different values of a label, in the order of the trials.
    func levels(_ label: String) -> [String] {
        var seen: Set<String> = []
        return map { $0[label] }.filter { seen.insert($0).inserted }
    }

    /// Records grouped by labels, in the order of the trials.
    func cells(_ labels: String...) -> [(key: [String], records: [ExperimentRecord])] {
        var order: [[String]] = []
        var groups: [[String]: [ExperimentRecord]] = [:]
        for record in self {
            let key = labels.map { record[$0] }
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(record)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }

    /// How many records have 1 as this value; records without it do not count.
    func proportion(_ value: String) -> Proportion {
        let known = compactMap { $0.values[value] }.filter { !$0.isNaN }
        return Proportion(known.count { $0 == 1 }, of: known.count)
    }

    /// The finite values; nil without any.
    func sample(_ value: String) -> Sample? {
        let known = compactMap { $0.values[value] }.filter(\.isFinite)
        return known.isEmpty ? nil : Sample(known)
    }

    /// The median as text; `"–"` without a value.
    func median(_ value: String) -> String { sample(value).map { Format.compact($0.median) } ?? "–" }
    func mean(_ value: String) -> String { sample(value).map { Format.compact($0.mean) } ?? "–" }
}
