// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Measurements of one run with what they need to be understood later: what `bench --json` prints and `bench -o` keeps.
public struct BenchmarkResults: Sendable, Codable {
    /// Someone else's BLAS that took part.
    public struct Library: Sendable, Codable, Equatable {
        public var name, version: String
    }

    public var machine: MachineInfo
    /// Title of the suite, or what was asked for.
    public var title: String
    /// ISO 8601, UTC.
    public var created: String
    public var settings: BenchmarkProtocol
    public var libraries: [Library]
    /// Variables that change what the libraries do, as they were set; absent from results of older versions.
    public var environment: [String: String]?
    /// What the planner went by: when this machine was tuned, or that it was not; absent from results of older versions.
    public var profile: String?
    public var results: [Measurement]

    /// - Parameter results: All measurements of the run; those that cannot be taken at their word get their
    ///   ``Measurement/doubt`` here.
    public init(
        machine: MachineInfo, title: String, created: Date, settings: BenchmarkProtocol, libraries: [BLASLibrary],
        profile: Profile? = nil, results: [Measurement]
    ) {
        (self.machine, self.title, self.settings) = (machine, title, settings)
        self.results = MeasurementDoubt.marked(results)
        self.created = created.formatted(.iso8601)
        self.libraries = libraries.map { Library(name: $0.name, version: $0.version) }
        self.profile = profile.map { $0.created.isEmpty ? "derived from the caches" : "tuned \($0.created)" }
        environment = ProcessInfo.processInfo.environment.filter { LibraryKernels.isInfluence($0.key) }
    }

    /// Reads a file that `bench -o` or `bench --json` wrote.
    ///
    /// - Throws: ``InputError`` that names the file and the field; ``FileSystemError``.
    public init(path: String) throws {
        do {
            self = try JSONText.decode(Self.self, from: FileInput.contents(of: path, limit: 64 << 20))
        } catch let error as InputError {
            var named = error.in(path)
            named.advice = error.advice ?? "expected the output of `strassen bench --json`"
            throw named
        }
        guard !results.isEmpty else { throw InputError("it holds no measurements", field: "results", file: path) }
        for (index, row) in results.enumerated() {
            do { try Self.check(row) } catch { throw error.within("results[\(index)]").in(path) }
        }
    }

    /// What tables and plots compute with; every other number is only shown.
    private static func check(_ row: Measurement) throws(InputError) {
        let allowed = 1...Int(Int32.max)
        for (field, side) in [("m", row.m), ("k", row.k), ("n", row.n)] where !allowed.contains(side) {
            throw InputError("expected a side from 1 to \(allowed.upperBound), got \(side)", field: field)
        }
        guard row.levels >= 0, (0...row.levels).contains(row.fusedLevels) else {
            throw InputError(
                "expected at most as many fused levels as levels, got \(row.fusedLevels) of \(row.levels)",
                field: "fused_levels")
        }
    }
}
