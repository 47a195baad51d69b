// SPDX-License-Identifier: AGPL-3.0-or-later

/// What a tuner measures with: this machine, in tests a made-up one.
protocol TuningMeter: AnyObject {
    /// Seconds of a wall clock.
    var now: Double { get }
    /// GFLOP/s of multiply-adds on registers: what no classical product on so many threads can pass.
    func peak(_ precision: Precision, threads: Int) throws -> Double
    /// GFLOP/s of a micro-kernel on one thread, on operands in the nearest caches.
    func rate(_ kernel: Kernel) throws -> Double
    /// Puts a problem into memory.
    ///
    /// - Returns: Runs a plan for it once, and returns the seconds.
    func prepare(_ problem: TuningProblem) throws -> (Plan) throws -> Double
}

/// This machine.
final class MachineMeter: TuningMeter {
    private var pools: [Int: ThreadPool] = [:]

    var now: Double { TimeSource.wall }

    func peak(_ precision: Precision, threads: Int) throws -> Double { try Machine.peak(precision, threads: threads) }

    func rate(_ kernel: Kernel) throws -> Double { try PeakMeter.measure(kernel: kernel, threads: 1, rounds: 2) }

    func prepare(_ problem: TuningProblem) throws -> (Plan) throws -> Double {
        let bench = try TuningBench(problem, pool: pool(problem.threads))
        return { try bench.time($0) }
    }

    /// The pool of a number of threads, made once.
    private func pool(_ threads: Int) throws -> ThreadPool {
        if let pool = pools[threads] { return pool }
        let pool = try ThreadPool(threads: threads)
        pools[threads] = pool
        return pool
    }
}
