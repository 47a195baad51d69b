// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// `strassen scheme sparsify`
struct SchemeSparsifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sparsify", abstract: "Searches the changes of bases for a scheme's sparsest form; proved.",
        discussion: """
            Walks along integer changes of bases of A, B and C, which keep the rank: a seeded annealing from the best form \
            so far. The same seed gives the same result. Any scheme <2,2,2;7> reaches Strassen's 36 non-zeros and, with \
            --objective additions, Winograd's 15 additions.
            """)

    @Argument(help: "Built-in name or file.") var scheme: String
    @OptionGroup var result: SchemeOutput
    @Option(help: "nonzeros: additions as written; additions: with shared sums.")
    var objective = SchemeSparsifier.Objective.nonzeros
    @Option(help: "Seed of the walk.") var seed: UInt64 = 1
    @Option(help: "Walks, each from the best form so far.") var rounds = 6
    @Option(help: "Moves tried a walk; by default what a second or so allows.") var steps: Int?
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard (1...10_000).contains(rounds) else {
            throw ValidationError("--rounds: expected 1...10000, got \(rounds)")
        }
        guard (1...1_000_000_000).contains(steps ?? 1) else {
            throw ValidationError("--steps: expected 1...1000000000, got \(steps!)")
        }
    }

    func run() throws {
        let target = try result.target()
        let before = try SchemeSource(scheme).load()
        if let name = result.name { _ = try before.scheme.renamed(name) }  // a wrong name is told before the walk
        let progress = Progress("sparsifying", total: rounds)
        let sparsifier = SchemeSparsifier(objective: objective, seed: seed, rounds: rounds, steps: steps)
        let after = try sparsifier.run(before.scheme, name: result.name) { done, cost in
            progress.update(done, "\(cost)")
        }
        Progress.clear()
        try target?.write(after.scheme)
        if json { return try JSON.print(["before": SchemeSummary(before), "after": SchemeSummary(after)]) }
        if target == nil { try Console.write(after.scheme.text) }
        let change = { (count: (Scheme) -> Int) in "\(count(before.scheme)) to \(count(after.scheme))" }
        Console.note(
            "\(after.scheme.name) \(after.scheme.shape): non-zeros \(change(\.nonzeros)), additions "
                + "\(change(\.plainAdditions)), with shared sums \(change { AdditionReduction.reduce($0).additions }); "
                + "\(after.report.equations) equations hold")
    }
}

extension SchemeSparsifier.Objective: ExpressibleByArgument {}
