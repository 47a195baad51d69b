// SPDX-License-Identifier: AGPL-3.0-or-later
import Dispatch
import Foundation
import StrassenLab

/// Turns the first SIGINT or SIGTERM into a request to stop; a second one ends the program.
final class Interruption {
    /// The exit code of a program that a user interrupted: 128 + SIGINT.
    static let exitCode: Int32 = 130

    let flag = StopFlag()
    private let sources: [any DispatchSourceSignal]

    init() {
        let flag = flag
        // A queue of its own gets a thread even while a computation holds all of the shared ones.
        let queue = DispatchQueue(label: "strassen.interruption")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if flag.isRaised { _exit(Interruption.exitCode) }
                flag.raise()
                Console.note("stopping at the next safe point; once more to stop at once")
            }
            source.resume()
            return source
        }
    }

    deinit {
        sources.forEach { $0.cancel() }
        [SIGINT, SIGTERM].forEach { signal($0, SIG_DFL) }
    }
}
