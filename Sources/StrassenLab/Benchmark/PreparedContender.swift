// SPDX-License-Identifier: AGPL-3.0-or-later

/// An engine made ready for one case: what it will do, and the call.
struct PreparedContender {
    /// How tables name it; unique within a case.
    var label: String
    var engine: String
    var scheme = "none"
    var levels = 0, fusedLevels = 0
    /// mnk over the multiply-adds that it spends, (8/7)^L for L levels of ⟨2,2,2;7⟩ whose blocks divide the sides.
    var saving = 1.0
    var kernel: String?
    var threads: Int
    /// Bytes that it needs from the workspace all contenders share.
    var sharedWorkspaceBytes = 0
    /// Bytes that it uses besides A, B and C, from wherever.
    var workspaceBytes = 0
    /// A classical BLAS of others: may be the `best` baseline.
    var isForeign = false
    /// Several threads of a library of others take part, which spin for a while after a call.
    var leavesThreadsSpinning = false
    /// False: it may use threads of its own choice, so that processor time of one thread says nothing.
    var controlsThreads = true
    /// What an engine of ours will do, and on which threads: for profilers.
    var plan: Plan?
    var pool: ThreadPool?
    /// Sets global state (threads of a library) before a series of runs; not timed.
    var activate: () -> Void = {}
    /// One multiplication in the shared workspace.
    var run: (Workspace) throws -> Void
}

/// Prepares contenders for cases, sharing thread pools between them.
final class ContenderFactory {
    private let environment: BenchmarkEnvironment
    private var pools: [Int: ThreadPool] = [:]

    init(_ environment: BenchmarkEnvironment) { self.environment = environment }

    /// Whom `against` means.
    var libraries: [BLASLibrary] { environment.libraries }

    /// The contenders of a spec: one, or as many as there are libraries for `against`.
    ///
    /// - Throws: ``InputError`` and ``StrassenError`` for settings that do not fit the case.
    func prepare<Element: BLASElement>(_ spec: ContenderSpec, _ operands: Operands<Element>) throws
        -> [PreparedContender]
    {
        switch spec.kind {
        case .engine(let engine): return [try own(engine, spec, operands)]
        case .openblas: return [foreign(.linked, spec, operands)]
        case .against: return environment.libraries.map { foreign($0, spec, operands) }
        case .unfair: return [try unfair(spec, operands)]
        }
    }

    /// The labels of a spec's contenders, once it is sure that they can be prepared.
    func check(_ spec: ContenderSpec, _ problem: BenchmarkCase) throws -> [String] {
        switch spec.kind {
        case .engine(let engine): _ = try plan(engine, spec, problem)
        case .unfair: try ParallelProducts<Double>.check(unfairScheme(spec), problem)
        case .openblas: return [foreignLabel(.linked, spec)]
        case .against: return environment.libraries.map { foreignLabel($0, spec) }
        }
        return [problem.label(spec)]
    }

    private func plan(_ engine: Engine, _ spec: ContenderSpec, _ problem: BenchmarkCase) throws -> Plan {
        var options = try options(spec, engine)
        if let kernel = spec.kernel { _ = try Kernel.named(kernel, problem.precision, atMost: spec.instructionSet) }
        if spec.leafIsOpenBLAS { options.leaf = BLASLibrary.linked.leaf(problem.precision) }
        return try Plan(
            problem.precision, m: problem.m, k: problem.k, n: problem.n, threads: spec.threads ?? problem.threads,
            options: options)
    }

    private func own<Element: BLASElement>(
        _ engine: Engine, _ spec: ContenderSpec, _ operands: Operands<Element>
    ) throws -> PreparedContender {
        let (problem, threads) = (operands.problem, spec.threads ?? operands.problem.threads)
        let plan = try plan(engine, spec, problem)
        let (info, pool) = (plan.info, try pool(threads))
        let leafIsOpenBLAS = spec.leafIsOpenBLAS
        let (one, beta) = (Element(1), Element(problem.beta))  // a conversion a call would be a part of small products
        return PreparedContender(
            label: problem.label(spec), engine: engine.rawValue, scheme: info.scheme, levels: info.levels,
            fusedLevels: info.fusedLevels, saving: try saving(plan),
            kernel: leafIsOpenBLAS || info.kernel.isEmpty ? nil : info.kernel,
            threads: threads, sharedWorkspaceBytes: info.workspaceBytes, workspaceBytes: info.workspaceBytes,
            leavesThreadsSpinning: leafIsOpenBLAS && threads > 1, plan: plan, pool: pool,
            activate: { if leafIsOpenBLAS { BLASLibrary.linked.setThreads(threads) } },
            run: { workspace in
                try plan.run(
                    alpha: one, operands.a.view, operands.b.view, beta: beta, into: operands.c.view, pool: pool,
                    workspace: workspace)
            })
    }

    private func foreign<Element: BLASElement>(
        _ library: BLASLibrary, _ spec: ContenderSpec, _ operands: Operands<Element>
    ) -> PreparedContender {
        let threads = spec.threads ?? operands.problem.threads
        let beta = operands.problem.beta
        return PreparedContender(
            label: foreignLabel(library, spec), engine: library.name, threads: threads,
            isForeign: true, leavesThreadsSpinning: threads > 1 || !library.controlsThreads,
            controlsThreads: library.controlsThreads, activate: { library.setThreads(threads) },
            run: { _ in Element.multiply(library, operands.a, operands.b, beta: beta, into: operands.c) })
    }

    private func foreignLabel(_ library: BLASLibrary, _ spec: ContenderSpec) -> String {
        spec.threads.map { "\(library.name)@\($0)" } ?? library.name
    }

    private func unfairScheme(_ spec: ContenderSpec) throws -> Scheme {
        try environment.scheme(spec.schemes.first ?? "strassen")
    }

    private func unfair<Element: BLASElement>(
        _ spec: ContenderSpec, _ operands: Operands<Element>
    ) throws -> PreparedContender {
        let threads = spec.threads ?? operands.problem.threads
        let scheme = try unfairScheme(spec)
        let products = try ParallelProducts(scheme: scheme, operands: operands, threads: threads)
        return PreparedContender(
            label: operands.problem.label(spec), engine: "unfair", scheme: scheme.name, levels: 1,
            saving: Double(scheme.m * scheme.k * scheme.n) / Double(scheme.rank), threads: threads,
            workspaceBytes: products.workspaceBytes, run: { _ in products.run() })
    }

    private func saving(_ plan: Plan) throws -> Double {
        guard plan.info.levels > 0 else { return 1 }
        return try Double(plan.m) * Double(plan.k) * Double(plan.n) / plan.work().multiplyAdds
    }

    private func options(_ spec: ContenderSpec, _ engine: Engine) throws -> PlanOptions {
        var options = PlanOptions()
        options.engine = engine
        if let levels = spec.levels, levels < spec.schemes.count {
            throw InputError(
                "\(spec.schemes.joined(separator: "+")) is \(spec.schemes.count) levels, asked for are \(levels)",
                field: "engine \(spec.fullLabel)", advice: "leave out the levels, or some schemes")
        }
        options.schemes = try spec.schemes.map(environment.scheme)
        (options.levels, options.fusedLevels, options.cutoff) = (spec.levels, spec.fusedLevels, spec.cutoff)
        options.maximumWorkspace = spec.workspace
        (options.instructionSet, options.kernel) = (spec.instructionSet, spec.kernel)
        (options.accurate, options.deterministic) = (spec.accurate, spec.deterministic)
        options.profile = environment.profile
        return options
    }

    private func pool(_ threads: Int) throws -> ThreadPool {
        if let pool = pools[threads] { return pool }
        let pool = try ThreadPool(threads: threads)
        pools[threads] = pool
        return pool
    }
}
