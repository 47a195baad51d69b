// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Profiles multiplications on this machine: clocks and the system's events always, hardware counters where there are any.
public struct Profiler {
    private let environment: BenchmarkEnvironment
    private let topology: Topology
    private let counters: OpenCounters
    private let multiplexed: Bool
    private let repeats: Int

    /// - Parameters:
    ///   - precision: Decides which floating-point operations are counted.
    ///   - multiplexed: One run for all counters, the hardware shared in turn and the counts scaled up.
    ///   - counters: false: leaves the hardware counters alone.
    ///   - repeats: Timed runs of everything, ≥ 1.
    public init(
        environment: BenchmarkEnvironment, topology: Topology, precision: Precision, multiplexed: Bool = false,
        counters: Bool = true, repeats: Int = 3
    ) {
        self.init(
            environment: environment, topology: topology, multiplexed: multiplexed, repeats: repeats,
            counters: counters ? OpenCounters(Self.quantities(precision), multiplexed: multiplexed) : .off)
    }

    init(
        environment: BenchmarkEnvironment, topology: Topology, multiplexed: Bool, repeats: Int, counters: OpenCounters
    ) {
        (self.environment, self.topology, self.counters) = (environment, topology, counters)
        (self.multiplexed, self.repeats) = (multiplexed, max(1, repeats))
    }

    static func quantities(_ precision: Precision) -> [CounterQuantity] {
        CounterQuantity.allCases.filter { $0 != (precision == .float64 ? .singleOperations : .doubleOperations) }
    }

    /// What can be counted here, or why not.
    public var availability: CounterAvailability { counters.availability }

    /// Profiles the kernels one after the other, each with every number of levels it is given.
    ///
    /// - Parameter progress: Receives what is being run.
    public func report(
        _ problem: ProfileProblem, _ kernels: [(kernel: ProfiledKernel, levels: [Int?])],
        progress: (String) -> Void = { _ in }
    ) throws -> ProfileReport {
        var runs: [ProfileRun] = []
        var notes: [String] = []
        for (kernel, levels) in kernels {
            for level in levels {
                progress("\(kernel.rawValue)\(level.map { ", \($0) levels" } ?? "")")
                let product = try ProfiledProduct(kernel, problem, levels: level, environment: environment)
                guard !runs.contains(where: product.isSame) else { continue }
                let (run, refusal) = try profile(product)
                runs.append(run)
                if let refusal, !notes.contains(refusal) { notes.append(refusal) }
            }
        }
        if multiplexed && !availability.isEmpty {
            notes.append("counters were multiplexed: they took turns and are scaled up, so that small counts are rough")
        }
        return ProfileReport(
            source: runs.contains { !$0.total.counters.isEmpty } ? .measured : .software, cpu: topology.model,
            m: problem.m, k: problem.k, n: problem.n, precision: problem.precision, threads: problem.threads,
            counters: availability, multiplexed: multiplexed && !availability.isEmpty, simulation: nil, runs: runs,
            notes: notes)
    }

    /// One kernel with one number of levels, and why counters of it are missing.
    func profile(_ kernel: ProfiledKernel, _ problem: ProfileProblem, levels: Int?) throws -> (ProfileRun, String?) {
        try profile(ProfiledProduct(kernel, problem, levels: levels, environment: environment))
    }

    private func profile(_ product: ProfiledProduct) throws -> (ProfileRun, String?) {
        let (kernel, problem) = (product.kernel, product.problem)
        try product.run()
        let unwatched = try (0..<repeats).map { _ in product.seconds(try Stopwatch.system.measure(product.run)) }
        var watched = WatchedRuns(product, repeats: repeats)
        let passes: [CounterPass?] = watched.canCount ? counters.plan?.passes ?? [] : []
        for pass in passes.isEmpty ? [nil] : passes {
            try watched.add(pass, counters.library, multiplexed: multiplexed)
        }
        var run = product.emptyRun()
        let seconds = Sample(unwatched).median
        (run.seconds, run.gflops) = (seconds, problem.benchmarkCase(ContenderSpec(.openblas)).flops / seconds / 1e9)
        run.watchingOverhead = watched.seconds / seconds - 1
        let model = try product.model(caches: (1...3).map(topology.dataCacheBytes))
        run.set(watched.phases, model: model, problem: problem, lineBytes: topology.lineBytes)
        let refusal =
            watched.canCount || counters.plan?.passes.isEmpty != false
            ? watched.refusal : "\(kernel.rawValue): unavailable, the threads of a foreign library cannot be counted"
        return (run, refusal)
    }
}

extension Topology {
    /// Bytes of a line of the data caches; 64 where the machine does not say.
    var lineBytes: Int { caches.lazy.filter { $0.contents != .instruction }.compactMap(\.lineBytes).first ?? 64 }
}

/// Repeated runs under a ``PhaseMeter``, one series for each pass of counters, and their mean.
struct WatchedRuns {
    private let product: ProfiledProduct
    private let repeats: Int
    private var profiles: [Phase: PhaseProfile] = [:]
    private var clock: [ElapsedTime] = []
    private(set) var refusal: String?

    init(_ product: ProfiledProduct, repeats: Int) { (self.product, self.repeats) = (product, repeats) }

    /// A library without phases counts as a whole, and only on the calling thread.
    var canCount: Bool { product.contender.pool != nil || product.contender.threads == 1 }

    /// Mean time of a watched run by the clock that judges the kernel, and by the wall clock.
    var seconds: Double { clock.map(product.seconds).reduce(0, +) / Double(max(1, clock.count)) }
    private var wall: Double { clock.map(\.wall).reduce(0, +) / Double(max(1, clock.count)) }

    /// Runs a series; its clocks replace those of an earlier one, its counters come on top.
    mutating func add(_ pass: CounterPass?, _ library: (any CounterLibrary)?, multiplexed: Bool) throws {
        let (product, repeats, threads) = (product, repeats, product.contender.threads)
        let meter = PhaseMeter(threads: threads, library: library, pass: pass, multiplexed: multiplexed)
        let once = { (body: () throws -> Void) in
            if product.contender.pool == nil { try meter.measure(.kernel, body) } else { try body() }
        }
        let series = {
            try once(product.run)  // opens the event sets that are not yet open
            meter.reset()
            return try (0..<repeats).map { _ in try Stopwatch.system.measure { try once(product.run) } }
        }
        if let pool = product.contender.pool {
            clock = try pool.observed(by: meter) {
                try Self.touchAllThreads(pool, threads: threads)
                return try series()
            }
            meter.retire()
            try pool.observed(by: meter) { try Self.touchAllThreads(pool, threads: threads) }
        } else {
            clock = try series()
            meter.retire()
            meter.phase(.kernel, thread: 0, isEntered: true)
        }
        refusal = refusal ?? meter.refusal
        for phase in Phase.allCases { merge(meter.totals(phase), phase, meter.refusal == nil ? pass : nil) }
    }

    /// Every worker enters a phase, whether or not it finds work there: that of a scaling. A product of this size has
    /// tiles for all of them, and a kernel by name keeps it from being done unpacked, by fewer.
    private static func touchAllThreads(_ pool: ThreadPool, threads: Int) throws {
        let (side, columns) = (64, 16 * threads)
        var options = PlanOptions()
        options.engine = .classical
        options.kernel = try Plan(.float64, m: side, k: side, n: columns, options: options).info.kernel
        let plan = try Plan(.float64, m: side, k: side, n: columns, threads: threads, options: options)
        let (a, b) = (try Matrix<Double>(rows: side, columns: side), try Matrix<Double>(rows: side, columns: columns))
        let c = try Matrix<Double>(rows: side, columns: columns)
        try plan.run(alpha: 0, a.view, b.view, beta: 0.5, into: c.view, pool: pool)
    }

    private mutating func merge(_ totals: PhaseTotals, _ phase: Phase, _ pass: CounterPass?) {
        guard totals.calls > 0 else { return }
        let (runs, threads) = (Double(repeats), Double(product.contender.threads))
        var profile = profiles[phase] ?? PhaseProfile(product.contender.pool == nil ? .whole : ProfilePhase(phase))
        profile.calls = Double(totals.calls) / runs
        profile.seconds = totals.wall / runs / threads
        profile.cpuSeconds = totals.cpu / runs
        for (quantity, count) in zip(SoftwareQuantity.allCases, totals.software) {
            profile.software[quantity] = Double(count) / runs
        }
        for (quantity, count) in zip(pass?.quantities ?? [], totals.counters) {
            profile.counters[quantity] = Double(count) / runs
        }
        profiles[phase] = profile
    }

    /// The phases that occurred, with their shares of the time, and what is left of it.
    var phases: [PhaseProfile] {
        var found = Phase.allCases.compactMap { profiles[$0] }
        let alone = product.contender.threads == 1
        if product.contender.pool != nil {
            var rest = PhaseProfile(.other)
            rest.seconds = max(0, wall - found.compactMap(\.seconds).reduce(0, +))
            if alone { rest.cpuSeconds = max(0, seconds - found.compactMap(\.cpuSeconds).reduce(0, +)) }
            found.append(rest)
        } else if !alone, !found.isEmpty {
            // Its threads' time is not known: the wall clock's is.
            (found[0].seconds, found[0].cpuSeconds) = (wall, nil)
        }
        for index in found.indices {
            let part = alone ? found[index].cpuSeconds : found[index].seconds
            found[index].share = (part ?? 0) / max(alone ? seconds : wall, 1e-12)
        }
        return found
    }
}
