// SPDX-License-Identifier: AGPL-3.0-or-later

extension Experiment {
    /// Time per flop against size, and where one level of recursion pays.
    static let coherence = Experiment(
        name: "coherence",
        title: "time per flop by size; overhead t(N) − 7·t(N/2); memory of a batch (timings: quiet machine)",
        claim: "time per flop follows the caches; B = 1024 fits in L3 (321 KB)",
        source: "paper §3.2, appendix F; coherence_analysis.py, app.py (\"planck\")", defaultSeeds: 5, isTiming: true,
        trials: { count, _ in
            return [64, 128, 256, 512, 1024, 2048].map { size in
                Trial(["size": "\(size)", "repeats": "\(count)"]) { try costValues(size: size, repeats: count) }
            }
        },
        report: { records in
            var table = Table(
                ">N", ">A, B, C", ">classical, ps/flop", ">one level, ps/flop of N³", ">overhead t(N) − 7·t(N/2)",
                ">of t(N)",
                ">one level / classical")
            for record in records {
                let (size, classical, level) = (
                    Double(record["size"]) ?? 0, record.value("classical"), record.value("level")
                )
                let overhead = level - 7 * record.value("half")
                table.add(
                    record["size"], Format.bytes(Int(24 * size * size)),
                    Format.fixed(classical / (2 * size * size * size) * 1e12, 1),
                    Format.fixed(level / (2 * size * size * size) * 1e12, 1), Format.seconds(overhead),
                    "\(Format.fixed(100 * overhead / level, 1)) %", Format.fixed(level / classical, 3))
            }
            var memory = Table(">B", ">bytes")
            for batch in [32, 128, 1024] { memory.add("\(batch)", "\(384 + 768 + 320 * batch)") }
            return [
                ExperimentTable(
                    "float64, one thread, least of the repeats; one level: Strassen by the `optimal` engine on our classical product",
                    table,
                    notes: "A ratio below 1 says that the level pays; 7/8 is the limit."),
                ExperimentTable("Memory: 384 bytes of model, 768 of optimiser, 320 a sample", memory),
            ]
        })

    private static func costValues(size: Int, repeats: Int) throws -> [String: Double] {
        var level = PlanOptions()
        (level.engine, level.levels, level.fusedLevels, level.cutoff) = (.optimal, 1, 0, 8)
        level.schemes = [try Scheme.builtin("strassen")]
        var classical = PlanOptions()
        (classical.engine, classical.levels) = (.classical, 0)
        return [
            "classical": try seconds(size, repeats, classical), "half": try seconds(size / 2, repeats, classical),
            "level": try seconds(size, repeats, level),
        ]
    }

    /// Least wall time of a square product; small ones are repeated inside one timing.
    private static func seconds(_ size: Int, _ repeats: Int, _ options: PlanOptions) throws -> Double {
        var random = RandomSource(seed: 1)
        let a = try Matrix<Double>(rows: size, columns: size) { _, _ in random.uniform(-1, 1) }
        let b = try Matrix<Double>(rows: size, columns: size) { _, _ in random.uniform(-1, 1) }
        let c = try Matrix<Double>(rows: size, columns: size)
        let plan = try Plan(.float64, m: size, k: size, n: size, threads: 1, options: options)
        let workspace = try Workspace(bytes: plan.info.workspaceBytes)
        let inner = max(1, 20_000_000 / (size * size * size))
        var best = Double.infinity
        for _ in 0...repeats {
            let start = TimeSource.wall
            for _ in 0..<inner { try plan.run(a.view, b.view, into: c.view, workspace: workspace) }
            best = min(best, (TimeSource.wall - start) / Double(inner))
        }
        return best
    }
}
