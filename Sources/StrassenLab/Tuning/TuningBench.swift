// SPDX-License-Identifier: AGPL-3.0-or-later

/// A problem in memory, ready to be multiplied by one plan after another.
final class TuningBench {
    let problem: TuningProblem
    private let pool: ThreadPool
    private var workspace: Workspace
    private let multiply: (Plan, ThreadPool, Workspace) throws -> Void

    /// Random matrices in row-major order.
    ///
    /// - Throws: ``StrassenError`` when they do not fit in memory.
    init(_ problem: TuningProblem, pool: ThreadPool) throws {
        (self.problem, self.pool) = (problem, pool)
        workspace = try Workspace(bytes: 64)
        multiply =
            problem.precision == .float64
            ? try Self.operands(problem, Double.self) : try Self.operands(problem, Float.self)
    }

    private static func operands<Element: MatrixElement>(
        _ problem: TuningProblem, _: Element.Type
    ) throws -> (Plan, ThreadPool, Workspace) throws -> Void {
        var random = RandomSource(seed: 1, path: [UInt64(problem.m), UInt64(problem.k), UInt64(problem.n)])
        func filled(_ rows: Int, _ columns: Int) throws -> Matrix<Element> {
            let matrix = try Matrix<Element>(rows: rows, columns: columns)
            for index in matrix.elements.indices { matrix.elements[index] = Element(random.uniform(-1, 1)) }
            return matrix
        }
        let (a, b) = try (filled(problem.m, problem.k), filled(problem.k, problem.n))
        let c = try Matrix<Element>(rows: problem.m, columns: problem.n)
        return { plan, pool, workspace in
            try plan.run(a.view, b.view, into: c.view, pool: pool, workspace: workspace)
        }
    }

    /// Seconds of one multiplication: processor time on one thread, which a neighbour does not lengthen, else wall time.
    func time(_ plan: Plan) throws -> Double {
        if plan.info.workspaceBytes > workspace.bytes {
            workspace = try Workspace(bytes: plan.info.workspaceBytes)
            workspace.clear()
        }
        let elapsed = try Stopwatch.system.measure { try multiply(plan, pool, workspace) }
        return problem.threads == 1 ? elapsed.thread : elapsed.wall
    }
}
