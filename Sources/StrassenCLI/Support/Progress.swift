// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Synchronization

/// A progress line on stderr, redrawn at most ten times a second, and only on a terminal.
final class Progress: Sendable {
    private struct State {
        var last: UInt64 = 0
        var visible = false
    }
    private static let state = Mutex(State())

    private let label: String
    private let total: Int
    private let start = DispatchTime.now().uptimeNanoseconds

    /// - Parameter total: Steps to do; 0: unknown.
    init(_ label: String, total: Int = 0) {
        (self.label, self.total) = (label, total)
    }

    /// Shows `done` steps of the total, and what is going on.
    ///
    /// - Parameter secondsLeft: Where the caller knows better than that the rest goes as fast as what is done.
    func update(_ done: Int, _ detail: String = "", secondsLeft: Double? = nil) {
        guard Console.isInteractive else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        Progress.state.withLock { state in
            guard !state.visible || now - state.last > 100_000_000 || done == total else { return }
            state.last = now
            state.visible = true
            let elapsed = Double(now - start) * 1e-9
            let rest = secondsLeft ?? (done > 0 && done < total ? elapsed / Double(done) * Double(total - done) : 0)
            _ = Console.put("\r\u{1B}[K" + line(done, detail, rest: rest), to: STDERR_FILENO)
        }
    }

    /// Removes the line, if one is shown.
    static func clear() {
        state.withLock { state in
            guard state.visible else { return }
            _ = Console.put("\r\u{1B}[K", to: STDERR_FILENO)
            state.visible = false
        }
    }

    private func line(_ done: Int, _ detail: String, rest: Double) -> String {
        guard total > 0 else { return "\(label) \(detail)" }
        let width = 24
        let filled = min(width, done * width / total)
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
        let time = rest >= 1 ? " \(Int(rest.rounded())) s left" : ""
        return "\(label) \(bar) \(done)/\(total)\(time) \(detail)"
    }
}
