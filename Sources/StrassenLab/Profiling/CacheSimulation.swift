// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Counts cache misses by running one multiplication in a child process under valgrind's cachegrind.
///
/// The child prepares matrices, plan and workspace; it runs once without and once with the multiplication, and the
/// difference is what the multiplication did. cachegrind knows L1 and one more cache: a run with L2's geometry in its place
/// counts L2's misses, one with L3's counts L3's. It knows LRU, no prefetcher, no TLB, and no AVX-512: the AVX2 kernels run.
public struct CacheSimulation {
    public let caches: SimulatedCaches
    private let topology: Topology
    private let profile: Profile
    private let program: URL
    private let instructionSet: InstructionSet

    /// Seconds that a simulation may take.
    public static let maximumSeconds = 600.0
    /// The internal subcommand that the child runs, with ``arguments(_:_:levels:products:profile:)``.
    public static let subcommand = "simulated-product"

    /// - Parameters:
    ///   - topology: Whose caches are simulated.
    ///   - scale: See ``SimulatedCaches/init(_:scale:)``.
    ///   - profile: Block sizes of unscaled simulations; scaled ones derive theirs from the scaled caches.
    ///   - program: The `strassen` program.
    public init(_ topology: Topology, scale: Int = 1, profile: Profile, program: URL) throws {
        (self.topology, self.program) = (topology, program)
        caches = try SimulatedCaches(topology, scale: scale)
        let bytes = caches.dataBytes
        self.profile = scale == 1 ? profile : Profile(l1d: bytes[0], l2: bytes[1], l3: bytes[2])
        instructionSet = InstructionSet.avx2.isSupported ? .avx2 : .portable
    }

    /// Seconds that simulations of so many products take, from what AVX2 code does under cachegrind: about 45 Mflop/s in
    /// float64, three seconds to start.
    public static func estimatedSeconds(_ problem: ProfileProblem, products: Int) -> Double {
        let rate = problem.precision == .float64 ? 45e6 : 90e6
        return Double(2 * products) * (2 * Double(problem.m) * Double(problem.k) * Double(problem.n) / rate + 2 * 3)
    }

    /// Simulates the kernels one after the other, each with every number of levels it is given.
    ///
    /// - Throws: ``UnavailableError`` when valgrind is missing or fails, `CancellationError` when stopped.
    public func report(
        _ problem: ProfileProblem, _ kernels: [(kernel: ProfiledKernel, levels: [Int?])],
        stop: StopFlag = StopFlag(), progress: (String) -> Void = { _ in }
    ) throws -> ProfileReport {
        let tools = try Tools(stop: stop)
        return try inTemporaryFolder { folder in
            let child = folder.appendingPathComponent("strassen")
            try tools.stripped(program, to: child)
            try AtomicFile.write(Array(profile.text.utf8), to: folder.appendingPathComponent("profile").path)
            var runs: [ProfileRun] = []
            for (kernel, levels) in kernels {
                for level in levels {
                    progress("\(kernel.rawValue)\(level.map { ", \($0) levels" } ?? "")")
                    let product = try ProfiledProduct(
                        kernel, problem, levels: level, environment: planning, instructionSet: instructionSet)
                    if !runs.contains(where: product.isSame) {
                        runs.append(try simulate(product, levels: level, tools, child))
                    }
                }
            }
            return ProfileReport(
                source: .simulated, cpu: topology.model, m: problem.m, k: problem.k, n: problem.n,
                precision: problem.precision, threads: 1, counters: nil, multiplexed: false, simulation: caches,
                runs: runs, notes: notes(problem, kernels.map(\.kernel)))
        }
    }

    private func notes(_ problem: ProfileProblem, _ kernels: [ProfiledKernel]) -> [String] {
        var notes = [
            "simulated by cachegrind: LRU caches without prefetching, \(instructionSet.rawValue) kernels, one thread, no times"
        ]
        if caches.scale > 1 {
            notes.append(
                "caches are scaled for lengths \(caches.scale) times smaller: counts per flop are "
                    + "\(caches.scale) times those of \(Format.shape(problem.m * caches.scale, problem.k * caches.scale, problem.n * caches.scale))"
            )
            if kernels.contains(.openblas) {
                notes.append("OpenBLAS's block sizes are compiled in for real caches: scaled ones wrong it")
            }
        }
        return notes
    }

    /// How plans are made: as the child makes them.
    private var planning: BenchmarkEnvironment {
        var environment = BenchmarkEnvironment(scheme: SchemeSource.scheme)
        environment.profile = profile
        return environment
    }

    private func simulate(
        _ product: ProfiledProduct, levels: Int?, _ tools: Tools, _ child: URL
    ) throws -> ProfileRun {
        let (kernel, problem) = (product.kernel, product.problem)
        var counts: [ProfilePhase: [CounterQuantity: Double]] = [:]
        for (last, quantity) in [(caches.l2, CounterQuantity.l2Misses), (caches.l3, .l3Misses)] {
            guard let last else { continue }
            let setUp = try tools.run(child, self, last, arguments(kernel, problem, levels: levels, products: 0))
            let whole = try tools.run(child, self, last, arguments(kernel, problem, levels: levels, products: 1))
            for (phase, difference) in try Self.difference(whole, setUp, last: quantity) {
                counts[phase, default: [:]].merge(difference) { first, _ in first }
            }
        }
        var run = product.emptyRun()
        let phases = ProfilePhase.allCases.compactMap { phase -> PhaseProfile? in
            guard let found = counts[phase], found.values.contains(where: { $0 > 0 }) else { return nil }
            var profile = PhaseProfile(phase)
            profile.counters = found
            return profile
        }
        run.set(
            phases, model: try product.model(caches: caches.dataBytes), problem: problem, lineBytes: caches.l1.lineBytes
        )
        return run
    }

    /// What one multiplication counted: set-up subtracted, and nothing below zero where addresses differed a little.
    static func difference(
        _ whole: CachegrindOutput, _ setUp: CachegrindOutput, last: CounterQuantity
    ) throws -> [ProfilePhase: [CounterQuantity: Double]] {
        let quantities: [(CounterQuantity, events: [String])] = [
            (.instructions, ["Ir"]), (.l1Misses, ["D1mr", "D1mw"]), (last, ["DLmr", "DLmw"]),
        ]
        let before = try setUp.phases(quantities)
        return try whole.phases(quantities).reduce(into: [:]) { result, entry in
            result[entry.key] = Dictionary(
                uniqueKeysWithValues: entry.value.map { ($0, Double(max(0, $1 - (before[entry.key]?[$0] ?? 0)))) })
        }
    }

    /// Of the child; it finds the profile beside itself.
    private func arguments(_ kernel: ProfiledKernel, _ problem: ProfileProblem, levels: Int?, products: Int) -> [String]
    {
        var arguments = [
            Self.subcommand, "--m", "\(problem.m)", "--k", "\(problem.k)", "--n", "\(problem.n)", "--precision",
            problem.precision.rawValue, "--kernel", kernel.rawValue, "--isa", instructionSet.rawValue, "--products",
            "\(products)",
        ]
        if let levels { arguments += ["--levels", "\(levels)"] }
        if let fused = problem.fusedLevels { arguments += ["--fused", "\(fused)"] }
        for scheme in problem.schemes { arguments += ["--scheme", scheme] }
        return arguments
    }

    /// What the child does: everything but the multiplication, then `products` multiplications.
    ///
    /// A foreign library first multiplies two thin strips, so that its own buffers are there in both runs.
    ///
    /// - Parameter profile: File with the block sizes.
    public static func runChild(
        _ kernel: ProfiledKernel, _ problem: ProfileProblem, levels: Int?, instructionSet: InstructionSet, profile: URL,
        products: Int
    ) throws {
        var environment = BenchmarkEnvironment(scheme: SchemeSource.scheme)
        environment.profile = try Profile(contentsOf: profile)
        if kernel == .openblas {
            for (m, n) in [(min(problem.m, 16), problem.n), (problem.m, min(problem.n, 16))] {
                var strip = problem
                (strip.m, strip.n) = (m, n)
                try ProfiledProduct(kernel, strip, levels: nil, environment: environment).run()
            }
        }
        let product = try ProfiledProduct(
            kernel, problem, levels: levels, environment: environment, instructionSet: instructionSet)
        for _ in 0..<products { try product.run() }
    }

    /// valgrind and strip.
    private struct Tools {
        let valgrind: String
        let strip: String
        let stop: StopFlag

        init(stop: StopFlag) throws {
            guard let valgrind = Tool.path("valgrind") else {
                throw UnavailableError(
                    "valgrind, which simulates the caches, is not installed", advice: "apt install valgrind")
            }
            guard let strip = ["strip", "llvm-strip"].lazy.compactMap(Tool.path).first else {
                throw UnavailableError(
                    "strip, which removes the debug information that valgrind cannot read, is not installed",
                    advice: "apt install binutils")
            }
            (self.valgrind, self.strip, self.stop) = (valgrind, strip, stop)
        }

        /// A copy without debug information (valgrind 3.19 gives up on DWARF 5); the names of functions stay.
        func stripped(_ program: URL, to copy: URL) throws {
            let result = try Tool.run(strip, ["-g", "-o", copy.path, program.path])
            guard result.status == 0 else {
                throw UnavailableError(
                    "\(program.path) cannot be copied without debug information: \(result.errors.trimmed)",
                    advice: "free some space in the temporary folder, or reinstall binutils")
            }
        }

        func run(
            _ child: URL, _ simulation: CacheSimulation, _ last: SimulatedCaches.Cache, _ arguments: [String]
        ) throws -> CachegrindOutput {
            let output = child.deletingLastPathComponent().appendingPathComponent("cachegrind.out")
            let caches = simulation.caches
            let options = [
                "--tool=cachegrind", "--cache-sim=yes", "--vgdb=no", "--cachegrind-out-file=\(output.path)",
                "--I1=\(caches.instructions.argument)", "--D1=\(caches.l1.argument)", "--LL=\(last.argument)",
            ]
            // OpenBLAS would choose kernels by a CPU whose AVX-512 valgrind hides.
            let environment = ["OPENBLAS_CORETYPE": "HASWELL", "OPENBLAS_NUM_THREADS": "1", "VALGRIND_OPTS": ""]
            let result = try Tool.run(
                valgrind, options + [child.path] + arguments,
                environment: simulation.instructionSet == .avx2 ? environment : [:], stop: stop)
            guard result.status == 0 else {
                throw UnavailableError(
                    "the simulation failed: \(result.errors.split(separator: "\n").suffix(6).joined(separator: "\n  "))",
                    advice: "does `valgrind --tool=cachegrind true` work?")
            }
            return try CachegrindOutput(contentsOf: output.path)
        }
    }
}
