// SPDX-License-Identifier: AGPL-3.0-or-later

/// What one engine did on one problem: the object that `bench --json` prints and that reports are made of.
///
/// The first group of fields is a contract with other programs: each is always there, `null` where there is no value. The
/// rest explains them.
public struct Measurement: Sendable, Codable, Equatable {
    /// C is m×n, A m×k, B k×n.
    public var m, k, n: Int
    public var precision: Precision
    /// Threads that the engine was given.
    public var threads: Int
    /// `"turbo"`, `"classical"`, `"openblas"`, `"mkl"`…
    public var engine: String
    /// Scheme by level, `"winograd+strassen"`; `"none"` for a classical product.
    public var scheme: String
    public var levels: Int
    /// Timed samples.
    public var repeats: Int
    /// Seconds of one multiplication: median and least of the samples.
    public var medianSeconds, minSeconds: Double
    /// 2mnk flops over the median, in 1e9 per second, whatever the engine really spent.
    public var gflops: Double
    /// `gflops` over the measured FMA peak of as many threads; nil when no peak was measured.
    @AlwaysWritten public var fractionOfPeak: Double?
    /// Median of the baseline over this median; nil when the baseline did not run.
    @AlwaysWritten public var speedup: Double?
    /// Which engine of the same group is 1.0.
    @AlwaysWritten public var baseline: String?
    /// Largest error in units of max|A|·max|B|·k·u, against a double-double reference on sampled rows.
    @AlwaysWritten public var maxErrorRatio: Double?
    public var workspaceBytes: Int

    /// How the engine was asked for: `"turbo"`, `"optimal+openblas"`, `"openblas@1"`.
    public var label: String
    public var fusedLevels: Int
    /// Micro-kernel, where the engine has one to name.
    public var kernel: String?
    public var distribution: Distribution
    /// `"NN"`, `"TN"`…: whether A and B are stored transposed.
    public var transpose: String
    public var beta: Double
    /// Least leading dimension that was asked for; 0: rows lie side by side.
    public var leading: Int
    /// What the seconds are: wall time, or the calling thread's processor time.
    public var clock: MeasuringClock
    /// (Slowest − fastest) / median of the samples.
    public var spread: Double
    /// Processor time over wall time and threads; well below 1 when the machine was busy with something else.
    public var utilization: Double
    /// Error over that of our classical product in the same group; nil when that did not run.
    public var errorVersusClassical: Double?
    /// Speed-up that the suite asks of this row; nil: none.
    public var target: Double?
    /// GFLOP/s of the measured FMA peak of as many threads, the median of the rounds.
    public var peakGflops: Double?
    /// What the best peak of a round and the scheme allow at most: that peak · 2mnk over the flops of the multiply-adds, which
    /// is (8/7)^L for L levels of ⟨2,2,2;7⟩; nil without a peak, for a library of unknown threads, and in
    /// results kept before there was this field.
    public var limitGflops: Double?
    /// Why this cannot be taken at its word; nil: nothing speaks against it.
    public var doubt: MeasurementDoubt?
    /// Every sample, in the order they were taken.
    public var samples: [Double]

    /// Written in snake_case: `median_s`, `speedup_vs_baseline`.
    enum CodingKeys: String, CodingKey {
        case m, k, n, precision, threads, engine, scheme, levels, repeats, gflops, fractionOfPeak, baseline
        case maxErrorRatio, workspaceBytes, label, fusedLevels, kernel, distribution, transpose, beta, leading, clock
        case spread, utilization, errorVersusClassical, target, peakGflops, limitGflops, doubt
        case medianSeconds = "medianS"
        case minSeconds = "minS"
        case speedup = "speedupVsBaseline"
        case samples = "samplesS"
    }

    /// True when a target was set and met.
    public var meetsTarget: Bool? { target.flatMap { target in speedup.map { $0 >= target } } }

    /// What all engines of one comparison share: problem, data and layout.
    public var group: MeasurementGroup {
        MeasurementGroup(
            m: m, k: k, n: n, precision: precision, distribution: distribution, transpose: transpose, beta: beta,
            leading: leading)
    }
}

/// What was multiplied, whoever did it.
public struct MeasurementGroup: Sendable, Hashable {
    public var m, k, n: Int
    public var precision: Precision
    public var distribution: Distribution
    public var transpose: String
    public var beta: Double
    public var leading: Int

    /// `"4096"`, `"4000, ld 4096, TN, beta 1"`.
    public var title: String {
        var parts = [Format.shape(m, k, n)]
        if leading > 0 { parts.append("ld \(leading)") }
        if transpose != "NN" { parts.append(transpose) }
        if beta != 0 { parts.append("beta \(Format.significant(beta))") }
        if distribution != .uniform { parts.append(distribution.title) }
        return parts.joined(separator: ", ")
    }
}

/// What a sample's seconds are.
public enum MeasuringClock: String, Sendable, Codable {
    /// Wall time.
    case wall
    /// Processor time of the calling thread: what one-thread runs are judged by, since a neighbour on the core does
    /// not count.
    case cpu
}

/// Entries of A and B.
public enum Distribution: String, Sendable, Codable, CaseIterable {
    /// Uniform in [−1, 1].
    case uniform
    /// N(0, 1).
    case normal

    public var title: String { self == .uniform ? "U[-1,1]" : "N(0,1)" }
}
