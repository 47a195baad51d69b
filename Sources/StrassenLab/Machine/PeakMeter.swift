// SPDX-License-Identifier: AGPL-3.0-or-later

/// Measures the rate of fused multiply-adds on registers: the peak that no GEMM of 2mnk flops can pass.
public enum PeakMeter {
    /// GFLOP/s of `threads` threads together, the best of `rounds` rounds of about 100 ms each: a virtual machine's host may
    /// start two threads on one core and part them only after some tens of ms.
    ///
    /// Each thread's rate is its flops over its own processor time, so that a neighbour who takes a core does not lower
    /// the peak; the rates of threads that run at once are added, so that a clock that falls under load does.
    ///
    /// - Parameters:
    ///   - threads: ≥ 1; more than the process may use are measured as so many as it may.
    ///   - instructionSet: Whose widest vectors; default the best of this CPU.
    /// - Throws: ``StrassenError`` when this CPU lacks the instruction set.
    public static func measure(
        precision: Precision, threads: Int, instructionSet: InstructionSet = .best, rounds: Int = 4
    ) throws -> Double {
        try bestRate(threads: threads, rounds: rounds, seconds: 0.1) { _, repeats in
            try Hardware.spinFMA(instructionSet, precision, repeats: repeats)
        } / 1e9
    }

    /// GFLOP/s of a micro-kernel on operands in the nearest caches, measured likewise.
    public static func measure(kernel: Kernel, depth: Int = 256, threads: Int, rounds: Int = 5) throws -> Double {
        try bestRate(threads: threads, rounds: rounds) { _, repeats in
            try kernel.spin(depth: depth, repeats: repeats)
        } / 1e9
    }
}

/// Work per second of processor time, summed over threads at work together; the best of `rounds`.
///
/// - Parameter work: Given the thread's number and how many repeats to do; returns the amount of work done (flops, bytes).
func bestRate(
    threads: Int, rounds: Int, seconds: Double = 0.015, _ work: @escaping @Sendable (Int, Int) throws -> Double
) throws -> Double {
    let threads = max(1, min(threads, Allowance().processors))
    let repeats = try calibrate(seconds: seconds) { try work(0, $0) }
    var best = 0.0
    for _ in 0..<max(1, rounds) {
        let rates = try onThreads(threads) { thread in
            let start = TimeSource.thread
            let amount = try work(thread, repeats)
            return amount / max(TimeSource.thread - start, 1e-9)
        }
        best = max(best, rates.reduce(0, +))
    }
    return best
}

/// Repeats that take about `seconds` of processor time on this thread.
func calibrate(seconds: Double, _ work: (Int) throws -> Double) throws -> Int {
    var repeats = 1
    while true {
        let start = TimeSource.thread
        _ = try work(repeats)
        let elapsed = TimeSource.thread - start
        if elapsed >= seconds / 4 { return max(1, Int(Double(repeats) * seconds / elapsed)) }
        guard repeats < 1 << 40 else { return repeats }
        repeats *= elapsed > seconds / 100 ? 4 : 16
    }
}
