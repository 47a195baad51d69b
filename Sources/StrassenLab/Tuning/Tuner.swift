// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Measures a machine until the planner knows what things cost on it.
///
/// First the block sizes of a precision, then, on every number of threads, a few ways to multiply on a ladder of sizes in
/// three shapes. The planner's prices are fitted to those times (``CostFit``): it predicts any problem, not only measured
/// ones. Cutoffs, by which the least time would have been lost in the races (``CutoffFit``), keep it from fast levels below (docs/tuning.md).
public final class Tuner {
    /// Where it has got to.
    public struct Progress: Sendable {
        /// Seconds done and in all, by the plan of the measurements.
        public let done, total: Double
        public let detail: String
    }

    /// What tuning found about one precision on one number of threads.
    public struct SectionResult: Sendable, Codable {
        public let precision: Precision
        public let threads: Int
        /// Root mean square of (predicted − measured) / measured over the training problems; plans far behind the best count
        /// little.
        public let modelError: Double
        /// Races whose winner was not settled in time, of all.
        public let unsettled, races: Int
    }

    let settings: TuningSettings
    let stop: StopFlag
    let meter: any TuningMeter
    let journal: TuningJournal
    /// One tuning at a time writes a folder's evidence.
    private let lock: FileLock
    private let report: (Progress) -> Void
    /// As it stands: derived at first, then more and more measured.
    public internal(set) var profile: Profile
    /// What became of each section, for the summary.
    public private(set) var sections: [SectionResult] = []
    /// Rows of earlier tunings for which the profile had no room beside those of this one.
    public private(set) var dropped: [Tuning] = []
    /// Seconds of the budget that lie behind.
    private var done = 0.0

    /// - Parameters:
    ///   - folder: Where profile and evidence go.
    ///   - fresh: Do not go on with an interrupted tuning.
    ///   - report: Hears of progress.
    /// - Throws: ``FileSystemError`` when the folder cannot be made or written, or another tuning is at work there: before
    ///   anything is measured.
    public convenience init(
        settings: TuningSettings, folder: URL, fresh: Bool = false, stop: StopFlag = StopFlag(),
        report: @escaping (Progress) -> Void = { _ in }
    ) throws {
        try self.init(
            settings: settings, folder: folder, fresh: fresh, stop: stop, topology: Topology(), meter: MachineMeter(),
            report: report)
    }

    /// For a machine that need not be this one.
    init(
        settings: TuningSettings, folder: URL, fresh: Bool = false, stop: StopFlag = StopFlag(), topology: Topology,
        meter: any TuningMeter, report: @escaping (Progress) -> Void = { _ in }
    ) throws {
        (self.settings, self.stop, self.meter, self.report) = (settings, stop, meter, report)
        let fingerprint = Fingerprint(topology)
        profile = Profile(derivedFrom: topology)
        try OutputFolder.create(folder.path)
        files = TuningFiles(folder: folder, name: fingerprint.fileName)
        guard let lock = try FileLock(files.lock, waits: false) else {
            throw FileSystemError(
                operation: .create, path: files.partial.path, reason: "another tuning is at work on it; wait or stop it"
            )
        }
        self.lock = lock
        journal = try TuningJournal(files.partial, conditions: "\(fingerprint); \(settings.summary)", fresh: fresh)
    }

    /// Where everything goes.
    public let files: TuningFiles
    /// Numbers of threads that are tuned for.
    public var threads: [Int] { settings.threads }
    public var records: [TuningRecord] { journal.records }

    /// Measures, and saves the profile whenever a precision is done: its blocks and prices belong together.
    ///
    /// - Returns: false when it was stopped; what was measured is kept, and the next run goes on.
    public func run() throws -> Bool {
        let sections = try settings.precisions.flatMap { precision in
            try settings.threads.map { try section(precision, threads: $0) }
        }
        let weight = sections.reduce(0) { $0 + 1 / $1.gflops }
        for precision in settings.precisions {
            let share = settings.budget * settings.blockingShare / Double(settings.precisions.count)
            guard try tuneBlocks(precision, budget: share) else { return false }
            for section in sections where section.precision == precision {
                let share = settings.budget * (1 - settings.blockingShare) / section.gflops / weight
                guard try tunePlans(section, budget: share) else { return false }
            }
            try save(precision)
        }
        try journal.finish(as: files.evidence)
        return true
    }

    /// Saves what was measured about a precision; what is only derived does not replace what another run has measured.
    private func save(_ precision: Precision) throws {
        profile.created = ISO8601DateFormatter().string(from: Date())
        var measured = profile
        measured.tunings = profile.tunings.filter { $0.precision == precision && settings.threads.contains($0.threads) }
        dropped += try ProfileStore.save(measured, precisions: [precision], in: files.folder).dropped
    }

    func section(_ precision: Precision, threads: Int) throws -> TuningSection {
        let peak = try meter.peak(precision, threads: threads)
        return TuningSection(precision: precision, threads: threads, gflops: max(0.1, Self.usualShare * peak))
    }

    /// Share of the peak that the classical product reaches on most machines.
    private static let usualShare = 0.85

    /// Takes over the prices and cutoffs that explain a section's races.
    func adopt(_ fit: SectionFit, _ races: [[TuningRecord]]) {
        let row = fit.tuning
        profile.tunings = profile.tunings.filter { !$0.isAbout(row) } + [row]
        sections.append(
            SectionResult(
                precision: row.precision, threads: row.threads, modelError: fit.modelError,
                unsettled: races.filter { $0.first?.verdict == .unsettled }.count, races: races.count))
    }

    /// Runs a race and reports its progress; `nil` when it was stopped.
    func race(_ count: Int, budget: Double, _ detail: String, run: (Int) throws -> Double) throws -> Race? {
        var rules = Race.Rules()
        rules.budget = budget
        let start = meter.now
        let race = try Race(count, rules: rules, clock: { self.meter.now }, isStopped: { self.stop.isRaised }) {
            report(
                Progress(done: done + min(budget, self.meter.now - start), total: settings.budget, detail: detail))
            return try run($0)
        }
        return stop.isRaised ? nil : race
    }

    /// Moves on by a share of the budget, used up or not.
    func pass(_ seconds: Double) { done += seconds }
}

/// The files of a tuning, in one folder.
public struct TuningFiles: Sendable {
    public let folder: URL
    let name: String
    public var profile: URL { folder.appendingPathComponent("\(name).profile") }
    /// Of a finished tuning.
    public var evidence: URL { folder.appendingPathComponent("\(name).csv") }
    /// Of a running or interrupted one.
    var partial: URL { folder.appendingPathComponent("\(name).partial.csv") }
    var lock: URL { folder.appendingPathComponent(".tune.lock") }
    public var plot: URL { folder.appendingPathComponent("\(name).svg") }
}

extension Tuner {
    /// A tuning for those who cannot wait: `budget` seconds, more or less, for one thread and `threads`, in a temporary
    /// folder that does not stay.
    ///
    /// - Throws: `CancellationError` when stopped; what ``run()`` throws.
    public static func brief(
        budget: Double, threads: Int, stop: StopFlag = StopFlag(), report: @escaping (Progress) -> Void = { _ in }
    ) throws -> Profile {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("strassen-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = TuningSettings(budget: budget, threads: [1, threads])
        let tuner = try Tuner(settings: settings, folder: folder, stop: stop, report: report)
        guard try tuner.run() else { throw CancellationError() }
        return tuner.profile
    }
}
