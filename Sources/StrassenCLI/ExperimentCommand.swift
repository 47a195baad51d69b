// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

/// `strassen experiment`: the paper's protocols and tables.
struct ExperimentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment",
        abstract: "Runs the paper's protocols, as its code did them and as its text meant them.",
        subcommands: [List.self, Run.self], defaultSubcommand: List.self)
}

extension ExperimentCommand {
    /// `strassen experiment list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the experiments and the claims they test.")
        @Flag(help: "Print one JSON object.") var json = false

        private struct Entry: Encodable { let name, title, claim, source: String }

        func run() throws {
            if json {
                let entries = Experiment.all.map {
                    Entry(name: $0.name, title: $0.title, claim: $0.claim, source: $0.source)
                }
                return try JSON.print(["experiments": entries])
            }
            var table = Table("name", "what", ">runs a cell")
            for experiment in Experiment.all {
                table.add(experiment.name, experiment.title, "\(experiment.defaultSeeds)")
            }
            try Console.write(table.plain)
        }
    }

    /// `strassen experiment run NAME`.
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs one experiment, or goes on with it, and prints its tables.",
            discussion: """
                Every finished trial is appended to the store; a second start does only what is missing. A trial depends on \
                nothing but its labels, so any number of threads gives the same results (timings excepted).
                """)

        @Argument(help: "Its name; `strassen experiment list` has them.") var name: String
        @Option(help: "Repetitions of each cell.") var seeds: Int?
        @Option(help: "Threads, one trial on each at a time: a number from 1 to 1024, or all.")
        var threads = Suite.ThreadCount.all
        @Option(help: "Results so far: one JSON object a line.") var store = "strassen-experiments.jsonl"
        @Option(
            name: .customLong("checkpoint"), parsing: .upToNextOption,
            help: "Files of trained factors, for `checkpoints`.")
        var checkpoints: [String] = []
        @Flag(help: "Print tables in Markdown.") var markdown = false
        @Flag(help: "Print one JSON object with every result.") var json = false

        private struct Output: Encodable {
            let name, claim, source: String
            let results: [ExperimentRecord]
        }

        func run() async throws {
            let experiment: Experiment
            do { experiment = try Experiment.named(name) } catch { throw Failure(.usage, "\(error)") }
            guard (1...100_000).contains(seeds ?? 1) else {
                throw Failure(.usage, "--seeds: expected 1...100000, got \(seeds ?? 0)")
            }
            try OutputFile.check(store)
            let run = try ExperimentRun(
                experiment, options: ExperimentOptions(seeds: seeds, checkpoints: checkpoints),
                store: ExperimentStore(path: store))
            let interruption = Interruption()
            let progress = Progress(name, total: run.trialCount)
            let isDone = try await run.run(threads: experiment.isTiming ? 1 : threads.count, stop: interruption.flag) {
                progress.update($0)
            }
            Progress.clear()
            try print(run)
            guard isDone else {
                Console.note("stopped after \(run.finishedCount) of \(run.trialCount) trials; the same command goes on")
                throw ExitCode(Interruption.exitCode)
            }
        }

        private func print(_ run: ExperimentRun) throws {
            let experiment = run.experiment
            if json {
                return try JSON.print(
                    Output(
                        name: experiment.name, claim: experiment.claim, source: experiment.source, results: run.records)
                )
            }
            let heading = "Claim: \(experiment.claim)\nSource: \(experiment.source)\n"
            try Console.write(
                ([heading] + run.tables.map { markdown ? $0.markdown : $0.plain }).joined(separator: "\n"))
        }
    }
}
