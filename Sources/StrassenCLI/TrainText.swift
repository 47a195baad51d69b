// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab

/// What `strassen train` says to people.
enum TrainText {
    /// Presets and keys.
    static var list: String {
        var presets = Table("preset", "kind", "what")
        for preset in TrainingPreset.allCases {
            presets.add(preset.rawValue, preset.isLiteral ? "literal" : "sound", preset.summary)
        }
        var keys = Table("key", "also", "of", "expects")
        for key in TrainingKeys.run { keys.add(row(key.names, "run", key.expects)) }
        for key in TrainingKeys.phase { keys.add(row(key.names, "phase", key.expects)) }
        return presets.plain + "\n" + keys.plain
    }

    private static func row(_ names: [String], _ scope: String, _ expects: String) -> [String] {
        [names[0], names.dropFirst().joined(separator: ", "), scope, expects]
    }

    /// The progress line of one run.
    static func progress(_ metrics: TrainingMetrics) -> String {
        "attempt \(metrics.attempt + 1), phase \(metrics.phase), step \(metrics.step): loss \(Format.compact(metrics.trainLoss)) "
            + "(test \(Format.compact(metrics.testLoss))), margin \(Format.compact(metrics.delta)), \(metrics.activeSlots) slots"
    }

    /// The progress line of a sweep.
    static func progress(_ learned: LearnedScheme) -> String {
        "seed \(learned.seed) \(learned.scheme == nil ? "not proved" : "proved"): loss \(Format.compact(learned.metrics.trainLoss)), "
            + "margin \(Format.compact(learned.margin ?? learned.metrics.delta)), \(learned.metrics.activeSlots) slots"
    }

    /// One seed in full, or a summary of many.
    static func report(_ report: TrainingReport, _ learned: [LearnedScheme], showScheme: Bool) throws -> String {
        if learned.count == 1 { return try single(learned[0], report, showScheme: showScheme) }
        var table = Table("what", "value")
        table.add("goal", report.goal)
        table.add("preset", report.preset)
        table.add("proved", LearningSummary(learned).proved.text)
        table.add("proved at the first attempt", LearningSummary(learned).oneShot.text)
        table.add("restarts", "\(report.restarts) in all, at most \(learned.map(\.restarts).max() ?? 0) for one seed")
        if let median = report.medianCpuSeconds, let maximum = report.maximumCpuSeconds {
            table.add("core time of a seed", "median \(Format.seconds(median)), maximum \(Format.seconds(maximum))")
        }
        table.add("digest of the schemes", report.digest)
        let failures = learned.filter { $0.scheme == nil }
        for failed in failures.prefix(5) { table.add("seed \(failed.seed)", failed.failure ?? "") }
        if failures.count > 5 { table.add("", "and \(failures.count - 5) more; --json lists them") }
        return table.plain
    }

    private static func single(_ learned: LearnedScheme, _ report: TrainingReport, showScheme: Bool) throws -> String {
        let metrics = learned.metrics
        var table = Table("seed \(learned.seed)", verdict(learned, report))
        table.add("preset", report.preset)
        table.add("restarts", "\(learned.restarts)")
        table.add("loss", "train \(Format.compact(metrics.trainLoss)), test \(Format.compact(metrics.testLoss))")
        table.add(
            "margin",
            "\(Format.compact(metrics.delta)) as trained"
                + (learned.margin.map { ", \(Format.compact($0)) where it was rounded" } ?? ""))
        table.add("slots", "\(metrics.activeSlots) active")
        table.add("local complexity", Format.fixed(metrics.localComplexity, 6))
        table.add("core time", Format.seconds(learned.cpuSeconds))
        if let method = learned.method { table.add("discretised by", method == .gauge ? "gauge fix" : "rounding") }
        guard showScheme, let scheme = learned.scheme else { return table.plain }
        return try table.plain + "\n" + scheme.text
    }

    private static func verdict(_ learned: LearnedScheme, _ report: TrainingReport) -> String {
        guard let scheme = learned.scheme else { return "no proved \(report.goal): \(learned.failure ?? "")" }
        let equations = scheme.m * scheme.k * scheme.k * scheme.n * scheme.m * scheme.n
        return "\(scheme.shape) proved: all \(equations) Brent equations hold in integers"
    }
}

/// What `train --list --json` prints.
struct RecipeList: Encodable {
    struct Preset: Encodable {
        let name, summary: String
        /// Whether it repeats the paper's code literally.
        let isLiteral: Bool
    }
    struct Key: Encodable {
        let names: [String]
        let scope, expects: String
    }

    let presets = TrainingPreset.allCases.map {
        Preset(name: $0.rawValue, summary: $0.summary, isLiteral: $0.isLiteral)
    }
    let keys =
        TrainingKeys.run.map { Key(names: $0.names, scope: "run", expects: $0.expects) }
        + TrainingKeys.phase.map { Key(names: $0.names, scope: "phase", expects: $0.expects) }
}
