// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Measures a machine until the planner knows what things cost on it.
///
/// First the block sizes of every precision, then, for every precision and number of threads, a few ways to multiply on a
/// ladder of sizes in three shapes. The planner's prices are fitted to those times (``CostFit``): it predicts any problem,
/// not only measured ones. Cutoffs keep it from fast levels below the smallest size where one was seen to win.
public final class Tuner {
    /// Where it has got to.
    public struct Progress: Sendable {
        /// Seconds done and in all, by the plan of the measurements.
        public let done, total: Double
        public let detail: String
    }

    let settings: TuningSettings
    let stop: StopFlag
    private let journal: TuningJournal
    private let report: (Progress) -> Void
    /// As it stands: derived at first, then more and more measured.
    public private(set) var profile: Profile
    private var done = 0.0
    private var pools: [Int: ThreadPool] = [:]
    /// What became of each section, for the summary.
    public private(set) var sections: [SectionResult] = []

    /// What tuning found about one precision on one number of threads.
    public struct SectionResult: Sendable, Codable {
        public let precision: Precision
        public let threads: Int
        /// Root mean square of (predicted − measured) / measured over the training problems.
        public let modelError: Double
        /// Races whose winner was not settled in time, of all.
        public let unsettled, races: Int
    }

    /// - Parameters:
    ///   - folder: Where profile and evidence go.
    ///   - fresh: Do not go on with an interrupted tuning.
    ///   - report: Hears of progress.
    public init(
        settings: TuningSettings, folder: URL, fresh: Bool = false, stop: StopFlag = StopFlag(),
        report: @escaping (Progress) -> Void = { _ in }
    ) throws {
        (self.settings, self.stop, self.report) = (settings, stop, report)
        let topology = try Topology()
        let fingerprint = Fingerprint(topology)
        profile = Profile(derivedFrom: topology)
        try OutputFolder.create(folder.path)
        files = TuningFiles(folder: folder, name: fingerprint.fileName)
        journal = try TuningJournal(files.partial, conditions: "\(fingerprint); \(settings.summary)", fresh: fresh)
    }

    /// Where everything goes.
    public let files: TuningFiles
    /// Numbers of threads that are tuned for.
    public var threads: [Int] { settings.threads }
    public var records: [TuningRecord] { journal.records }

    /// Measures, and saves the profile after every section.
    ///
    /// - Returns: false when it was stopped; what was measured is kept, and the next run goes on.
    public func run() throws -> Bool {
        let sections = try makeSections()
        let weight = sections.reduce(0) { $0 + 1 / $1.gflops }
        for precision in settings.precisions where settings.blockingShare > 0 {
            let share = settings.budget * settings.blockingShare / Double(settings.precisions.count)
            guard try tuneBlocks(precision, budget: share) else { return false }
        }
        for section in sections {
            let share = settings.budget * (1 - settings.blockingShare) / section.gflops / weight
            guard try tunePlans(section, budget: share) else { return false }
            try save()
        }
        try journal.finish(as: files.evidence)
        return true
    }

    private func save() throws {
        profile.created = ISO8601DateFormatter().string(from: Date())
        try ProfileStore.save(profile, precisions: settings.precisions, in: files.folder)
    }

    private func makeSections() throws -> [TuningSection] {
        try settings.precisions.flatMap { precision in
            try settings.threads.map { threads in
                TuningSection(
                    precision: precision, threads: threads,
                    gflops: max(0.1, 0.85 * (try Machine.peak(precision, threads: threads))))
            }
        }
    }

    /// The pool of a number of threads, made once.
    private func pool(_ threads: Int) throws -> ThreadPool {
        if let pool = pools[threads] { return pool }
        let pool = try ThreadPool(threads: threads)
        pools[threads] = pool
        return pool
    }

    // MARK: Block sizes

    /// - Returns: false when stopped.
    private func tuneBlocks(_ precision: Precision, budget: Double) throws -> Bool {
        let threads = 1
        let section = TuningSection(
            precision: precision, threads: threads,
            gflops: max(0.1, 0.85 * (try Machine.peak(precision, threads: threads))))
        // A fifth of the budget is what one round of all contenders of one race may take.
        let side =
            [1900, 1400, 1000, 760, 560].first { section.seconds($0, $0, $0) * 1.5 * 6 * 3 <= budget / 4 } ?? 384
        let problems = [(side, side, side), (side, side / 8 * 3, side), (side / 8 * 3, side, side)].map {
            TuningProblem(precision: precision, threads: threads, m: $0.0, k: $0.1, n: $0.2)
        }
        for phase in [TuningRecord.Phase.kernel, .depth, .rows, .columns] {
            let contenders = BlockingSearch.contenders(phase, profile.blocking(precision), precision)
            guard contenders.count > 1 else { continue }
            guard let winner = try raceBlocks(phase, problems, contenders, budget: budget / 4) else { return false }
            profile.setBlocking(winner, precision)
        }
        return true
    }

    /// Races block sizes over three shapes at once.
    ///
    /// - Returns: The fastest, or the first (the one in use) when none is clearly faster; `nil` when stopped.
    private func raceBlocks(
        _ phase: TuningRecord.Phase, _ problems: [TuningProblem], _ contenders: [Blocking], budget: Double
    ) throws -> Blocking? {
        defer { done += budget }
        var records = journal.race(phase, problems[0], contenders.map { ("classical", $0) })
        if records == nil {
            let benches = try problems.map { try TuningBench($0, pool: pool($0.threads)) }
            let plans = try contenders.map { blocking in
                var candidate = profile
                candidate.setBlocking(blocking, problems[0].precision)
                return try problems.map { problem in
                    guard let plan = PlanCandidate.classical.plan(problem, candidate) else {
                        throw StrassenError(.unsupported, "no classical plan for \(problem.name)")
                    }
                    return plan
                }
            }
            let race = try race(contenders.count, budget: budget, "\(phase.rawValue) of blocks, \(problems[0].name)") {
                index in
                try zip(benches, plans[index]).reduce(0) { $0 + (try $1.0.time($1.1)) }
            }
            guard !stop.isRaised else { return nil }
            let fresh = contenders.indices.map {
                TuningRecord(phase, problems[0], plan: "classical", contenders[$0], race.times[$0], race.verdict)
            }
            try journal.append(fresh)
            records = fresh
        }
        guard let records, let best = records.min(by: { $0.seconds < $1.seconds }) else { return nil }
        return best.seconds < records[0].seconds * (1 - Self.clearGain) ? best.blocking : records[0].blocking
    }

    /// A change of blocks that gains less stays out: it would be noise, and different the next time.
    private static let clearGain = 0.015

    // MARK: Levels

    /// - Returns: false when stopped.
    private func tunePlans(_ section: TuningSection, budget: Double) throws -> Bool {
        let problems = section.problems(budget: budget)
        let weight = problems.reduce(0) { $0 + $1.flops.squareRoot() }
        let start = TimeSource.wall
        // A machine slower than reckoned gets fewer of the large problems, not more time.
        for problem in problems where TimeSource.wall - start < budget {
            let share = budget * problem.flops.squareRoot() / weight
            guard try racePlans(problem, budget: share) else { return false }
        }
        let measured = journal.records.filter {
            $0.phase == .plans && $0.problem.precision == section.precision && $0.problem.threads == section.threads
        }
        let fit = SectionFit(measured, profile)
        profile.tunings =
            profile.tunings.filter { $0.precision != section.precision || $0.threads != section.threads } + [fit.tuning]
        let races = Dictionary(grouping: measured, by: \.problem).values
        sections.append(
            SectionResult(
                precision: section.precision, threads: section.threads, modelError: fit.modelError,
                unsettled: races.filter { $0.first?.verdict == .unsettled }.count, races: races.count))
        return true
    }

    /// - Returns: false when stopped.
    private func racePlans(_ problem: TuningProblem, budget: Double) throws -> Bool {
        defer { done += budget }
        let blocking = profile.blocking(problem.precision)
        let entries = PlanCandidate.probes.filter { $0.smallestBlock(problem) >= Self.smallestBlock }.compactMap {
            candidate in
            candidate.plan(problem, profile).map { (candidate: candidate, plan: $0) }
        }
        guard journal.race(.plans, problem, entries.map { ($0.candidate.name, blocking) }) == nil else { return true }
        let bench = try TuningBench(problem, pool: pool(problem.threads))
        let race = try race(entries.count, budget: budget, problem.name) { try bench.time(entries[$0].plan) }
        guard !stop.isRaised else { return false }
        try journal.append(
            entries.indices.map {
                TuningRecord(.plans, problem, plan: entries[$0].candidate.name, blocking, race.times[$0], race.verdict)
            })
        return true
    }

    /// Probes whose blocks are smaller than this never win and only cost time.
    private static let smallestBlock = 64

    private func race(_ count: Int, budget: Double, _ detail: String, run: (Int) throws -> Double) throws -> Race {
        var rules = Race.Rules()
        rules.budget = budget
        let start = TimeSource.wall
        return try Race(count, rules: rules, isStopped: { self.stop.isRaised }) { index in
            report(Progress(done: done + min(budget, TimeSource.wall - start), total: settings.budget, detail: detail))
            return try run(index)
        }
    }
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
    public var plot: URL { folder.appendingPathComponent("\(name).svg") }
}

extension Tuner {
    /// Seconds that ``brief(threads:report:)`` takes, more or less.
    public static let briefBudget = 15.0

    /// A tuning for those who cannot wait: one thread and `threads`, in a temporary folder that does not stay.
    public static func brief(threads: Int, report: @escaping (Progress) -> Void = { _ in }) throws -> Profile {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("strassen-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = TuningSettings(budget: briefBudget, threads: [1, threads])
        let tuner = try Tuner(settings: settings, folder: folder, report: report)
        _ = try tuner.run()
        return tuner.profile
    }
}
