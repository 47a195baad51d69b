// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Shows where a multiplication's time and cache misses go, phase by phase and level by level.",
        discussion: """
            Hardware counters where there are any (PAPI), clocks and the system's events always, beside an analytical model of \
            the traffic between caches. Where there are no counters it says why; --simulate counts misses in simulated caches.

            strassen profile --kernel turbo --levels 2 --size 4096
            strassen profile --compare --simulate --size 384 --levels 1 --plot misses.svg
            """)

    @Option(help: "basic, optimal, turbo (default), classical or openblas.")
    var kernel: ProfiledKernel?
    @Option(help: "Levels of recursion: profiles 0 up to so many; default: the planner's choice.")
    var levels: Int?
    @Option(help: "Of turbo's levels, how many innermost ones are fused into packing; default: the planner's choice.")
    var fused: Int?
    @Option(help: "Side of square matrices; default 2048, with --simulate 256.")
    var size: Int?
    @Option(help: "Rows of A and C.")
    var m: Int?
    @Option(help: "Columns of A, rows of B.")
    var k: Int?
    @Option(help: "Columns of B and C.")
    var n: Int?
    @Option(help: "float64 or float32.")
    var precision = Precision.float64
    @Option(help: "A number from 1 to 1024, or all that this process may use.")
    var threads = Suite.ThreadCount.number(1)
    @OptionGroup var scheme: SchemeListOption
    @Flag(help: "All five kernels side by side, at --levels levels (default 1) where they recurse.")
    var compare = false
    @Option(help: "Timed runs of everything; default 3.")
    var repeats: Int?
    @Option(
        help: ArgumentHelp(
            "auto: hardware counters where there are any; required: end with 69 without them; off.",
            valueName: "auto|required|off"))
    var counters = CounterUse.auto
    @Flag(help: "Count everything in one run: counters take turns on the hardware and are scaled up.")
    var multiplex = false
    @Flag(help: "Count in simulated caches (valgrind's cachegrind) instead; no times; about a minute at 512.")
    var simulate = false
    @Option(
        help: ArgumentHelp(
            "With --simulate: caches for a problem so many times smaller than the one that is meant.",
            valueName: "factor"))
    var scaleCaches = 1
    @Flag(help: "Print one JSON object.")
    var json = false
    @Option(help: ArgumentHelp("Draws misses per flop by kernel and phase.", valueName: "FILE.svg|FILE.png"))
    var plot: String?
    @Option(help: ArgumentHelp("Writes the table of phases, one row each.", valueName: "FILE.csv"))
    var csv: String?

    private var timedRuns: Int { repeats ?? 3 }

    enum CounterUse: String, ExpressibleByArgument, CaseIterable { case auto, required, off }

    func validate() throws {
        for (name, value) in [("size", size), ("m", m), ("k", k), ("n", n)] {
            guard let value, !(1...1 << 17).contains(value) else { continue }
            throw ValidationError("--\(name): expected 1 to \(1 << 17), got \(value)")
        }
        guard (0...8).contains(levels ?? 0) else { throw ValidationError("--levels: expected 0 to 8") }
        try scheme.check(levels: levels)
        guard (0...(levels ?? 8)).contains(fused ?? 0) else { throw ValidationError("--fused: expected 0 to --levels") }
        guard (1...1000).contains(timedRuns) else { throw ValidationError("--repeats: expected 1 to 1000") }
        guard (1...64).contains(scaleCaches) else { throw ValidationError("--scale-caches: expected 1 to 64") }
        guard simulate || scaleCaches == 1 else { throw ValidationError("--scale-caches needs --simulate") }
        guard !simulate || repeats == nil else {
            throw ValidationError("--repeats: a simulation counts the same in every run; leave it out")
        }
        guard !multiplex || counters != .off else { throw ValidationError("--multiplex needs counters, which are off") }
        guard !simulate || (!multiplex && counters != .required && threads.count == 1) else {
            throw ValidationError("--simulate runs one thread without hardware counters")
        }
        try refuseWhatDoesNothing()
    }

    /// The kernel that is profiled, unless all are compared.
    private var chosen: ProfiledKernel { kernel ?? .turbo }

    private func refuseWhatDoesNothing() throws {
        guard !compare || kernel == nil else {
            throw ValidationError("--compare profiles all kernels: leave out --kernel")
        }
        guard compare || chosen == .turbo || fused == nil else {
            throw ValidationError("--fused: only turbo has fused levels; leave it out for --kernel \(chosen.rawValue)")
        }
        guard compare || chosen.hasLevels || ((levels ?? 0) == 0 && scheme.names.isEmpty) else {
            throw ValidationError("--kernel \(chosen.rawValue) has no levels: leave out --levels and --scheme")
        }
    }

    func run() throws {
        if let csv { try OutputFile.check(csv) }
        if let plot { try PictureFile.check(plot) }
        let topology = try Topology()
        let environment = try BenchmarkEnvironment.current(warn: Console.warn)
        let report = try simulate ? simulated(topology, environment) : measured(topology, environment)
        Progress.clear()
        try write(report)
    }

    private var problem: ProfileProblem {
        let side = size ?? (simulate ? 256 : 2048)
        return ProfileProblem(
            m: m ?? side, k: k ?? side, n: n ?? side, precision: precision, threads: threads.count,
            schemes: scheme.names, fusedLevels: fused)
    }

    /// Kernels with their numbers of levels: one kernel with 0 up to the levels asked, or all with the levels asked.
    private var kernels: [(kernel: ProfiledKernel, levels: [Int?])] {
        if compare { return ProfiledKernel.allCases.map { ($0, [$0.hasLevels ? levels ?? 1 : nil]) } }
        guard chosen.hasLevels else { return [(chosen, [nil])] }
        return [(chosen, levels.map { Array(0...$0) } ?? [0, nil])]
    }

    // MARK: Two ways to count

    private func measured(_ topology: Topology, _ environment: BenchmarkEnvironment) throws -> ProfileReport {
        try MemoryCheck.require(problem.operandBytes, for: Format.shape(problem.m, problem.k, problem.n))
        let profiler = Profiler(
            environment: environment, topology: topology, precision: precision, multiplexed: multiplex,
            counters: counters != .off, repeats: timedRuns)
        if counters == .required || multiplex, profiler.availability.isEmpty {
            let obstacle = profiler.availability.obstacles.first
            throw Failure(
                .unavailable, "no hardware counters: \(obstacle?.reason ?? "no event can be counted")",
                advice: [obstacle?.remedy, "or count in simulated caches: strassen profile --simulate"]
                    .compactMap(\.self).joined(separator: "\n  "))
        }
        let progress = Progress("profile")
        return try profiler.report(problem, kernels) { progress.update(0, $0) }
    }

    private func simulated(_ topology: Topology, _ environment: BenchmarkEnvironment) throws -> ProfileReport {
        let products = kernels.reduce(0) { $0 + $1.levels.count }
        let seconds = CacheSimulation.estimatedSeconds(problem, products: products)
        guard seconds <= CacheSimulation.maximumSeconds else {
            throw Failure(
                .usage, "this simulation would take about \(Int(seconds / 60)) minutes; at most 10 are allowed",
                advice: "choose a smaller --size (512 takes about a minute a kernel), fewer --levels, or --scale-caches"
            )
        }
        Console.note("simulating \(products) product\(products == 1 ? "" : "s"), about \(Int(seconds.rounded())) s")
        guard let program = Bundle.main.executableURL else {
            throw Failure(.internalError, "the path of this program is not known")
        }
        let profile = environment.profile ?? Profile(derivedFrom: topology)
        let simulation = try CacheSimulation(topology, scale: scaleCaches, profile: profile, program: program)
        let (progress, interruption) = (Progress("simulate"), Interruption())
        do {
            return try simulation.report(problem, kernels, stop: interruption.flag) { progress.update(0, $0) }
        } catch is CancellationError {
            Console.note("stopped; of a simulation nothing is kept")
            throw ExitCode(Interruption.exitCode)
        }
    }

    // MARK: Output

    private func write(_ report: ProfileReport) throws {
        if json { try JSON.print(report) } else { try Console.write(ProfileText(report).text) }
        if let csv {
            try AtomicFile.write(Array(ProfileTable.all(report).csv.utf8), to: csv)
            Console.note("wrote \(csv)")
        }
        guard let plot else { return }
        let picture = ProfilePlot(report)
        guard !picture.isEmpty else {
            return Console.warn("no plot: no misses were counted; add --simulate")
        }
        try PictureFile.write(picture.script, to: plot)
    }
}
