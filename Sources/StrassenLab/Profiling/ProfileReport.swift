// SPDX-License-Identifier: AGPL-3.0-or-later

/// Profiles of one problem: by levels, or by kernels, or both.
public struct ProfileReport: Sendable, Encodable, Equatable {
    /// Where the counts come from.
    public enum Source: String, Sendable, Encodable {
        /// Hardware counters.
        case measured
        /// A cache simulation; no times.
        case simulated
        /// Clocks and what the operating system counts: there are no hardware counters.
        case software
    }

    public var source: Source
    /// CPU of this machine.
    public var cpu: String
    /// C is m×n, A m×k, B k×n.
    public var m, k, n: Int
    public var precision: Precision
    public var threads: Int
    /// What can be counted here, or why not; `nil` in a simulation.
    public var counters: CounterAvailability?
    /// Whether counters took turns on the hardware and were scaled up.
    public var multiplexed: Bool
    /// The caches that were simulated.
    public var simulation: SimulatedCaches?
    public var runs: [ProfileRun]
    /// What a reader must know about these figures.
    public var notes: [String]

    /// Flops of the classical product, 2mnk: the denominator of "per flop" for every kernel.
    public var flops: Double { 2 * Double(m) * Double(k) * Double(n) }
}

/// One kernel with one number of levels.
public struct ProfileRun: Sendable, Encodable, Equatable {
    public var kernel: ProfiledKernel
    public var levels, fusedLevels: Int
    /// `"strassen^2"`; `"none"` for a classical product.
    public var scheme: String
    /// Micro-kernel and block sizes; `nil` for a library that does not tell.
    public var microKernel: String?
    public var blocking: Blocking?
    public var workspaceBytes: Int
    /// Median seconds of one multiplication that nothing watches, of the processor on one thread, else of the wall clock;
    /// `nil` in a simulation.
    public var seconds: Double?
    /// 2mnk over these seconds.
    public var gflops: Double?
    /// Relative time that watching the phases added.
    public var watchingOverhead: Double?
    /// In the order of ``ProfilePhase``; those that did not occur are left out.
    public var phases: [PhaseProfile]
    /// Sums over the phases.
    public var total: PhaseProfile
}

/// One phase of one multiplication, all threads together.
public struct PhaseProfile: Sendable, Encodable, Equatable {
    public var phase: ProfilePhase
    /// Times that a worker entered it.
    public var calls: Double?
    /// Wall time of all threads in it over their number; `nil` in a simulation.
    public var seconds: Double?
    /// Time of all threads on their cores.
    public var cpuSeconds: Double?
    /// Of the processor time on one thread, else of the wall time of all threads.
    public var share: Double?
    /// The phase's own flops over the seconds that its threads were on their cores.
    public var gflops: Double?
    /// Flops that the phase does, and elements that it writes; `nil` where the plan does not know.
    public var flops, elements: Double?
    /// Counts by quantity; what is missing here could not be counted.
    public var counters: [CounterQuantity: Double]
    /// Counts over the elements that the phase writes (in the total: over those of A, B and C).
    public var perElement: [CounterQuantity: Double]
    /// Counts over 2mnk.
    public var perFlop: [CounterQuantity: Double]
    public var software: [SoftwareQuantity: Double]
    /// Predicted traffic; `nil` where no model knows the kernel.
    public var model: CacheTraffic?
    /// GB/s from memory: misses of the last cache times its line, over the same seconds.
    public var gigabytesPerSecond: Double?
    /// GB/s from memory by the model's traffic and these seconds.
    public var modelledGigabytesPerSecond: Double?

    init(_ phase: ProfilePhase) {
        self.phase = phase
        (counters, perElement, perFlop, software) = ([:], [:], [:], [:])
    }

    /// Fills what follows from counts, times and the model.
    mutating func derive(productFlops: Double, threads: Int, lineBytes: Int) {
        perFlop = counters.mapValues { $0 / productFlops }
        if let elements, elements > 0 { perElement = counters.mapValues { $0 / elements } }
        guard let seconds = cpuSeconds.map({ $0 / Double(threads) }) ?? seconds, seconds > 0 else { return }
        if let flops, flops > 0 { gflops = flops / seconds / 1e9 }
        if let misses = counters[.l3Misses] { gigabytesPerSecond = misses * Double(lineBytes) / seconds / 1e9 }
        if let model { modelledGigabytesPerSecond = model.intoL3 / seconds / 1e9 }
    }
}

/// The five kernels that a profile compares.
public enum ProfiledKernel: String, Sendable, Codable, CaseIterable {
    case basic, optimal, turbo, classical, openblas

    /// Whether it recurses.
    public var hasLevels: Bool { self == .basic || self == .optimal || self == .turbo }

    func contender(_ problem: ProfileProblem, levels: Int?) -> ContenderSpec {
        var spec: ContenderSpec
        switch self {
        case .basic: spec = ContenderSpec(.engine(.basic))
        case .optimal: spec = ContenderSpec(.engine(.optimal))
        case .turbo: spec = ContenderSpec(.engine(.turbo))
        case .classical: spec = ContenderSpec(.engine(.classical))
        case .openblas: spec = ContenderSpec(.openblas)
        }
        if hasLevels { (spec.levels, spec.schemes) = (levels, levels == 0 ? [] : problem.schemes) }
        if self == .turbo { spec.fusedLevels = problem.fusedLevels.map { min($0, levels ?? $0) } }
        return spec
    }
}

/// What to profile.
public struct ProfileProblem: Sendable, Equatable {
    public var m, k, n: Int
    public var precision: Precision
    public var threads: Int
    /// By level, outermost first; empty: the planner's own.
    public var schemes: [String]
    /// Of turbo's levels those that are fused into packing, the innermost; `nil`: the planner decides.
    public var fusedLevels: Int?

    public init(
        m: Int, k: Int, n: Int, precision: Precision, threads: Int, schemes: [String] = [], fusedLevels: Int? = nil
    ) {
        (self.m, self.k, self.n, self.precision, self.threads) = (m, k, n, precision, threads)
        (self.schemes, self.fusedLevels) = (schemes, fusedLevels)
    }

    func benchmarkCase(_ spec: ContenderSpec) -> BenchmarkCase {
        BenchmarkCase(m: m, k: k, n: n, precision: precision, threads: threads, contenders: [spec])
    }

    /// Bytes of A, B and C.
    public var operandBytes: Int { benchmarkCase(ContenderSpec(.openblas)).operandBytes }

    /// Elements of A, B and C.
    var elements: Double { Double(m) * Double(k) + Double(k) * Double(n) + Double(m) * Double(n) }
}
