// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Measures block sizes and the sizes from which levels pay, and writes this machine's profile.",
        discussion: "The profile goes to the user's cache, where multiply, bench and the drop-in library find it.")

    @Flag(help: "Measure longer: more sizes and samples (a minute or two).")
    var full = false
    @Option(help: "A number from 1 up, or all that this process may use; one thread is always measured.")
    var threads = Suite.ThreadCount.all
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Folder for the profile and its evidence; default: the user's cache.", valueName: "folder"))
    var output: String?
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Measure nothing: say which plan a problem gets and why.", valueName: "M K N"))
    var explain: [Int] = []
    @Option(help: "float32 or float64, for --explain.")
    var precision = Precision.float64
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard explain.isEmpty || (explain.count == 3 && explain.allSatisfy { (1...1 << 20).contains($0) }) else {
            throw ValidationError("--explain: expected three sizes from 1 to \(1 << 20), such as --explain 4096 4096 4096")
        }
    }

    func run() throws {
        let topology = try Topology()
        if !explain.isEmpty { return try explain(topology) }
        guard let folder = output.map({ URL(fileURLWithPath: $0) }) ?? ProfileStore().folders.first else {
            throw Failure(.usage, "there is no folder for the profile", advice: "strassen tune -o tuning")
        }
        var tuner = Tuner(full ? .full : .quick, topology: topology)
        let progress = Progress("tune")
        let profile = try tuner.tune(threads: Array(Set([1, threads.count])).sorted()) { done, all, what in
            progress.update(done, "part \(done + 1) of \(all): \(what)")
        }
        Progress.clear()
        let url = try ProfileStore.save(profile, in: folder)
        let evidence = url.deletingPathExtension().appendingPathExtension("csv")
        try AtomicFile.write(Array(tuner.evidence.utf8), to: evidence.path)
        if json {
            return try JSON.print(
                Written(profile: url.path, evidence: evidence.path, tunings: profile.tunings, samples: tuner.samples))
        }
        try Console.write(try profile.text)
        Console.note("wrote \(url.path) and \(evidence.path)")
    }

    private struct Written: Encodable {
        let profile, evidence: String
        let tunings: [Tuning]
        let samples: [Tuner.Sample]
    }

    private struct Explanation: Encodable {
        let m, k, n, threads: Int
        let scheme, reason, program: String
        let predictedSeconds: Double
    }

    private func explain(_ topology: Topology) throws {
        var options = PlanOptions()
        options.profile = ProfileStore().active(topology, warn: Console.warn).profile
        let (m, k, n) = (explain[0], explain[1], explain[2])
        let plan = try Plan(precision, m: m, k: k, n: n, threads: threads.count, options: options)
        let result = Explanation(
            m: m, k: k, n: n, threads: threads.count, scheme: plan.info.scheme, reason: plan.info.reason,
            program: try plan.explanation, predictedSeconds: plan.info.predictedSeconds)
        if json { return try JSON.print(result) }
        try Console.write("\(m)×\(k)×\(n) \(precision.rawValue): \(result.scheme); \(result.reason)\n\(result.program)")
    }
}
