// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab

/// What `strassen demo` says of each step.
enum DemoText {
    static func learned(_ learned: LearnedScheme) -> String {
        "a bilinear network with 7 slots on 2×2 products from seed \(learned.seed), "
            + "\(learned.metrics.step) steps of AdamW on batches of 32 in \(Format.seconds(learned.cpuSeconds))"
            + (learned.restarts == 0 ? "" : " (\(learned.restarts) restarts)")
            + "; test loss \(Format.compact(learned.metrics.testLoss))"
    }

    static func proved(_ scheme: Scheme, _ learned: LearnedScheme) throws -> String {
        let report = try scheme.verify()
        return "discretised by \(learned.method == .gauge ? "the gauge fix" : "plain rounding") "
            + "(margin \(Format.compact(learned.margin ?? .nan))): \(scheme.shape), "
            + "all \(report.equations) Brent equations hold in integers" + products(scheme)
    }

    static func imported(_ imported: Demonstration.Imported, _ path: String) -> String {
        let discretization = imported.discretization
        let rounding = imported.roundingFailure.map { $0 } ?? "plain rounding suffices"
        return
            "\((path as NSString).lastPathComponent), \(imported.slots) live slots, margin \(Format.compact(imported.rawMargin)) "
            + "as stored; \(rounding); the gauge fix brings the margin to \(Format.compact(discretization.margin)) and gives "
            + "\(discretization.scheme.shape), proved"
    }

    /// Block sizes and where levels begin to pay, by precision.
    static func tuned(_ profile: Profile) -> String {
        Precision.allCases.map { precision in
            let blocks = profile.blocking(precision)
            let cutoffs = profile.tunings.filter { $0.precision == precision }
                .map { "from \($0.cutoff) on \($0.threads == 1 ? "one thread" : "\($0.threads) threads")" }
            return "\(precision.rawValue) blocks mc \(blocks.mc) kc \(blocks.kc) nc \(blocks.nc), levels "
                + cutoffs.joined(separator: ", ")
        }.joined(separator: "; ")
    }

    static func product(_ product: Demonstration.Product, _ demonstration: Demonstration) -> String {
        let levels = product.info.levels
        return "float64 \(demonstration.size)×\(demonstration.size) by turbo with the learned coefficients, "
            + "\(levels) level\(levels == 1 ? "" : "s") (\(product.info.fusedLevels) fused), "
            + "\(demonstration.threads) threads, \(product.info.kernel): \(Format.seconds(product.seconds)), "
            + "\(Format.fixed(product.gflops, 1)) GFLOP/s; largest error \(Format.compact(product.error.maximum)) "
            + "against double-double"
    }

    static func compared(_ results: BenchmarkResults) -> String {
        let turbo = results.results.filter { $0.label == "turbo" }.map { row in
            "\(row.precision.rawValue) on \(row.threads) thread\(row.threads == 1 ? "" : "s") \(Format.fixed(row.speedup, 2))×"
        }
        return "turbo over OpenBLAS: " + turbo.joined(separator: ", ")
    }

    /// The products and sums of a scheme as equations, indented.
    private static func products(_ scheme: Scheme) -> String {
        SchemeEquations(scheme).lines.map { "\n      \($0)" }.joined()
    }
}
