// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab

/// What `strassen tune` prints.
enum TuneText {
    /// The JSON of a tuning.
    struct Result: Encodable {
        let profile, evidence: String
        /// Null where none could be drawn.
        let plot: String?
        let blocking: [String: Blocking]
        let tunings: [Tuning]
        let sections: [Tuner.SectionResult]
        let decisions: [TuningDecisions.Span]

        init(_ tuner: Tuner, hasPlot: Bool) {
            (profile, evidence) = (tuner.files.profile.path, tuner.files.evidence.path)
            plot = hasPlot ? tuner.files.plot.path : nil
            blocking = Dictionary(
                uniqueKeysWithValues: Precision.allCases.map { ($0.rawValue, tuner.profile.blocking($0)) })
            (tunings, sections) = (tuner.profile.tunings, tuner.sections)
            decisions = (try? TuningDecisions(tuner.profile, threads: tuner.threads).spans) ?? []
        }
    }

    static func summary(_ tuner: Tuner, _ result: Result) -> String {
        var blocks = Table("blocks", "kernel", ">mc", ">kc", ">nc")
        for (precision, block) in result.blocking.sorted(by: { $0.key < $1.key }) {
            blocks.add(
                precision, block.kernel.isEmpty ? "best" : block.kernel, "\(block.mc)", "\(block.kc)", "\(block.nc)")
        }
        var rows = Table("measured", ">threads", ">cutoff", ">explicit from", ">model error", ">races", ">unsettled")
        for section in result.sections {
            let row = result.tunings.first { $0.precision == section.precision && $0.threads == section.threads }
            rows.add(
                section.precision.rawValue, "\(section.threads)", row.map { "\($0.cutoff)" } ?? "–",
                row.map { "\($0.explicitCutoff)" } ?? "–", Format.fixed(100 * section.modelError, 1) + " %",
                "\(section.races)", "\(section.unsettled)")
        }
        return blocks.plain + "\n" + rows.plain + "\n" + decisions(result.decisions)
            + "\nwrote \(result.profile)\n      \(result.evidence)\n" + (result.plot.map { "      \($0)\n" } ?? "")
    }

    /// A row that a profile has lost.
    static func dropped(_ row: Tuning) -> String {
        "a profile has room for \(Profile.maximumTunings) rows: \(row.precision.rawValue) on \(row.threads) threads, tuned "
            + "earlier, gave way; the planner takes the nearest row for it"
    }

    private static func decisions(_ spans: [TuningDecisions.Span]) -> String {
        var table = Table("engine", "precision", ">threads", "shape", ">from side", "plan")
        for span in spans {
            table.add(
                span.engine.rawValue, span.precision.rawValue, "\(span.threads)", span.shape.rawValue, "\(span.from)",
                span.plan)
        }
        return table.plain
    }

    static func explanation(_ explanation: PlanExplanation) -> String {
        var table = Table("plan", ">predicted", ">measured", ">GFLOP/s", "")
        for row in explanation.rows {
            table.add(
                row.plan, Format.seconds(row.predictedSeconds), Format.seconds(row.measuredSeconds),
                Format.fixed(explanation.problem.flops / row.measuredSeconds / 1e9, 1), row.isChosen ? "chosen" : "")
        }
        return "\(explanation.problem.name): \(explanation.reason)\n\n\(table.plain)\n\(explanation.program)"
    }

    /// The JSON of an evaluation: the verdict, then every row.
    struct Evaluation: Encodable {
        let problems, withinTolerance, slowerThanClassical, unsettled: Int
        let worstRegret, derivedShare: Double
        let rows: [TuningEvaluation.Row]

        init(_ evaluation: TuningEvaluation) {
            (problems, withinTolerance) = (evaluation.rows.count, evaluation.withinTolerance)
            (slowerThanClassical, unsettled) = (evaluation.slowerThanClassical, evaluation.unsettled)
            rows = evaluation.rows
            (worstRegret, derivedShare) = (rows.map(\.regret).max() ?? 0, rows.isEmpty ? 1 : evaluation.derivedShare)
        }
    }

    /// The JSON of a comparison of two profiles.
    struct Agreement: Encodable {
        let decisions, equal: Int
        let share: Double

        init(_ one: TuningDecisions, _ other: TuningDecisions) {
            (decisions, equal) = (one.count, one.agreements(with: other))
            share = Double(equal) / Double(max(1, decisions))
        }
    }

    static func agreement(_ result: Agreement) -> String {
        "\(result.equal) of \(result.decisions) decisions agree: \(percent(result.share))\n"
    }

    static func evaluation(_ evaluation: TuningEvaluation) -> String {
        var table = Table(
            "precision", ">threads", "m×k×n", "chosen", "best", ">regret", ">to classical", ">derived/tuned", "")
        for row in evaluation.rows {
            table.add(
                row.problem.precision.rawValue, "\(row.problem.threads)",
                Format.shape(row.problem.m, row.problem.k, row.problem.n),
                row.chosen, row.best, percent(row.regret), percent(row.versusClassical),
                Format.fixed(row.chosenSeconds / row.derivedSeconds, 3), row.hasUnsettledLoss ? "unsettled" : "")
        }
        guard !evaluation.rows.isEmpty else { return "stopped before the first problem was measured\n" }
        let worst = evaluation.rows.map(\.regret).max() ?? 0
        return table.plain + """

            \(evaluation.withinTolerance) of \(evaluation.rows.count) within 2 % of the best of all plans, the worst \(percent(worst)); \
            \(evaluation.slowerThanClassical) more than 2 % slower than classical; \
            \(evaluation.unsettled) behind by what noise may explain; \
            derived profile at \(Format.fixed(evaluation.derivedShare, 3)) of the tuned speed

            """
    }

    private static func percent(_ share: Double) -> String { Format.fixed(100 * share, 1) + " %" }
}
