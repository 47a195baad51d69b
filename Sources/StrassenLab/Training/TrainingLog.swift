// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Synchronization

/// The curves of a sweep as CSV (``TrainingMetrics/csvHeader``), in the order of the seeds whichever thread they come
/// from: the file is the same on any number of threads.
///
/// Lines of the first unfinished seed appear at once, those of later seeds when their turn comes, and all of them on
/// ``close()``.
public final class TrainingLog: Sendable {
    private struct State {
        var waiting: [UInt64: [String]] = [:]
        var finished: Set<UInt64> = []
        /// Index of the seed that is written directly.
        var current = 0
        var failure: FileSystemError?
    }
    private let path: String
    private let seeds: [UInt64]
    private let descriptor: Int32
    private let state = Mutex(State())

    /// - Parameters:
    ///   - finished: Seeds that add no lines, because they were done before an interruption.
    ///   - append: Go on with a log of an interrupted run; else an existing file is replaced.
    /// - Throws: ``FileSystemError``.
    public init(path: String, seeds: [UInt64], finished: [UInt64] = [], append: Bool) throws {
        (self.path, self.seeds) = (path, seeds)
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0o666)
        guard descriptor >= 0 else {
            throw FileSystemError(operation: .create, path: path, reason: String(cString: strerror(errno)))
        }
        let isEmpty = lseek(descriptor, 0, SEEK_END) <= 0
        if isEmpty { state.withLock { put([TrainingMetrics.csvHeader], &$0) } }
        finished.forEach { finish(seed: $0) }
    }

    deinit { Foundation.close(descriptor) }

    /// Adds one line of `seed`; from any thread.
    public func add(_ metrics: TrainingMetrics, seed: UInt64) {
        let line = metrics.csvLine(seed: seed)
        state.withLock { state in
            if state.current < seeds.count && seeds[state.current] == seed {
                put([line], &state)
            } else {
                state.waiting[seed, default: []].append(line)
            }
        }
    }

    /// Says that `seed` adds no more lines.
    public func finish(seed: UInt64) {
        state.withLock { state in
            state.finished.insert(seed)
            while state.current < seeds.count && state.finished.contains(seeds[state.current]) {
                state.current += 1
                if state.current < seeds.count {
                    put(state.waiting.removeValue(forKey: seeds[state.current]) ?? [], &state)
                }
            }
        }
    }

    /// Writes what still waits for an earlier seed.
    ///
    /// - Throws: ``FileSystemError`` if a line could not be written.
    public func close() throws {
        let failure = state.withLock { state in
            for seed in seeds { put(state.waiting.removeValue(forKey: seed) ?? [], &state) }
            return state.failure
        }
        if let failure { throw failure }
    }

    private func put(_ lines: [String], _ state: inout State) {
        guard !lines.isEmpty, state.failure == nil else { return }
        var bytes = Array((lines.joined(separator: "\n") + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                state.failure = FileSystemError(operation: .write, path: path, reason: String(cString: strerror(errno)))
                return
            }
            bytes = bytes.dropFirst(count)
        }
    }
}
