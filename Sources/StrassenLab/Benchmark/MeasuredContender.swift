// SPDX-License-Identifier: AGPL-3.0-or-later

/// A contender with its samples, and what they amount to.
struct MeasuredContender {
    let contender: PreparedContender
    let error: ProductError
    let times: [ElapsedTime]

    /// The clock its samples are read from: a library that chooses its own threads is never judged by one thread's time.
    private func clock(_ settings: BenchmarkProtocol) -> MeasuringClock {
        guard contender.controlsThreads else { return .wall }
        return settings.clock ?? (contender.threads == 1 ? .cpu : .wall)
    }

    private func seconds(_ settings: BenchmarkProtocol) -> [Double] {
        let clock = clock(settings)
        return times.map { clock == .cpu ? $0.thread : $0.wall }
    }

    /// The rows of a group, speed-ups and error ratios filled in.
    ///
    /// - Parameter peaks: Samples in GFLOP/s by number of threads.
    static func rows(
        _ group: [MeasuredContender], _ problem: BenchmarkCase, _ settings: BenchmarkProtocol, peaks: [Int: [Double]]
    ) -> [Measurement] {
        let medians = group.map { Sample($0.seconds(settings)).median }
        let baseline = baselineIndex(group, medians, problem.baseline)
        let classical = group.first { $0.contender.engine == Engine.classical.rawValue }?.error.maximum
        return group.enumerated().map { index, measured in
            var row = measured.row(problem, settings, peak: peaks[measured.contender.threads].map(Sample.init))
            if let baseline {
                row.baseline = group[baseline].contender.label
                row.speedup = medians[baseline] / medians[index]
            }
            if let classical, classical > 0 { row.errorVersusClassical = measured.error.maximum / classical }
            if measured.contender.label == BenchmarkCase.targetLabel { row.target = problem.target }
            return row
        }
    }

    /// Index of the contender that counts as 1.0; nil when it did not run.
    private static func baselineIndex(_ group: [MeasuredContender], _ medians: [Double], _ name: String) -> Int? {
        guard name == BenchmarkCase.bestBaseline else { return group.firstIndex { $0.contender.label == name } }
        return group.indices.filter { group[$0].contender.isForeign }.min { medians[$0] < medians[$1] }
    }

    private func row(_ problem: BenchmarkCase, _ settings: BenchmarkProtocol, peak: Sample?) -> Measurement {
        let samples = seconds(settings)
        let sample = Sample(samples)
        let gflops = problem.flops / sample.median / 1e9
        return Measurement(
            m: problem.m, k: problem.k, n: problem.n, precision: problem.precision, threads: contender.threads,
            engine: contender.engine, scheme: contender.scheme, levels: contender.levels, repeats: times.count,
            medianSeconds: sample.median, minSeconds: sample.minimum, gflops: gflops,
            fractionOfPeak: peak.map { gflops / $0.median }, speedup: nil, baseline: nil, maxErrorRatio: error.ratio,
            workspaceBytes: contender.workspaceBytes, label: contender.label, fusedLevels: contender.fusedLevels,
            kernel: contender.kernel, distribution: problem.distribution, transpose: problem.transpose,
            beta: problem.beta, leading: problem.leading, clock: clock(settings),
            spread: (sample.maximum - sample.minimum) / sample.median, utilization: utilization,
            errorVersusClassical: nil, target: nil, peakGflops: peak?.median,
            limitGflops: contender.controlsThreads ? peak.map { $0.maximum * contender.saving } : nil, samples: samples)
    }

    /// Processor time over wall time and threads, of all samples together.
    private var utilization: Double {
        let wall = times.reduce(0) { $0 + $1.wall }
        let process = times.reduce(0) { $0 + $1.process }
        return wall > 0 ? process / wall / Double(contender.threads) : 0
    }
}
