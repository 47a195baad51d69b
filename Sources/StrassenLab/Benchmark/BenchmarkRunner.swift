// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// How samples are taken.
public struct BenchmarkProtocol: Sendable, Codable, Equatable {
    /// Timed samples of every engine, in ``allowedRepeats``; 5 are the least for a figure that is published.
    public var repeats = 5
    /// Seed of the data and of the order in which engines take their turns.
    public var seed: UInt64 = 1
    /// A sample repeats short calls until it lasts about this many seconds.
    public var sampleSeconds = 0.02
    /// Seconds to wait after several threads of a foreign library ran: its workers spin for a while and would slow
    /// whoever comes next.
    public var settleSeconds = 0.3
    /// nil: processor time for one thread, wall time for several.
    public var clock: MeasuringClock?

    /// More samples than a million tell nothing new.
    public static let allowedRepeats = 1...1_000_000

    public init() {}
}

/// Runs cases: all engines of a case in one process, taking turns in random order, on the same data.
public final class BenchmarkRunner {
    /// Measures the FMA peak in GFLOP/s for a precision and a number of threads; nil: do without. Asked in every round, since
    /// clocks rise and fall.
    public typealias Peak = (Precision, Int) throws -> Double?
    /// What is going on: rounds done, rounds in all, and a line for people. What it throws ends the case.
    public typealias Progress = (Int, Int, String) throws -> Void

    private let settings: BenchmarkProtocol
    private let factory: ContenderFactory
    private let peak: Peak
    private let stopwatch: Stopwatch

    public init(
        _ settings: BenchmarkProtocol, environment: BenchmarkEnvironment, peak: @escaping Peak,
        stopwatch: Stopwatch = .system
    ) {
        (self.settings, self.peak, self.stopwatch) = (settings, peak, stopwatch)
        factory = ContenderFactory(environment)
    }

    /// Finds out before anything is measured what would end the run in its midst: schemes, kernels and levels that cannot
    /// be, a baseline that does not take part, nobody who does, somebody who does twice, a target that nobody could judge, a
    /// beta that is infinite.
    ///
    /// - Throws: ``InputError`` and ``StrassenError``.
    public func check(_ problem: BenchmarkCase) throws {
        let labels = try problem.contenders.flatMap { try factory.check($0, problem) }
        guard !labels.isEmpty else {
            throw InputError("nobody takes part in \(problem.title)", advice: "name a library by --against PATH")
        }
        if let twice = labels.first(where: { label in labels.filter { $0 == label }.count > 1 }) {
            throw InputError("\(twice) takes part twice in \(problem.title)", field: "engines", advice: "name it once")
        }
        let usual = [BenchmarkCase.bestBaseline, BenchmarkCase.usualBaseline]
        guard usual.contains(problem.baseline) || labels.contains(problem.baseline) else {
            throw InputError(
                "nobody is called \"\(problem.baseline)\"", field: "baseline",
                advice: "one of \((usual + labels.filter { !usual.contains($0) }).joined(separator: ", "))")
        }
        if problem.target != nil { try checkTarget(problem, labels) }
        guard problem.beta.isFinite, problem.precision == .float64 || Float(problem.beta).isFinite else {
            throw InputError("\(problem.beta) is no finite number in \(problem.precision.rawValue)", field: "beta")
        }
    }

    /// A target is a speed-up of turbo over the baseline: both must run.
    private func checkTarget(_ problem: BenchmarkCase, _ labels: [String]) throws {
        guard labels.contains(BenchmarkCase.targetLabel) else {
            throw InputError(
                "it is asked of \"\(BenchmarkCase.targetLabel)\", who does not take part in \(problem.title)",
                field: "target", advice: "add \"\(BenchmarkCase.targetLabel)\" to the engines, or leave out the target")
        }
        let isBest = problem.baseline == BenchmarkCase.bestBaseline
        let hasForeign = problem.contenders.contains {
            $0.kind == .openblas || ($0.kind == .against && !factory.libraries.isEmpty)
        }
        guard isBest ? hasForeign : labels.contains(problem.baseline) else {
            throw InputError(
                "the baseline \"\(problem.baseline)\", over which it is a speed-up, does not take part in \(problem.title)",
                field: "target", advice: "add \"openblas\" to the engines, or leave out the target")
        }
    }

    /// Measures every contender of a case.
    ///
    /// - Throws: ``BenchmarkError`` when a result is wrong; what preparing and running throw.
    public func run(_ problem: BenchmarkCase, progress: Progress = { _, _, _ in }) throws -> [Measurement] {
        switch problem.precision {
        case .float32: try run(Operands<Float>(problem, seed: settings.seed), progress)
        case .float64: try run(Operands<Double>(problem, seed: settings.seed), progress)
        }
    }

    private func run<Element: BLASElement>(_ operands: Operands<Element>, _ progress: Progress) throws -> [Measurement]
    {
        let problem = operands.problem
        let contenders = try problem.contenders.flatMap { try factory.prepare($0, operands) }
        guard let widest = contenders.map(\.sharedWorkspaceBytes).max() else { return [] }
        let workspace = try Workspace(bytes: widest)
        var series = try contenders.enumerated().map { index, contender in
            try progress(
                index, contenders.count * (settings.repeats + 1), "\(problem.title): \(contender.label), first run")
            return try warmUp(contender, operands, workspace)
        }
        var random = RandomSource(seed: settings.seed, path: [UInt64(problem.m), UInt64(problem.k), UInt64(problem.n)])
        var order = Array(contenders.indices)
        var peaks: [Int: [Double]] = [:]
        for round in 0..<settings.repeats {
            var last: Int?
            random.shuffle(&order)
            for (turn, index) in order.enumerated() {
                try progress(
                    contenders.count * (round + 1) + turn, contenders.count * (settings.repeats + 1),
                    "\(problem.title): \(contenders[index].label)")
                if let last, last != index { settle(after: contenders[last]) }
                last = index
                contenders[index].activate()
                series[index].times.append(
                    try sample(contenders[index], operands, workspace, calls: series[index].callsPerSample))
            }
            if let last { settle(after: contenders[last]) }
            for threads in Set(contenders.map(\.threads)) {
                if let peak = try peak(problem.precision, threads) { peaks[threads, default: []].append(peak) }
            }
        }
        let measured = zip(contenders, series).map {
            MeasuredContender(contender: $0, error: $1.error, times: $1.times)
        }
        return MeasuredContender.rows(measured, problem, settings, peaks: peaks)
    }

    /// One contender's samples, each for one multiplication.
    private struct Series {
        var error: ProductError
        var callsPerSample: Int
        var times: [ElapsedTime] = []
    }

    /// Touches all memory, checks the result, and finds how many calls make a sample.
    private func warmUp<Element: BLASElement>(
        _ contender: PreparedContender, _ operands: Operands<Element>, _ workspace: Workspace
    ) throws -> Series {
        operands.spoilC()
        contender.activate()
        var once = try stopwatch.measure { try contender.run(workspace) }
        let error = try operands.error()
        guard error.ratio.isFinite && error.ratio < BenchmarkError.largestRatio else {
            throw BenchmarkError.wrongResult(engine: contender.label, problem: operands.problem, error: error)
        }
        // A short first call says nothing about the next: it faulted pages in and woke threads.
        if once.wall < Self.longCall { once = try sample(contender, operands, workspace, calls: 1) }
        settle(after: contender)
        // From call to call C grows in proportion to their number at most; with a larger beta it would overflow.
        let calls = abs(operands.problem.beta) <= 1 ? Int(settings.sampleSeconds / max(once.wall, 1e-7)) : 1
        return Series(error: error, callsPerSample: min(max(calls, 1), 100_000))
    }

    /// Seconds; a call at least this long is a sample by itself whatever the next one takes.
    private static let longCall = 0.5

    private func sample<Element: BLASElement>(
        _ contender: PreparedContender, _ operands: Operands<Element>, _ workspace: Workspace, calls: Int
    ) throws -> ElapsedTime {
        operands.resetC()
        let time = try stopwatch.measure { for _ in 0..<calls { try contender.run(workspace) } }
        let count = Double(calls)
        return ElapsedTime(wall: time.wall / count, thread: time.thread / count, process: time.process / count)
    }

    private func settle(after contender: PreparedContender) {
        guard contender.leavesThreadsSpinning, settings.settleSeconds > 0 else { return }
        Thread.sleep(forTimeInterval: settings.settleSeconds)
    }
}

/// A measurement that cannot be trusted at all.
public enum BenchmarkError: Error, CustomStringConvertible {
    case wrongResult(engine: String, problem: BenchmarkCase, error: ProductError)

    /// Errors above this many max|A|·max|B|·k·u are wrong results: eight levels of the least accurate scheme stay below.
    public static let largestRatio = 1e6

    public var description: String {
        switch self {
        case .wrongResult(let engine, let problem, let error):
            "\(engine): the product is wrong for \(problem.title): the largest error is \(error.maximum)"
        }
    }
}
