// SPDX-License-Identifier: AGPL-3.0-or-later

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
        let (wall, thread, process) = (TimeSource.wall, TimeSource.thread, TimeSource.process)
        try body()
        return ElapsedTime(
            wall: TimeSource.wall - wall, thread: TimeSource.thread - thread, process: TimeSource.process - process)
    }
}
