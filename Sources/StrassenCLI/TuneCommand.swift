// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Measures block sizes, prices and cutoffs on this machine and writes its profile.",
        discussion: """
            The profile goes to the user's cache, where multiply, bench and the drop-in library find it; the evidence (.csv) \
            and a plot (.svg) lie beside it. Interrupted, it goes on where it was the next time.
            """)

    @Flag(help: "Measure for at most a minute and a half (the default).")
    var quick = false
    @Flag(help: "Measure for at most 20 minutes: larger problems, more samples, more numbers of threads.")
    var full = false
    @Option(help: ArgumentHelp("Measure for about so long instead.", valueName: "seconds"))
    var budget: Double?
    @Option(help: "A number, or all that this process may use, the most that can be measured; one thread always is.")
    var threads = Suite.ThreadCount.all
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Folder for profile, evidence and plot; default: the user's cache.", valueName: "folder"))
    var output: String?
    @Flag(help: "Start anew even where an interrupted tuning could be gone on with.")
    var fresh = false
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Tune nothing: say which plan a problem gets and why, and measure it.", valueName: "M K N"))
    var explain: [Int] = []
    @Option(help: "float32 or float64, for --explain.")
    var precision: Precision?
    @Flag(help: "Tune nothing: measure the profile's decisions against all other plans on problems not used in tuning.")
    var evaluate = false
    @Option(help: ArgumentHelp("Tune nothing: count the decisions in which two profiles agree.", valueName: "profile"))
    var agreement: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard explain.isEmpty || (explain.count == 3 && explain.allSatisfy { (1...1 << 20).contains($0) }) else {
            throw ValidationError(
                "--explain: expected three sizes from 1 to \(1 << 20), such as --explain 4096 4096 4096")
        }
        guard [quick, full, budget != nil].filter({ $0 }).count <= 1 else {
            throw ValidationError("--quick, --full and --budget exclude each other")
        }
        let questions = [!explain.isEmpty, evaluate, agreement != nil].filter { $0 }.count
        guard questions <= 1 else {
            throw ValidationError("--explain, --evaluate and --agreement exclude each other: ask one at a time")
        }
        guard questions == 0 || !(quick || full || fresh || budget != nil) else {
            throw ValidationError(
                "--explain, --evaluate and --agreement tune nothing: leave out --quick, --full, --budget and --fresh")
        }
        guard precision == nil || !explain.isEmpty else {
            throw ValidationError("--precision belongs to --explain: tuning measures both")
        }
        guard budget.map({ (0.1...86400).contains($0) }) ?? true else {
            throw ValidationError("--budget: expected 0.1 to 86400 seconds")
        }
    }

    func run() throws {
        if !explain.isEmpty { return try explainPlan() }
        if evaluate { return try evaluateProfile() }
        if let agreement { return try compare(with: agreement) }
        try tune()
    }

    private func folder() throws -> URL {
        guard let folder = output.map({ URL(fileURLWithPath: $0) }) ?? ProfileStore().folders.first else {
            throw Failure(.usage, "there is no folder for the profile", advice: "strassen tune -o tuning")
        }
        return folder
    }

    // MARK: Tuning

    private func tune() throws {
        try checkThreads()
        warnOfLoad()
        var settings = full ? TuningSettings.full : .quick
        if let budget { settings.budget = budget }
        if threads.count < (settings.threads.max() ?? 1) {
            settings.threads = settings.threads.filter { $0 < threads.count } + [threads.count]
        }
        let interruption = Interruption()
        let progress = Progress("tune", total: Int(settings.budget.rounded(.up)))
        let tuner = try Tuner(settings: settings, folder: folder(), fresh: fresh, stop: interruption.flag) {
            progress.update(Int($0.done), $0.detail, secondsLeft: $0.total - $0.done)
        }
        let isComplete = try tuner.run()
        Progress.clear()
        guard isComplete else {
            Console.note("stopped; \(tuner.records.count) measurements are kept: run strassen tune again to go on")
            throw ExitCode(Interruption.exitCode)
        }
        tuner.dropped.map(TuneText.dropped).forEach(Console.warn)
        let result = TuneText.Result(tuner, hasPlot: try drawPlot(tuner))
        if json { return try JSON.print(result) }
        try Console.write(TuneText.summary(tuner, result))
    }

    /// More threads than there are processors for them would be measured as they hinder each other.
    private func checkThreads() throws {
        let usable = Allowance().threads
        guard threads.count <= usable else {
            throw Failure(
                .usage, "--threads \(threads.count): this process may use \(usable)",
                advice: "strassen tune --threads all")
        }
    }

    /// Whether there is one now.
    private func drawPlot(_ tuner: Tuner) throws -> Bool {
        do {
            try AtomicFile.write(
                try Gnuplot.draw(TuningPlot(tuner.records, tuner.profile).script), to: tuner.files.plot.path)
            return true
        } catch let failure as UnavailableError {
            Console.warn("no plot: \(failure)")
            return false
        }
    }

    /// Other work on the machine spoils what is measured on all threads.
    private func warnOfLoad() {
        guard let load = MachineLoad.current(), load > 0.2 else { return }
        Console.warn(
            "other processes use \(Int(load * 100)) % of the processors: what is measured on all threads will be too slow; "
                + "tune again when the machine is quiet")
    }

    // MARK: Asking a profile

    /// The profile that is asked: of -o, else the active one.
    private func asked() throws -> Profile {
        let topology = try Topology()
        guard let output else {
            let (profile, url) = ProfileStore().active(topology, warn: Console.warn)
            if url == nil { Console.note("no tuned profile of this machine: asking the one derived from its caches") }
            return profile
        }
        let (found, warning) = ProfileStore(folder: URL(fileURLWithPath: output)).find(Fingerprint(topology))
        if let warning { Console.warn(warning) }
        guard let found else {
            throw Failure(
                .badInput, "\(output): there is no profile of this machine", advice: "strassen tune -o \(output)")
        }
        return found.profile
    }

    private func explainPlan() throws {
        let problem = TuningProblem(
            precision: precision ?? .float64, threads: threads.count, m: explain[0], k: explain[1], n: explain[2])
        try MemoryCheck.require(problem.bytes, for: problem.name)
        let explanation = try PlanExplanation(problem, profile: asked())
        if json { return try JSON.print(explanation) }
        try Console.write(TuneText.explanation(explanation))
    }

    private func evaluateProfile() throws {
        let interruption = Interruption()
        let problems = TuningEvaluation.heldOut(threads: Array(Set([1, threads.count])).sorted())
        let progress = Progress("evaluate", total: problems.count)
        let evaluation = try TuningEvaluation(
            problems, profile: asked(), derived: Profile(derivedFrom: try Topology()), stop: interruption.flag
        ) { progress.update($0, $1.name) }
        Progress.clear()
        if json {
            try JSON.print(TuneText.Evaluation(evaluation))
        } else {
            try Console.write(TuneText.evaluation(evaluation))
        }
        guard evaluation.isComplete else { throw ExitCode(Interruption.exitCode) }
        if evaluation.slowerThanClassical > 0 { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private func compare(with path: String) throws {
        let counts = Array(Set([1, threads.count])).sorted()
        let mine = try TuningDecisions(asked(), threads: counts)
        let other = try TuningDecisions(Profile(contentsOf: URL(fileURLWithPath: path)), threads: counts)
        let result = TuneText.Agreement(mine, other)
        if json { return try JSON.print(result) }
        try Console.write(TuneText.agreement(result))
    }
}
