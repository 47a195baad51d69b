// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Measures what the planner needs to know about this machine: block sizes, prices, and where levels begin to pay.
///
/// A first form: square problems, one row a precision and number of threads. Candidates of one question are timed in
/// turns, so that a machine that slows down slows all of them; the fastest sample of each counts. A candidate replaces
/// what the model derived only when it is faster by more than ``leastGain``; where no side shows a gain, as on a busy
/// machine, what was derived stays.
public struct Tuner {
    /// How much is measured.
    public struct Effort: Sendable {
        /// Side of the problem that block sizes are measured on.
        public var blockingSize: Int
        /// Sides at which levels are tried.
        public var sides: [Int]
        /// Samples of each candidate.
        public var rounds: Int

        /// A few seconds a precision; about 20 s; a minute or two.
        public static let brief = Effort(blockingSize: 768, sides: [512, 768, 1024], rounds: 2)
        public static let quick = Effort(blockingSize: 1024, sides: [384, 512, 768, 1024, 1536], rounds: 3)
        public static let full = Effort(
            blockingSize: 1536, sides: [256, 384, 512, 640, 768, 1024, 1280, 1536, 2048], rounds: 7)
    }

    /// One sample, for the evidence.
    public struct Sample: Sendable, Codable {
        public let precision: Precision
        public let threads: Int
        /// "blocking", "fused" or "explicit".
        public let question: String
        public let size: Int
        public let candidate: String
        /// The fastest sample, in seconds of wall time.
        public let seconds: Double
    }

    /// Called with the parts done, all parts, and what is measured next.
    public typealias Progress = (Int, Int, String) -> Void

    static let leastGain = 0.02

    private let effort: Effort
    private let topology: Topology
    public private(set) var samples: [Sample] = []

    public init(_ effort: Effort, topology: Topology) { (self.effort, self.topology) = (effort, topology) }

    /// The profile of this machine, measured.
    public mutating func tune(
        precisions: [Precision] = Precision.allCases, threads: [Int], progress: Progress = { _, _, _ in }
    ) throws -> Profile {
        var profile = Profile(derivedFrom: topology)
        profile.created = ISO8601DateFormatter().string(from: Date())
        let derived = profile.tunings
        profile.tunings = derived.filter { !precisions.contains($0.precision) }
        var done = 0
        for precision in precisions {
            for count in threads {
                progress(done, precisions.count * threads.count, "\(precision.rawValue), \(count) threads")
                guard let start = derived.first(where: { $0.precision == precision }) else { continue }
                switch precision {
                case .float32: try measure(Float.self, count, start, &profile)
                case .float64: try measure(Double.self, count, start, &profile)
                }
                done += 1
            }
        }
        return profile
    }

    private mutating func measure<Element: MatrixElement>(
        _ type: Element.Type, _ threads: Int, _ start: Tuning, _ profile: inout Profile
    ) throws {
        let largest = max(effort.blockingSize, effort.sides.max() ?? 0)
        let bench = try TuningBench<Element>(largest: largest, threads: threads)
        var row = start
        row.threads = threads
        profile.tunings.append(row)
        if threads == 1 { try chooseBlocking(bench, &profile) }
        let last = profile.tunings.count - 1
        row.costs = try scaledCosts(bench, profile, row.costs)
        row.cutoff = try firstGain(bench, profile, "fused", against: 0) ?? row.cutoff
        row.explicitCutoff = try firstGain(bench, profile, "explicit", against: 1) ?? row.explicitCutoff
        row.explicitCutoff = max(row.explicitCutoff, row.cutoff)
        profile.tunings[last] = row
    }

    /// Tries depths and heights around the derived ones.
    private mutating func chooseBlocking<Element: MatrixElement>(
        _ bench: TuningBench<Element>, _ profile: inout Profile
    ) throws {
        let derived = profile.blocking(Element.precision)
        let shapes = [(1, 1), (2, 2), (3, 2), (2, 4), (4, 2)].map { depth, height in
            Blocking(
                kernel: derived.kernel, mc: derived.mc * height / 2, kc: derived.kc * depth / 2,
                nc: derived.nc)
        }
        let candidates = [derived] + shapes.filter { $0 != derived && $0.kc >= 16 && $0.mc >= 1 }
        let current = profile
        let times = try bench.times(candidates.count, effort.rounds, size: effort.blockingSize) { index in
            var changed = current
            changed.setBlocking(candidates[index], Element.precision)
            return .classical(changed)
        }
        for (candidate, seconds) in zip(candidates, times) {
            record(bench, "blocking", effort.blockingSize, "mc \(candidate.mc) kc \(candidate.kc)", seconds)
        }
        let best = times.indices.min { times[$0] < times[$1] } ?? 0
        if times[best] < times[0] * (1 - Self.leastGain) {
            profile.setBlocking(candidates[best], Element.precision)
        }
    }

    /// The typical prices, scaled so that the classical product takes what it takes here.
    private func scaledCosts<Element: MatrixElement>(
        _ bench: TuningBench<Element>, _ profile: Profile, _ typical: Costs
    ) throws -> Costs {
        let size = effort.blockingSize
        let measured = try bench.times(1, effort.rounds, size: size) { _ in .classical(profile) }[0]
        let predicted = try bench.plan(.classical(profile), size).info.predictedSeconds
        guard predicted > 0, measured > 0 else { return typical }
        return Costs(values: typical.values.map { $0 * measured / predicted })
    }

    /// The smallest side from which on one more level of a kind wins at every side measured; nil: none.
    ///
    /// - Parameter against: Fused levels of what it is compared with: 0 is the classical product.
    private mutating func firstGain<Element: MatrixElement>(
        _ bench: TuningBench<Element>, _ profile: Profile, _ kind: String, against fused: Int
    ) throws -> Int? {
        var first: Int?
        for size in effort.sides {
            let times = try bench.times(2, effort.rounds, size: size) { index in
                if index == 0 { return fused == 0 ? .classical(profile) : .levels(1, fused: 1, profile) }
                return .levels(1, fused: kind == "fused" ? 1 : 0, profile)
            }
            record(bench, kind, size, "without", times[0])
            record(bench, kind, size, "with", times[1])
            first = times[1] < times[0] * (1 - Self.leastGain) ? first ?? size : nil
        }
        return first
    }

    private mutating func record<Element>(
        _ bench: TuningBench<Element>, _ question: String, _ size: Int, _ candidate: String, _ seconds: Double
    ) {
        samples.append(
            Sample(
                precision: Element.precision, threads: bench.threads, question: question, size: size,
                candidate: candidate, seconds: seconds))
    }

    /// The samples as CSV with a header line.
    public var evidence: String {
        let header = "precision,threads,question,size,candidate,seconds\n"
        return header
            + samples.map {
                "\($0.precision.rawValue),\($0.threads),\($0.question),\($0.size),\($0.candidate),\($0.seconds)\n"
            }.joined()
    }
}
