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
    @Option(help: "A number from 1 to 1024, or all.") var threads = Suite.ThreadCount.all
    @Option(help: "Seconds after which to end the search. Default: none.") var timeLimit: Double?
    @Option(help: "Flips, in millions over all walkers, after which to end it. Default: none.") var flipLimit: Int?
    @Option(help: "A built-in scheme or a file (as in `scheme show`) to start from, cut or extended to the shape.")
    var start: String?
    @Option(
        help: """
            Where the search is saved: every minute, and when it ends without a scheme, or with one that was still being improved. \
            Default: strassen-discover.state.json, and only at the end.
            """)
    var state: String?
    @Option(help: "Go on with a saved search; shape, rank, ring, seed and walkers are in the file.") var resume: String?
    @Option(name: .shortAndLong, help: "Write the scheme here, in the format of the name: .scheme, .json, .npz, …")
    var output: String?
    @Option(
        help: """
            Moves of a search, after the scheme is found, for one that needs fewer additions; \
            3x3x3 makes about 400000 a second.
            """)
    var improve = 0
    @Option(help: "With --improve: schemes to improve, those of this seed and the next ones; the best is kept.")
    var improveStarts: Int?
    @Flag(help: "Print one JSON object.") var json = false

    private static let defaultState = "strassen-discover.state.json"
    private var statePath: String { state ?? resume ?? Self.defaultState }
    private var resumption: String { "strassen discover --resume \(statePath)" }

    func run() async throws {
        let format = try output.map(SchemeFormat.init(output:))
        let contest = try makeContest()
        let search = try makeSearch()
        let threads = threads.count
        try StateFile.check(statePath, isDefault: statePath == Self.defaultState)
        let (effort, seconds) = try limits(walkers: search.walkerCount)
        let interruption = Interruption()
        let monitor = DiscoverMonitor(
            search, seconds: seconds, saveTo: state ?? resume, interruption: interruption.flag)
        defer { monitor.close() }
        let result = try await search.run(threads: threads, effort: effort, stop: monitor.stop)
        let elapsed = monitor.endSearch()
        try save(search, isDone: result != nil, isInterrupted: interruption.flag.isRaised)
        var found = try result ?? search.unimproved()
        if let start = found, let contest {
            found = try await improved(
                start, of: search, contest, threads: threads, effort: effort, interruption.flag,
                searchStop: monitor.stop)
        }
        try print(found, DiscoverReport(search, found, seconds: elapsed, threads: threads), format)
        if result == nil {
            Console.note("a limit came before coefficients -1, 0, 1 were found; look on for them with: \(resumption)")
        }
        if contest != nil && interruption.flag.isRaised {
            Console.note("stopped while looking for fewer additions; the scheme is the best until then")
            throw ExitCode(Interruption.exitCode)
        }
    }

    /// Saves what is not done, or is asked to be saved; an interruption without a result ends here.
    private func save(_ search: SchemeSearch, isDone: Bool, isInterrupted: Bool) throws {
        if !isDone || state != nil || resume != nil { try search.save(to: statePath) }
        guard isDone || !isInterrupted else {
            Console.note("stopped; go on with: \(resumption)")
            throw ExitCode(Interruption.exitCode)
        }
    }

    /// Flips for each walker, and seconds.
    private func limits(walkers: Int) throws -> (effort: Int, seconds: Double) {
        let flips = try flipLimit.map { try checked($0, in: 1...1_000_000_000, "--flip-limit") * 1_000_000 }
        let seconds = timeLimit ?? .infinity
        guard seconds >= 0 else {
            throw Failure(.usage, "--time-limit: expected a number of seconds ≥ 0, got \(seconds)")
        }
        return (flips.map { max(1, $0 / walkers) } ?? .max, seconds)
    }

    private func makeContest() throws -> AdditionContest? {
        let steps = try checked(improve, in: 0...1_000_000_000, "--improve")
        let starts = try checked(improveStarts ?? 1, in: 1...100_000, "--improve-starts")
        guard steps > 0 else {
            guard improveStarts == nil else {
                throw Failure(.usage, "--improve-starts needs --improve", advice: "such as --improve 100000")
            }
            return nil
        }
        return AdditionContest(starts: starts, steps: steps)
    }

    /// Fewer additions, where the coefficients allow the search for them.
    private func improved(
        _ found: DiscoveredScheme, of search: SchemeSearch, _ contest: AdditionContest, threads: Int, effort: Int,
        _ stop: StopFlag, searchStop: StopFlag
    ) async throws -> DiscoveredScheme {
        let progress = Progress("fewer additions", total: contest.starts * contest.steps)
        defer { Progress.clear() }
        do {
            return try await contest.run(
                found, of: search, threads: threads, effort: effort, stop: stop, searchStop: searchStop
            ) { progress.update($0, $1.map { "\($0) so far" } ?? "") }
        } catch let error as InputError {
            Console.warn("the additions stay as they were: \(error)")
            return found
        }
    }

    private func print(_ found: DiscoveredScheme?, _ report: DiscoverReport, _ format: SchemeFormat?) throws {
        let written = Result {
            guard let found, let output, let format else { return }
            try SchemeFile.write(
                found.scheme, to: output, format: format, programs: report.programs, mod2: found.holdsOnlyMod2)
        }
        let isShown = output == nil || (try? written.get()) == nil  // it may have taken hours
        if json {
            try JSON.print(report)
        } else if let found {
            try Console.write(report.table + (isShown ? "\n" + text(found) : ""))
        }
        try written.get()
        guard found != nil else {
            Console.note("\(report.failure); go on with: \(resumption)")
            throw ExitCode(ExitStatus.failed.rawValue)
        }
    }

    private func text(_ found: DiscoveredScheme) throws -> String {
        String(
            decoding: try SchemeFile.bytes(of: found.scheme, format: .scheme, mod2: found.holdsOnlyMod2), as: UTF8.self)
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
        guard let found = SearchRing(rawValue: ring.lowercased()) else {
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
