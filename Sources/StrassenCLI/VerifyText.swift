// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab

/// What `strassen verify` says to people.
enum VerifyText {
    static func report(_ report: VerificationReport) -> String {
        let head = Console.style(
            "\(report.shape): " + (report.proved ? "proved, an exact algorithm" : "not proved"),
            report.proved ? .green : .red)
        let parts = [
            head + "\n", report.model.map(model) ?? "", attempts(report),
            report.structure.map { structure($0, report) } ?? "",
            report.expansion.map(expansion) ?? "", factors(report.structureOfFactors),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func model(_ model: ModelSummary) -> String {
        lines([
            (
                "slots",
                "\(model.slots), alive \(model.liveSlots.count): \(model.liveSlots.map(String.init).joined(separator: " "))"
            ),
            ("parameters", "\(model.parameters)"), ("margin δ", number(model.delta) + " in the bases of the file"),
            ("tensor error", number(model.tensorResidual)),
            ("tensor size", number(model.relativeNorm) + " of the true one"),
        ])
    }

    private static func attempts(_ report: VerificationReport) -> String {
        var rows = report.attempts.map { attempt in
            let margin = attempt.margin.map { ", margin \(number($0))" } ?? ""
            return (
                attempt.method?.rawValue ?? "as it is",
                attempt.proved ? "proved\(margin)" : attempt.failure ?? "not proved"
            )
        }
        if let proof = report.proof {
            let rings = proof.rings.isEmpty ? "no ring" : proof.rings.joined(separator: ", ")
            rows.append(
                ("equations", "\(proof.equations - proof.failed) of \(proof.equations) hold over q; all over: \(rings)")
            )
        }
        return lines(rows)
    }

    private static func structure(_ structure: SchemeStructure, _ report: VerificationReport) -> String {
        lines(
            [
                ("non-zeros", "\(structure.nonZeros), of them \(structure.scalings) other than ±1"),
                ("additions", "\(structure.additions) without shared sums"),
                ("ranks", SchemeStructure.text(structure.rankPattern)),
                ("growth", "max-norm \(number(structure.maxNormGrowth)), 2-norm \(number(structure.frobeniusGrowth))"),
            ] + (report.canonicalHash.map { [("canonical", $0)] } ?? []))
    }

    private static func expansion(_ expansion: ExpansionTable) -> String {
        var table = Table(">levels", "size", ">products", ">float32", ">float64", ">as trained", "exact")
        for row in expansion.rows {
            table.add(
                "\(row.levels)", Format.shape(row.m, row.k, row.n), "\(row.products)", number(row.float32Error),
                number(row.float64Error), row.trainedError.map(number) ?? "–",
                row.exact.map { $0 ? "yes" : "no" } ?? "overflow")
        }
        return table.plain
    }

    private static func factors(_ report: OperatorReport) -> String {
        var table = Table(
            "factor", "size", ">rank", ">by entropy", ">condition", ">gap at", "near", ">distance", "block")
        for factor in report.factors {
            let values = factor.discreteValues.map { number($0.value) }
            table.add(
                factor.name, "\(factor.rows)×\(factor.columns)", "\(factor.effectiveRank)",
                Format.fixed(factor.entropyRank, 2), number(factor.condition), "\(factor.gapDimension)",
                values.count <= 9 ? values.joined(separator: " ") : "\(values.count) values",
                number(factor.discreteDistance), factor.block.map { "\($0[0])×\($0[1])" } ?? "none")
        }
        return table.plain
            + (report.spectralDeviation.map { "spectrum under expansion: deviates by \(number($0))\n" } ?? "")
    }

    private static func lines(_ rows: [(label: String, text: String)]) -> String {
        rows.map { $0.label + String(repeating: " ", count: max(1, 14 - $0.label.count)) + $0.text + "\n" }.joined()
    }

    /// Three significant digits, an exponent only where one is needed.
    private static func number(_ value: Double) -> String {
        guard value.isFinite, value != 0, abs(value) < 0.01 || abs(value) >= 1000 else {
            return String(format: "%.4g", value)
        }
        return String(format: "%.1e", value)
    }
}
