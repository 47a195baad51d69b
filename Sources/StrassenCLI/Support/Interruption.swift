// SPDX-License-Identifier: AGPL-3.0-or-later
import Dispatch
import Foundation
import StrassenLab
import Synchronization

/// Turns the first SIGINT or SIGTERM into a request to stop; a second one ends the program.
final class Interruption {
    /// The exit code of a program that a signal ended: 128 + its number, 130 for Ctrl-C and 143 for `kill`.
    static var exitCode: Int32 { 128 + received.withLock { $0 } }

    /// The last signal; it belongs to the process, as signals do.
    private static let received = Mutex(SIGINT)

    let flag = StopFlag()
    private let sources: [any DispatchSourceSignal]

    /// Returns when signals are handled: until then they end the program, and none is lost.
    init() {
        let (flag, registered) = (flag, DispatchSemaphore(value: 0))
        // A queue of its own gets a thread even while a computation holds all of the shared ones.
        let queue = DispatchQueue(label: "strassen.interruption")
        sources = [SIGINT, SIGTERM].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                Interruption.received.withLock { $0 = number }
                if flag.isRaised { _exit(Interruption.exitCode) }
                flag.raise()
                Console.note("stopping at the next safe point; once more to stop at once")
            }
            source.setRegistrationHandler { registered.signal() }
            source.resume()
            return source
        }
        sources.forEach { _ in registered.wait() }
    }

    deinit {
        sources.forEach { $0.cancel() }
        [SIGINT, SIGTERM].forEach { signal($0, SIG_DFL) }
    }
}
