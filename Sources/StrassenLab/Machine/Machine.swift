// SPDX-License-Identifier: AGPL-3.0-or-later
import Synchronization

/// The machine this process runs on: what it is made of and what it measured, each asked once a process.
public enum Machine {
    /// What it is; measures nothing.
    public static func info() throws -> MachineInfo { try MachineInfo.current() }

    /// The measured FMA peak in GFLOP/s, from which the tuner guesses how long products will take. A benchmark measures its
    /// own in every round.
    ///
    /// The best instruction set of this CPU on `threads` threads at once, on registers only (see ``PeakMeter``); about
    /// 0.1 s the first time, remembered for the life of the process.
    ///
    /// - Throws: ``StrassenError`` when the engine cannot run its own loop.
    public static func peak(_ precision: Precision, threads: Int) throws -> Double {
        let key = PeakKey(precision: precision, threads: threads)
        if let known = peaks.withLock({ $0[key] }) { return known }
        let measured = try PeakMeter.measure(precision: precision, threads: threads)
        return peaks.withLock { table in
            let best = max(table[key] ?? 0, measured)
            table[key] = best
            return best
        }
    }

    private struct PeakKey: Hashable {
        let precision: Precision
        let threads: Int
    }
    private static let peaks = Mutex<[PeakKey: Double]>([:])
}
