// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Matrices and threads that a tuner's candidates share.
struct TuningBench<Element: MatrixElement> {
    /// What is timed.
    enum Candidate {
        case classical(Profile)
        /// Turbo with the planner's own schemes: so many levels, of which `fused` are fused.
        case levels(Int, fused: Int, Profile)
    }

    let threads: Int
    private let pool: ThreadPool
    private let a, b, c: Matrix<Element>

    init(largest: Int, threads: Int) throws {
        self.threads = threads
        pool = try ThreadPool(threads: threads)
        var random = RandomSource(seed: 1, path: [UInt64(largest)])
        a = try Matrix(rows: largest, columns: largest) { _, _ in Element(random.uniform(-1, 1)) }
        b = try Matrix(rows: largest, columns: largest) { _, _ in Element(random.uniform(-1, 1)) }
        c = try Matrix(rows: largest, columns: largest)
    }

    func plan(_ candidate: Candidate, _ size: Int) throws -> Plan {
        var options = PlanOptions()
        switch candidate {
        case .classical(let profile): (options.engine, options.profile) = (.classical, profile)
        case .levels(let levels, let fused, let profile):
            (options.engine, options.profile) = (.turbo, profile)
            (options.levels, options.fusedLevels) = (levels, fused)
        }
        return try Plan(Element.precision, m: size, k: size, n: size, threads: threads, options: options)
    }

    /// The fastest of `rounds` samples of each candidate, in turns, after one run to warm up.
    func times(_ count: Int, _ rounds: Int, size: Int, _ candidate: (Int) -> Candidate) throws -> [Double] {
        let plans = try (0..<count).map { try plan(candidate($0), size) }
        let workspace = try Workspace(bytes: plans.map(\.info.workspaceBytes).max() ?? 0)
        var fastest = [Double](repeating: .infinity, count: count)
        for round in 0...rounds {
            for (index, plan) in plans.enumerated() {
                let time = try Stopwatch.system.measure {
                    try plan.run(view(a, size), view(b, size), into: view(c, size), pool: pool, workspace: workspace)
                }
                if round > 0 { fastest[index] = min(fastest[index], threads == 1 ? time.thread : time.wall) }
            }
        }
        return fastest
    }

    /// The leading size×size block, without gaps.
    private func view(_ matrix: Matrix<Element>, _ size: Int) -> MatrixView<Element> {
        MatrixView(matrix.pointer, rows: size, columns: size, rowStride: size, columnStride: 1)
    }
}
