// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

/// `strassen train`: from seeds and hyper-parameters to proved schemes.
struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Learns a scheme from a seed, or from many, and proves it.",
        discussion: """
            Trains U, V and W of c = W((U·a) ∘ (V·b)), makes them discrete, and proves the result by the Brent equations \
            in exact integers. An attempt that fails is repeated from another start, up to --restarts times; the output \
            counts them. The same seed gives the same scheme on any number of threads. Ctrl-C saves the run for --resume.
            Exit code 1 when a seed was not proved.
            """)

    @OptionGroup(title: "Recipe") var options: RecipeOptions
    @Option(help: "First seed.") var seed: UInt64?
    @Option(help: "Number of seeds.") var seeds = 1
    @Option(help: "Threads, one seed on each at a time: a number from 1 to 1024, or all.")
    var threads = Suite.ThreadCount.all
    @Option(
        name: .shortAndLong,
        help: "NAME.pt, NAME.safetensors, NAME.scheme, or NAME for all three; several seeds add -SEED. Repeatable.")
    var output: [String] = []
    @Option(help: "CSV file of the curves: losses, margin, norms, slots.") var log: String?
    @Flag(help: "Add κ of the gradient covariance to the log (slow).") var kappa = false
    @Flag(help: "Where nothing was proved, write the published scheme, labelled so; never counts as success.")
    var fallback = false
    @Option(
        help: "Where an interrupted run is saved. Default: the file of --resume, else \(Self.defaultState).")
    var state: String?
    @Option(help: "Go on with a saved run; its recipe and seeds are in the file.") var resume: String?
    @Flag(help: "Print one JSON object.") var json = false
    @Flag(help: "List presets and hyper-parameters.") var list = false

    private static let defaultState = "strassen-train.state.json"
    private var statePath: String { state ?? resume ?? Self.defaultState }

    func run() async throws {
        if list { return json ? try JSON.print(RecipeList()) : try Console.write(TrainText.list) }
        let (sweep, preset) = try makeSweep()
        let canonical = fallback ? try CanonicalFallback(for: sweep.configuration) : nil
        try checkOutputs(of: sweep)
        let interruption = Interruption()
        let log = try log.map {
            try TrainingLog(path: $0, seeds: sweep.seeds, finished: sweep.results.map(\.seed), append: resume != nil)
        }
        let isDone = await sweep.run(
            threads: threads.count, observer: observer(of: sweep, log), stop: interruption.flag)
        Progress.clear()
        // What cannot be written is told last: first comes everything that can be.
        let logged = Result { try log?.close() ?? () }
        guard isDone else {
            try save(sweep)
            note("stopped after \(sweep.finishedCount) of \(sweep.seeds.count) seeds; go on with")
            try logged.get()
            throw ExitCode(Interruption.exitCode)
        }
        let written = Result { try writeAll(sweep, preset, canonical) }
        try finish(sweep, preset, [logged, written])
    }

    /// Prints the results, and throws the first of the errors so far, or that a seed was not proved.
    private func finish(
        _ sweep: LearningSweep, _ preset: TrainingPreset, _ soFar: [Result<Void, any Error>]
    ) throws {
        let report = try TrainingReport(sweep.results, configuration: sweep.configuration, preset: preset)
        if json {
            try JSON.print(report)
        } else {
            try Console.write(TrainText.report(report, sweep.results, showScheme: output.isEmpty))
        }
        for result in soFar { try result.get() }
        let wasToProve = !sweep.configuration.discretization.isEmpty
        if wasToProve && report.proved.successes < report.proved.trials { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private func makeSweep() throws -> (LearningSweep, TrainingPreset) {
        if let resume {
            guard options.isEmpty && seed == nil && seeds == 1 else {
                throw Failure(
                    .usage, "--resume takes recipe and seeds from \(resume)", advice: "leave out the other flags")
            }
            let saved = try FileInput.contents(of: resume)
            do {
                let sweep = try LearningSweep(savedState: saved)
                return (sweep, sweep.preset)
            } catch let error as InputError { throw error.in(resume) }
        }
        let recipe = try options.recipe()
        let first = seed ?? recipe.seed ?? 1
        guard (1...1_000_000).contains(seeds), !first.addingReportingOverflow(UInt64(seeds - 1)).overflow else {
            throw Failure(.usage, "--seeds: expected 1...1000000, got \(seeds)")
        }
        let range = first...first + UInt64(seeds - 1)
        return (
            LearningSweep(configuration: recipe.configuration, seeds: Array(range), preset: recipe.preset),
            recipe.preset
        )
    }

    /// Known before the training begins, so that a wrong name costs no time.
    private func checkOutputs(of sweep: LearningSweep) throws {
        guard log != nil || !kappa else {
            throw Failure(.usage, "--kappa adds to the log", advice: "give one by --log FILE.csv")
        }
        try output.flatMap { targets($0, of: sweep, seed: sweep.seeds[0]) }.forEach { try OutputFile.check($0.path) }
        try StateFile.check(statePath, isDefault: statePath == Self.defaultState)
    }

    /// The files that a name on the command line stands for.
    private func targets(_ path: String, of sweep: LearningSweep, seed: UInt64) -> [(file: LearnedFile, path: String)] {
        let kind = LearnedFile.allCases.first { path.hasSuffix(".\($0.rawValue)") }
        let name = kind.map { String(path.dropLast($0.rawValue.count + 1)) } ?? path
        // A name that ends in none, such as "." or "folder/", stays as it is, to be refused.
        guard let last = name.split(separator: "/", omittingEmptySubsequences: false).last,
            !["", ".", ".."].contains(last)
        else { return LearnedFile.allCases.prefix(1).map { ($0, name) } }
        let suffix = sweep.seeds.count > 1 ? "-\(seed)" : ""
        return (kind.map { [$0] } ?? LearnedFile.allCases).map { ($0, "\(name)\(suffix).\($0.rawValue)") }
    }

    /// Feeds the progress line and the log.
    private func observer(of sweep: LearningSweep, _ log: TrainingLog?) -> LearningSweep.Observer {
        let isSingle = sweep.seeds.count == 1
        let progress = Progress(isSingle ? "training" : "seeds", total: isSingle ? 0 : sweep.seeds.count)
        var observer = LearningSweep.Observer()
        if log != nil || (isSingle && Console.isInteractive) {
            observer.metrics = { seed, metrics in
                log?.add(metrics, seed: seed)
                if isSingle { progress.update(metrics.step, TrainText.progress(metrics)) }
            }
        }
        observer.spectrum = kappa && log != nil
        observer.finished = { learned in
            log?.finish(seed: learned.seed)
            if !isSingle { progress.update(sweep.finishedCount, TrainText.progress(learned)) }
        }
        return observer
    }

    private func save(_ sweep: LearningSweep) throws {
        try AtomicFile.write(sweep.savedState(), to: statePath)
    }

    /// Says how to resume what was saved, with the flags that are not in the file.
    private func note(_ reason: String) {
        let flags =
            output.map { " -o \($0)" } + (log.map { [" --log \($0)"] } ?? []) + (kappa ? [" --kappa"] : [])
            + (fallback ? [" --fallback"] : [])
        Console.note("\(reason): strassen train --resume \(statePath)" + flags.joined())
    }

    /// Writes the files of every seed. Where one cannot be written the others are, and the results are saved.
    ///
    /// - Throws: the first error.
    private func writeAll(_ sweep: LearningSweep, _ preset: TrainingPreset, _ canonical: CanonicalFallback?) throws {
        let attempts = sweep.results.map { learned in
            Result { try write(learned, of: sweep, preset, canonical) }
        }
        guard let failed = attempts.first(where: { (try? $0.get()) == nil }) else { return }
        if (try? save(sweep)) != nil { note("not every file was written; the results are saved, write them with") }
        try failed.get()
    }

    /// Writes the files of one seed, as many as can be.
    ///
    /// - Throws: the first error.
    private func write(
        _ learned: LearnedScheme, of sweep: LearningSweep, _ preset: TrainingPreset, _ canonical: CanonicalFallback?
    ) throws {
        if learned.scheme == nil, let canonical {
            Console.warn(
                "FALLBACK: seed \(learned.seed) gave no proved scheme; \(canonical.original) is the published one, "
                    + "not learned, and does not count")
        }
        let attempts = output.flatMap({ targets($0, of: sweep, seed: learned.seed) }).map { target in
            Result {
                if try !learned.write(target.file, to: target.path, preset: preset, fallback: canonical) {
                    Console.warn("\(target.path) was not written: seed \(learned.seed) gave no proved scheme")
                }
            }
        }
        for attempt in attempts { try attempt.get() }
    }
}
