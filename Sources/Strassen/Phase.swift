// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// What a worker of the engine is doing; see ``strassen_phase`` in `strassen.h`.
public enum Phase: Int, Sendable, CaseIterable {
    /// Packing of an operand, as the five loops see A and B (``PlanCounts``).
    case packA = 0, packB
    /// Micro-kernels with their updates of C.
    case kernel
    /// Sums of blocks that explicit levels write.
    case sum
}

/// Is told when workers enter and leave phases.
public protocol PhaseObserver: AnyObject, Sendable {
    /// Called on the worker itself, millions of times at most: must be cheap. Phases of one worker do not nest.
    ///
    /// - Parameter thread: 0 ..< the plan's threads; 0 is the thread that called ``Plan/run``.
    func phase(_ phase: Phase, thread: Int, isEntered: Bool)
}

extension ThreadPool {
    /// Runs `body` with `observer` told of every phase of the runs on this pool.
    public func observed<Result>(by observer: some PhaseObserver, _ body: () throws -> Result) throws -> Result {
        let box = ObserverBox(observer)
        return try withExtendedLifetime(box) {
            let context = Unmanaged.passUnretained(box).toOpaque()
            try check(strassen_pool_set_hook(pointer, tellObserver, context), "watching the phases of a run")
            defer { strassen_pool_set_hook(pointer, nil, nil) }
            return try body()
        }
    }
}

private final class ObserverBox: Sendable {
    let observer: any PhaseObserver
    init(_ observer: any PhaseObserver) { self.observer = observer }
}

private let tellObserver: strassen_phase_hook = { context, phase, thread, enter in
    guard let context, let phase = Phase(rawValue: Int(phase.rawValue)) else { return }
    let box = Unmanaged<ObserverBox>.fromOpaque(context).takeUnretainedValue()
    box.observer.phase(phase, thread: Int(thread), isEntered: enter != 0)
}
