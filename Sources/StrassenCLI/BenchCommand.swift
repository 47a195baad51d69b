// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Compares engines with OpenBLAS, or with any BLAS, in one interleaved run.",
        discussion: """
            An engine is NAME[+LEAF][@THREADS][:key=value,…]. NAME: auto, classical, basic, optimal, turbo, reference \
            (ours), openblas (linked), against (every --against library), unfair (the paper's protocol). LEAF: openblas, \
            for basic and optimal. Keys: scheme=NAME|FILE+… (outermost first), levels, fused, cutoff, workspace, kernel, \
            isa, accurate, deterministic.

            strassen bench --size 2048,4096 --threads 1,all --engine openblas --engine turbo:scheme=winograd,levels=2
            strassen bench --suite bench/suites/paper.suite --plot paper.svg
            """)

    @Option(help: ArgumentHelp("Cases from a suite file instead of the flags below.", valueName: "file"))
    var suite: String?
    @Option(
        help: ArgumentHelp(
            "Sides of square matrices, or MxKxN (C is M×N); default 1024,2048. Lists may be repeated.",
            valueName: "list"))
    var size: [String] = []
    @Option(help: ArgumentHelp("float64 (default), float32, or both: float64,float32.", valueName: "list"))
    var precision: [String] = []
    @Option(help: ArgumentHelp("Numbers of threads, default 1; all: what this process may use.", valueName: "list"))
    var threads: [String] = []
    @Option(
        help: ArgumentHelp(
            "An engine that takes part; may be repeated; default openblas, classical, turbo.", valueName: "spec"))
    var engine: [String] = []
    @Option(help: ArgumentHelp("Scheme of our engines that name none: built in, or a file.", valueName: "name|file"))
    var scheme: String?
    @Option(help: "Levels of our engines that name none.")
    var levels: Int?
    @Option(help: ArgumentHelp("Micro-kernel of our engines that name none.", valueName: "name"))
    var kernel: String?
    @Option(
        help: ArgumentHelp(
            "A shared library with a CBLAS interface that takes part; may be repeated.", valueName: "path"))
    var against: [String] = []
    @Option(help: "Engine that counts as 1.0; best: the fastest BLAS of others.")
    var baseline: String?
    @Option(
        help: ArgumentHelp("uniform ([-1,1], default), normal (N(0,1)), or both: uniform,normal.", valueName: "list"))
    var data: [String] = []
    @Option(help: ArgumentHelp("How A and B are stored: NN (default), NT, TN, TT.", valueName: "list"))
    var transpose: [String] = []
    @Option(help: ArgumentHelp("C := A·B + beta·C.", valueName: "list"))
    var beta: [String] = []
    @Option(help: ArgumentHelp("Least leading dimension of all three matrices.", valueName: "list"))
    var ld: [String] = []
    @Option(help: "Timed samples of every engine.")
    var repeats: Int?
    @Option(help: "Seed of the data and of the engines' turns.")
    var seed: UInt64 = 1
    @Option(help: "wall or cpu; default: cpu for one thread, wall for several.")
    var clock: MeasuringClock?

    @Option(help: ArgumentHelp("What goes to stdout: markdown (default), csv or json.", valueName: "format"))
    var format: OutputFormat?
    @Flag(help: "Short for --format json.")
    var json = false
    @Option(help: ArgumentHelp("Draws GFLOP/s and speed-up over size.", valueName: "FILE.svg|FILE.png"))
    var plot: String?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Keeps .json, .md and .svg in a folder per machine below this one.", valueName: "folder"))
    var output: String?
    @Flag(help: "Ends with 75 when the machine is too noisy, with 1 when a suite's target is missed.")
    var strict = false
    @Option(help: "Largest (max - min) / median that is not too noisy.")
    var maxSpread = 0.1

    enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case markdown, csv, json }

    private static let shownWarnings = 3
    private static let defaultEngines = ["openblas", "classical", "turbo"]

    func validate() throws {
        let allowed = BenchmarkProtocol.allowedRepeats
        guard allowed.contains(repeats ?? 1) else {
            throw ValidationError("--repeats: expected 1 to \(allowed.upperBound)")
        }
        guard levels ?? 0 >= 0 else { throw ValidationError("--levels must be at least 0") }
        guard suite == nil || !hasCaseFlags else {
            throw ValidationError("--suite takes its cases from the file; leave out sizes, engines and the like")
        }
        guard !json || format == nil || format == .json else {
            throw ValidationError("--json is short for --format json; leave one of them out")
        }
        guard maxSpread > 0 else { throw ValidationError("--max-spread must be above 0") }
    }

    /// Whether a flag describes cases that a suite would describe.
    private var hasCaseFlags: Bool {
        let lists = [size, precision, threads, data, transpose, beta, ld, engine]
        return lists.contains { !$0.isEmpty } || [scheme, kernel, baseline].contains { $0 != nil } || levels != nil
    }

    func run() throws {
        if let plot { try PictureFile.check(plot) }
        if let output { try BenchmarkResults.checkStore(in: output) }
        let suite = try self.suite.map { try Suite(path: $0) } ?? suiteOfFlags()
        let libraries = try against.map { try BLASLibrary(path: $0) }
        Restart.unlessKernelsSuit(libraries)
        let environment = try BenchmarkEnvironment.current(libraries: libraries, warn: Console.warn)
        let session = BenchSession(suite: suite, settings: settings(suite), isStrict: strict)
        let interruption = Interruption()
        let outcome = try session.run(
            threads: Allowance().threads, environment: environment, stop: interruption.flag)
        let results = outcome.results
        let written = Result { if outcome.failure == nil || !results.results.isEmpty { try write(results) } }
        if let failure = outcome.failure {
            if case .failure(let error) = written { Console.warn("not kept: \(error)") }
            throw Self.ending(failure)
        }
        let verdict = Result { try judge(results) }
        try written.get()
        try verdict.get()
    }

    /// Says what is to be doubted; with `--strict` an error, as is a target that was missed.
    private func judge(_ results: BenchmarkResults) throws {
        let (doubts, spreads) = (results.doubts, results.warnings(spread: maxSpread))
        Self.warn(doubts, more: "are doubtful")
        Self.warn(spreads, more: "vary by over \(Format.percent(maxSpread))")
        guard strict else { return }
        if !doubts.isEmpty || !spreads.isEmpty {
            throw Failure(
                .tooNoisy,
                "\(spreads.count) measurements vary by more than \(Format.percent(maxSpread)), \(doubts.count) are doubtful",
                advice: "stop other programs, or raise --repeats")
        }
        let missed = results.results.count { $0.target != nil && $0.meetsTarget != true }
        guard missed == 0 else { throw Failure(.failed, "\(missed) targets are missed") }
    }

    /// Says that there are cases missing; what the program ends with after a run that did not finish.
    private static func ending(_ failure: any Error) -> any Error {
        let isStopped = failure is CancellationError
        Console.note("\(isStopped ? "stopped" : "a case failed"); there are only the cases that were finished")
        return isStopped ? ExitCode(Interruption.exitCode) : failure
    }

    /// Shows the first warnings, and how many `more` there are.
    private static func warn(_ warnings: [String], more: String) {
        warnings.prefix(shownWarnings).forEach(Console.warn)
        if warnings.count > shownWarnings { Console.warn("and \(warnings.count - shownWarnings) more \(more)") }
    }

    private func settings(_ suite: Suite) -> BenchmarkProtocol {
        var settings = BenchmarkProtocol()
        settings.repeats = repeats ?? suite.repeats ?? settings.repeats
        (settings.seed, settings.clock) = (seed, clock)
        return settings
    }

    private func suiteOfFlags() throws -> Suite {
        var entry = Suite.Entry()
        entry.shapes = try list(size, or: "1024,2048", "--size", "a size or MxKxN", Suite.Shape.init(text:))
        entry.precisions = try list(
            precision, or: "float64", "--precision", "float32 or float64", Precision.init(rawValue:))
        entry.threads = try list(
            threads, or: "1", "--threads", "a number from 1 to 1024, or all", Suite.ThreadCount.init(text:))
        entry.distributions = try list(data, or: "uniform", "--data", "uniform or normal", Distribution.init(rawValue:))
        entry.transposes = try list(transpose, or: "NN", "--transpose", "NN, NT, TN or TT") {
            Suite.Entry.transposes.contains($0) ? $0 : nil
        }
        entry.betas = try list(beta, or: "0", "--beta", BenchmarkCase.betaExpected, BenchmarkCase.beta(text:))
        entry.leading = try list(ld, or: "0", "--ld", BenchmarkCase.leadingExpected, BenchmarkCase.leading(text:))
        entry.engines = try (engine.isEmpty ? Self.defaultEngines : engine).map {
            try withDefaults(ContenderSpec.argument($0))
        }
        try checkEffect(on: entry.engines)
        if !against.isEmpty && !entry.engines.contains(where: { $0.kind == .against }) {
            entry.engines.insert(ContenderSpec(.against), at: 0)
        }
        entry.baseline = baseline ?? (against.isEmpty ? BenchmarkCase.usualBaseline : BenchmarkCase.bestBaseline)
        var suite = Suite()
        (suite.title, suite.entries) = ("comparison", [entry])
        return suite
    }

    /// Gives an engine of ours what the flags say for all.
    private func withDefaults(_ spec: ContenderSpec) throws -> ContenderSpec {
        guard case .engine(let engine) = spec.kind, engine != .reference else { return spec }
        var spec = spec
        spec.kernel = spec.kernel ?? kernel
        guard engine != .classical else { return spec }
        if spec.schemes.isEmpty { spec.schemes = try defaultSchemes() }
        spec.levels = spec.levels ?? levels
        return try spec.checked()
    }

    /// Refuses a flag for all engines that none of them takes.
    private func checkEffect(on engines: [ContenderSpec]) throws {
        let given = [("scheme", scheme != nil), ("levels", levels != nil), ("kernel", kernel != nil)]
        for (flag, isGiven) in given where isGiven {
            guard engines.contains(where: { ContenderSpec.settings(of: $0.kind).contains(flag) && $0.kind != .unfair })
            else {
                throw Failure(
                    .usage, "--\(flag): no engine that takes part uses it", advice: "leave it out, or add one of ours")
            }
        }
    }

    private func defaultSchemes() throws -> [String] {
        guard let scheme else { return [] }
        guard let names = ContenderSpec.schemes(text: scheme) else {
            throw Self.wrong("--scheme", ContenderSpec.schemesExpected, scheme)
        }
        return names
    }

    private static func wrong(_ flag: String, _ expected: String, _ value: String) -> Failure {
        Failure(.usage, "\(flag): expected \(expected), got \"\(value)\"", advice: "see `strassen bench --help`")
    }

    /// The values of a flag, by commas or from repeating it.
    private func list<Value>(
        _ given: [String], or usual: String, _ flag: String, _ expected: String, _ read: (String) -> Value?
    ) throws -> [Value] {
        let text = given.isEmpty ? usual : given.joined(separator: ",")
        return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let value = read(String(part)) else { throw Self.wrong(flag, expected, String(part)) }
            return value
        }
    }

    /// Keeps the numbers, shows them, draws; what fails does not keep the others from being done.
    private func write(_ results: BenchmarkResults) throws {
        let stored = Result { try output.map { try results.store(in: $0, name: storedName) } }
        if case .success(let files?) = stored { files.paths.forEach { Console.note("wrote \($0)") } }
        try show(results)
        let drawn = Result { if let plot { try draw(BenchmarkPlot(results), to: plot) } }
        if let failure = try stored.get()?.plotFailure { throw failure }
        try drawn.get()
    }

    private func draw(_ picture: BenchmarkPlot, to path: String) throws {
        guard !picture.isEmpty else {
            return Console.warn(
                "no plot: \(path) would be empty, since only plain products are drawn: NN, beta 0, no --ld")
        }
        try PictureFile.write(picture.script, to: path)
    }

    /// What kept files are called: the suite, or `comparison`.
    private var storedName: String {
        suite.map { (($0 as NSString).lastPathComponent as NSString).deletingPathExtension } ?? "comparison"
    }

    private func show(_ results: BenchmarkResults) throws {
        switch json ? .json : format ?? .markdown {
        case .markdown:
            try Console.write(results.table.markdown + "\n" + results.notes.joined(separator: "\n\n") + "\n")
        case .csv: try Console.write(results.csv)
        case .json: try JSON.print(results)
        }
    }
}
