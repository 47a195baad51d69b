// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// What passed while something ran.
public struct ElapsedTime: Sendable, Equatable {
    /// Seconds: of the wall clock, of the calling thread on a core, of all threads of the process on cores.
    public var wall, thread, process: Double

    public init(wall: Double, thread: Double, process: Double) {
        (self.wall, self.thread, self.process) = (wall, thread, process)
    }
}

/// Takes the time of a call; tests put their own in its place.
public struct Stopwatch: Sendable {
    public var measure: @Sendable (() throws -> Void) throws -> ElapsedTime

    public init(_ measure: @escaping @Sendable (() throws -> Void) throws -> ElapsedTime) { self.measure = measure }

    /// The system's clocks.
    public static let system = Stopwatch { body in
        let (wall, thread, process) = (
            now(CLOCK_MONOTONIC), now(CLOCK_THREAD_CPUTIME_ID), now(CLOCK_PROCESS_CPUTIME_ID)
        )
        try body()
        return ElapsedTime(
            wall: now(CLOCK_MONOTONIC) - wall, thread: now(CLOCK_THREAD_CPUTIME_ID) - thread,
            process: now(CLOCK_PROCESS_CPUTIME_ID) - process)
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
