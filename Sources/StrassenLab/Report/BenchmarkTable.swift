// SPDX-License-Identifier: AGPL-3.0-or-later

extension BenchmarkResults {
    /// One row a measurement, for people. Columns that would say the same in every row are left out.
    public var table: Table {
        let hasTargets = results.contains { $0.target != nil }
        let hasFactor = results.contains { $0.errorVersusClassical != nil }
        var columns: [(title: String, cell: (Measurement) -> String)] = [
            ("size", { $0.group.title }),
            ("precision", { $0.precision.rawValue }),
            (">threads", { String($0.threads) }),
            ("engine", { $0.label }),
            ("scheme", { $0.scheme == "none" ? "–" : $0.scheme }),
            (">levels", { $0.levels == 0 ? "–" : Self.levels($0) }),
            (">median", { Format.seconds($0.medianSeconds) }),
            (">±", { Format.percent($0.spread / 2) }),
            (">GFLOP/s", Self.rate),
            (">of peak", { $0.fractionOfPeak.map(Format.percent) ?? "–" }),
            (">speed-up", { Format.fixed($0.speedup, 3) }),
            (">error", { Format.fixed($0.maxErrorRatio, 3) }),
        ]
        if hasFactor { columns.append((">×classical", { Format.fixed($0.errorVersusClassical, 1) })) }
        columns.append((">workspace", { $0.workspaceBytes == 0 ? "–" : Format.bytes($0.workspaceBytes) }))
        if hasTargets { columns.append((">target", Self.target)) }
        var table = Table(columns.map(\.title))
        for row in results { table.add(columns.map { $0.cell(row) }) }
        return table
    }

    /// What the columns of ``table`` mean, one line, and a line for every mark in it.
    public var notes: [String] {
        [legend] + MeasurementDoubt.allCases.filter { doubt in results.contains { $0.doubt == doubt } }.map(\.footnote)
    }

    private var legend: String {
        let baselines = Set(results.compactMap(\.baseline)).sorted().joined(separator: ", ")
        return
            "size: C m×n = A m×k · B k×n as m×k×n; ±: half the range of the samples; GFLOP/s: 2mnk flops over the median; "
            + "of peak: of the measured FMA peak of as many threads; speed-up: over \(baselines.isEmpty ? "nobody" : baselines) "
            + "in the same interleaved run; error: largest, in units of max|A|·max|B|·k·u."
    }

    /// One row a measurement with the field names of the JSON, for programs.
    public var csv: String {
        var table = Table(
            "m", "k", "n", "precision", "threads", "label", "engine", "scheme", "levels", "fused_levels", "kernel",
            "distribution", "transpose", "beta", "leading", "clock", "repeats", "median_s", "min_s", "spread",
            "utilization", "gflops", "peak_gflops", "fraction_of_peak", "baseline", "speedup_vs_baseline",
            "max_error_ratio", "error_versus_classical", "workspace_bytes", "target", "limit_gflops", "doubt")
        let number = { (value: Double?) in value.map { String($0) } ?? "" }
        for row in results {
            table.add([
                String(row.m), String(row.k), String(row.n), row.precision.rawValue, String(row.threads), row.label,
                row.engine, row.scheme, String(row.levels), String(row.fusedLevels), row.kernel ?? "",
                row.distribution.rawValue, row.transpose, number(row.beta), String(row.leading), row.clock.rawValue,
                String(row.repeats), number(row.medianSeconds), number(row.minSeconds), number(row.spread),
                number(row.utilization), number(row.gflops), number(row.peakGflops), number(row.fractionOfPeak),
                row.baseline ?? "", number(row.speedup), number(row.maxErrorRatio), number(row.errorVersusClassical),
                String(row.workspaceBytes), number(row.target), number(row.limitGflops), row.doubt?.rawValue ?? "",
            ])
        }
        return table.csv
    }

    /// `"3"`, or `"2+1"` explicit and fused ones.
    private static func levels(_ row: Measurement) -> String {
        row.fusedLevels == 0 || row.fusedLevels == row.levels
            ? String(row.levels) : "\(row.levels - row.fusedLevels)+\(row.fusedLevels)"
    }

    private static func rate(_ row: Measurement) -> String {
        Format.fixed(row.gflops, 1) + (row.doubt.map { " \($0.mark)" } ?? "")
    }

    private static func target(_ row: Measurement) -> String {
        guard let target = row.target, let met = row.meetsTarget else { return "" }
        return "\(Format.fixed(target, 2)) \(met ? "met" : "missed")"
    }
}
