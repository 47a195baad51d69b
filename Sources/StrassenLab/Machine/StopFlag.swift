// SPDX-License-Identifier: AGPL-3.0-or-later
import Synchronization

/// Asks running work to stop at its next safe point; may be raised from a signal handler's queue.
public final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    public init() {}

    public var isRaised: Bool { flag.load(ordering: .relaxed) }
    public func raise() { flag.store(true, ordering: .relaxed) }
}
