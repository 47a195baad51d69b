// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

/// `strassen discover`: from a shape and a rank to a proved scheme, by search.
struct DiscoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Searches a scheme of a given shape and rank, and proves it.",
        discussion: """
            Walks the flip graph of the shape's schemes mod 2 from the standard algorithm and from extensions of smaller \
            shapes, lifts what it finds to the integers, and proves it by the Brent equations. Seed and walkers determine \
            the result, the number of threads does not. Ctrl-C saves the search for --resume.
            Exit code 1 when nothing was found within the limits.
            """)

    @Option(help: "MxKxN: A is M×K, B is K×N; M·K, K·N and M·N are at most 64.") var shape: String?
    @Option(help: "Largest number of products to accept.") var rank: Int?
    @Option(help: "z: integers; q: fractions with odd denominators; gf2: sums mod 2 only. Default: z.") var ring:
        String?
    @Option(help: "Default: 1.") var seed: UInt64?
    @Option(help: "Independent walks; more than 8 pay off only with more threads. Default: 8.") var walkers: Int?
    @Option(help: "Default: all cores.") var threads: Int?
    @Option(help: "Seconds after which to give up. Default: none.") var timeLimit: Double?
    @Option(help: "Flips, in millions over all walkers, after which to give up. Default: none.") var flipLimit: Int?
    @Option(help: "A built-in scheme or a file (as in `scheme show`) to start from, cut or extended to the shape.")
    var start: String?
    @Option(
        help: """
            Where the search is saved: every minute, and when it ends without a scheme. \
            Default: strassen-discover.state.json, and only at the end.
            """)
    var state: String?
    @Option(help: "Go on with a saved search; shape, rank, ring, seed and walkers are in the file.") var resume: String?
    @Option(name: .shortAndLong, help: "Write the scheme here, in the format of the name: .scheme, .json, .npz, …")
    var output: String?
    @Option(
        help: """
            Moves of a search, after the scheme is found, for one that needs fewer additions; \
            3x3x3 makes about 70000 a second.
            """)
    var improve = 0
    @Flag(help: "Print one JSON object.") var json = false

    private var statePath: String { state ?? resume ?? "strassen-discover.state.json" }

    func run() async throws {
        let format = try outputFormat()
        let improve = try checked(improve, in: 0...1_000_000_000, "--improve")
        let search = try makeSearch()
        let threads = try checked(threads ?? ProcessInfo.processInfo.activeProcessorCount, in: 1...1024, "--threads")
        let effort = try flipLimit.map { try checked($0, in: 1...1_000_000_000, "--flip-limit") * 1_000_000 }
        let seconds = try checked(timeLimit ?? .infinity, in: 0...Double.infinity, "--time-limit")
        let interruption = Interruption()
        let monitor = DiscoverMonitor(search, seconds: seconds, saveTo: state ?? resume, stop: interruption.flag)
        let result = try await search.run(
            threads: threads, effort: effort.map { max(1, $0 / search.walkerCount) } ?? .max, stop: interruption.flag)
        let elapsed = monitor.finish()
        if result == nil || state != nil || resume != nil { try search.save(to: statePath) }
        if result == nil && interruption.flag.isRaised && !monitor.isTimedOut {
            Console.note("stopped; go on with: strassen discover --resume \(statePath)")
            throw ExitCode(Interruption.exitCode)
        }
        let found = try result.map { try improved($0, steps: improve, seed: search.seed, interruption.flag) }
        try print(found, DiscoverReport(search, found, seconds: elapsed, threads: threads), format)
    }

    /// Fewer additions, where the coefficients allow the search for them.
    private func improved(_ found: DiscoveredScheme, steps: Int, seed: UInt64, _ stop: StopFlag) throws
        -> DiscoveredScheme
    {
        guard steps > 0 else { return found }
        let progress = Progress("fewer additions", total: steps)
        defer { Progress.clear() }
        do {
            return try found.improved(by: AdditionSearch(steps: steps, seed: seed), stop: stop) { done, additions in
                progress.update(done, "\(additions) so far")
            }
        } catch let error as InputError {
            Console.warn("the additions stay as they were: \(error)")
            return found
        }
    }

    private func print(_ found: DiscoveredScheme?, _ report: DiscoverReport, _ format: SchemeFormat?) throws {
        if let found, let output, let format {
            try SchemeFile.write(
                found.scheme, to: output, format: format, programs: report.programs, mod2: found.holdsOnlyMod2)
        }
        if json {
            try JSON.print(report)
        } else if let found {
            try Console.write(report.table + (output == nil ? "\n" + text(found) : ""))
        }
        guard found != nil else {
            Console.note("\(report.failure); go on with: strassen discover --resume \(statePath)")
            throw ExitCode(ExitStatus.failed.rawValue)
        }
    }

    private func text(_ found: DiscoveredScheme) throws -> String {
        String(
            decoding: try SchemeFile.bytes(of: found.scheme, format: .scheme, mod2: found.holdsOnlyMod2), as: UTF8.self)
    }

    /// Known before the search begins, so that a wrong name costs no time.
    private func outputFormat() throws -> SchemeFormat? {
        guard let output else { return nil }
        guard let format = SchemeFormat(path: output) else {
            throw Failure(
                .usage, "--output \(output): the format is not known from the name",
                advice:
                    "end it in .scheme, or in one of: \(SchemeFormat.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        try OutputFile.check(output)
        return format
    }

    private func makeSearch() throws -> SchemeSearch {
        if let resume {
            guard shape == nil, rank == nil, ring == nil, seed == nil, walkers == nil, start == nil else {
                throw Failure(
                    .usage, "--resume takes shape, rank, ring, seed, walkers and start from \(resume)",
                    advice: "leave out the other flags")
            }
            return try SchemeSearch(path: resume)
        }
        guard let shape, let rank else {
            throw Failure(.usage, "expected --shape and --rank, or --resume", advice: "such as --shape 3x3x3 --rank 23")
        }
        let problem = try SearchProblem(
            shape: SearchShape(shape), rank: rank, ring: searchRing(),
            start: start.map { try BinaryScheme(SchemeSource($0).load(ring: .gf2).scheme) })
        let count = try checked(
            walkers ?? SchemeSearch.defaultWalkers, in: 1...SchemeSearch.maximumWalkers, "--walkers")
        return SchemeSearch(problem: problem, seed: seed ?? 1, walkers: count)
    }

    private func searchRing() throws -> SearchRing {
        guard let ring else { return .integers }
        guard let found = SearchRing.allCases.first(where: { $0.rawValue.lowercased() == ring.lowercased() }) else {
            throw Failure(.usage, "--ring: expected z, q or gf2, got \"\(ring)\"")
        }
        return found
    }

    private func checked<T: Comparable>(_ value: T, in range: ClosedRange<T>, _ option: String) throws -> T {
        guard range.contains(value) else {
            throw Failure(.usage, "\(option): expected \(range.lowerBound)...\(range.upperBound), got \(value)")
        }
        return value
    }
}
