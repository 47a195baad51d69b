// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "The whole way: learns a scheme, proves it, tunes, multiplies with it, compares with OpenBLAS.")

    @Option(help: "Side of the matrices; the paper's is 8192.")
    var size = 2048
    @Option(help: "Seed of the training and of the matrices.")
    var seed: UInt64 = 1
    @Option(help: "A number from 1 to 1024, or all that this process may use.")
    var threads = Suite.ThreadCount.all
    @Option(
        help: ArgumentHelp(
            "Trained factors of others to load as well, such as the paper's strassen_discovered.pt.", valueName: "file")
    )
    var checkpoint: String?
    @Flag(help: "Print the comparison as one JSON object, as bench does.")
    var json = false

    func validate() throws {
        guard (1...65536).contains(size) else { throw ValidationError("--size: expected 1...65536, got \(size)") }
    }

    func run() async throws {
        let interruption = Interruption()
        do { try await steps(interruption.flag) } catch is CancellationError {
            throw ExitCode(Interruption.exitCode)
        }
    }

    private func steps(_ stop: StopFlag) async throws {
        let demonstration = Demonstration(size: size, seed: seed, threads: threads.count)
        try demonstration.suite.checkMemory(threads: demonstration.threads)
        let imported = try checkpoint.map { ($0, try demonstration.load(checkpoint: $0)) }
        let (learned, scheme) = try await demonstration.learn()
        say("(a) trained", DemoText.learned(learned))
        say("(b) proved", try DemoText.proved(scheme, learned))
        if let (checkpoint, model) = imported {
            say("(c) imported", DemoText.imported(model, checkpoint))
        } else {
            say("(c) imported", "nothing: no --checkpoint given")
        }
        let profile = try tune(for: demonstration, stop)
        say("(d) tuned", DemoText.tuned(profile))
        say("(e) multiplied", DemoText.product(try demonstration.multiply(scheme, profile: profile), demonstration))
        try compare(demonstration, scheme, profile, stop)
    }

    /// A brief tuning, kept like any other only if the user runs `strassen tune`.
    private func tune(for demonstration: Demonstration, _ stop: StopFlag) throws -> Profile {
        let budget = demonstration.tuningBudget
        let progress = Progress("tune", total: Int(budget))
        return try Tuner.brief(budget: budget, threads: threads.count, stop: stop) {
            progress.update(Int($0.done), $0.detail, secondsLeft: $0.total - $0.done)
        }
    }

    /// One step's line: data, unless the output is JSON.
    private func say(_ step: String, _ what: String) {
        Progress.clear()
        let text = "\(Console.style(step, .bold, on: json ? STDERR_FILENO : STDOUT_FILENO)): \(what)\n"
        if json { Console.note(String(text.dropLast())) } else { try? Console.write(text) }
    }

    private func compare(
        _ demonstration: Demonstration, _ scheme: Scheme, _ profile: Profile, _ stop: StopFlag
    ) throws {
        var environment = BenchmarkEnvironment { name in
            name == Demonstration.learnedName ? scheme : try SchemeSource.scheme(name)
        }
        environment.profile = profile
        let suite = demonstration.suite
        var settings = BenchmarkProtocol()
        settings.repeats = suite.repeats ?? settings.repeats
        let session = BenchSession(suite: suite, settings: settings, isStrict: false)
        let outcome = try session.run(threads: demonstration.threads, environment: environment, stop: stop)
        if let failure = outcome.failure { throw failure }
        let results = outcome.results
        if json { return try JSON.print(results) }
        say("(f) compared", DemoText.compared(results))
        try Console.write("\n" + results.table.plain + "\n" + results.notes.joined(separator: "\n") + "\n")
    }
}
