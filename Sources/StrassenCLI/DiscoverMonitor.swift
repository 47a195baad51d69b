// SPDX-License-Identifier: AGPL-3.0-or-later
import Dispatch
import Foundation
import StrassenLab
import Synchronization

/// Watches a search from outside its threads: the progress line, the time limit, the state file.
///
/// A time limit is no interruption: it has a flag of its own, so that what follows the search can tell them apart.
final class DiscoverMonitor: Sendable {
    private struct State {
        var nextSave: Double
        var isSaving = true
        var isSearching = true
    }

    private let search: SchemeSearch
    private let seconds: Double
    private let path: String?
    private let interruption: StopFlag
    /// Raised when the search has to end: at the time limit, and a tenth of a second after an interruption.
    let stop = StopFlag()
    private let start = DispatchTime.now().uptimeNanoseconds
    private let flipsAtStart: Int
    private let progress = Progress("searching")
    private let state = Mutex(State(nextSave: DiscoverMonitor.saveInterval))
    private let queue = DispatchQueue(label: "discover-monitor")
    /// Set once; Dispatch's objects may be used from any thread.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    /// Seconds between two savings of the state.
    private static let saveInterval = 60.0

    /// - Parameters:
    ///   - seconds: When to raise ``stop``.
    ///   - saveTo: The state file to write every minute; `nil`: none.
    ///   - interruption: Raised by a signal; the monitor only looks at it.
    init(_ search: SchemeSearch, seconds: Double, saveTo path: String?, interruption: StopFlag) {
        (self.search, self.seconds, self.path, self.interruption) = (search, seconds, path, interruption)
        flipsAtStart = search.progress.flips
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in self?.tick() }
        timer.schedule(deadline: .now() + 0.02, repeating: 0.1)
        timer.resume()
    }

    private var elapsed: Double { Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }

    /// Ends the progress line and the savings, while the time limit stays; returns the seconds that the search lasted.
    func endSearch() -> Double {
        let result = elapsed
        state.withLock { $0.isSearching = false }
        queue.sync {}
        Progress.clear()
        return result
    }

    /// Ends the watch.
    func close() { timer.cancel() }

    private func tick() {
        let now = elapsed
        if now >= seconds || interruption.isRaised { stop.raise() }
        guard state.withLock({ $0.isSearching }) else { return }
        progress.update(0, line(search.progress, now))
        guard let path, state.withLock({ $0.isSaving && now >= $0.nextSave }) else { return }
        state.withLock { $0.nextSave = now + DiscoverMonitor.saveInterval }
        do {
            try search.save(to: path)
        } catch {
            state.withLock { $0.isSaving = false }
            Console.warn("the search goes on but is not saved: \(error)")
        }
    }

    private func line(_ progress: SchemeSearch.Progress, _ now: Double) -> String {
        let rate = Double(progress.flips - flipsAtStart) / max(now, 1e-3) / 1e6
        let rank = progress.lowestRank.map { "rank \($0)" } ?? "smaller shapes first"
        return "\(search.problem.shape) for rank \(search.problem.rank): \(rank), round \(progress.rounds), "
            + "\(progress.flips / 1_000_000) M flips, \(Format.fixed(rate, 1)) M/s, \(Format.fixed(now, 0)) s"
            + (progress.isImproving ? ", found; looking for coefficients -1, 0, 1" : "")
    }
}
