// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Synchronization

/// Clocks in seconds.
enum TimeSource {
    /// Wall time since some fixed moment.
    static var wall: Double { read(CLOCK_MONOTONIC) }
    /// Processor time of the calling thread.
    static var thread: Double { read(CLOCK_THREAD_CPUTIME_ID) }
    /// Processor time of all threads of this process.
    static var process: Double { read(CLOCK_PROCESS_CPUTIME_ID) }

    private static func read(_ id: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(id, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// Runs `body` on `threads` threads of their own at once (the caller waits) and returns what each gave, by index.
///
/// All start together, as near as a spin on one counter gets them. Errors are rethrown: the first by index.
func onThreads<Output: Sendable>(
    _ threads: Int, _ body: @escaping @Sendable (Int) throws -> Output
) throws -> [Output] {
    let slots = Slots<Output>(threads)
    let group = DispatchGroup()
    for index in 0..<threads {
        group.enter()
        let thread = Thread {
            slots.waitForAll()
            let result = Result { try body(index) }
            slots.set(index, result)
            group.leave()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }
    group.wait()
    return try slots.values()
}

/// Results of threads and the counter on which they meet.
private final class Slots<Output: Sendable>: Sendable {
    private let results: Mutex<[Result<Output, any Error>?]>
    private let arrived = Atomic<Int>(0)
    private let threads: Int

    init(_ threads: Int) {
        self.threads = threads
        results = Mutex(Array(repeating: nil, count: threads))
    }

    func waitForAll() {
        arrived.add(1, ordering: .acquiringAndReleasing)
        while arrived.load(ordering: .acquiring) < threads { sched_yield() }
    }

    func set(_ index: Int, _ result: Result<Output, any Error>) { results.withLock { $0[index] = result } }

    func values() throws -> [Output] { try results.withLock { try $0.compactMap { try $0?.get() } } }
}
