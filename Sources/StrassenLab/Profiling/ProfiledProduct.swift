// SPDX-License-Identifier: AGPL-3.0-or-later

/// One problem in memory with one kernel made ready for it.
struct ProfiledProduct {
    let kernel: ProfiledKernel
    let problem: ProfileProblem
    let contender: PreparedContender
    /// One multiplication; all memory was touched before.
    let run: () throws -> Void

    /// - Parameters:
    ///   - levels: `nil`: the planner's.
    ///   - instructionSet: Of the engine's kernels; `nil`: the best.
    /// - Throws: ``StrassenError`` and ``InputError`` for levels or schemes that do not fit; memory that is not there.
    init(
        _ kernel: ProfiledKernel, _ problem: ProfileProblem, levels: Int?, environment: BenchmarkEnvironment,
        instructionSet: InstructionSet? = nil
    ) throws {
        var spec = kernel.contender(problem, levels: levels)
        if kernel != .openblas { spec.instructionSet = instructionSet }
        (self.kernel, self.problem) = (kernel, problem)
        switch problem.precision {
        case .float64: (contender, run) = try Self.prepare(Double.self, spec, problem, environment)
        case .float32: (contender, run) = try Self.prepare(Float.self, spec, problem, environment)
        }
    }

    private static func prepare<Element: BLASElement>(
        _: Element.Type, _ spec: ContenderSpec, _ problem: ProfileProblem, _ environment: BenchmarkEnvironment
    ) throws -> (PreparedContender, () throws -> Void) {
        let operands = try Operands<Element>(problem.benchmarkCase(spec), seed: 1)
        guard let contender = try ContenderFactory(environment).prepare(spec, operands).first else {
            throw StrassenError(.argument, "there is no engine \(spec.label)")
        }
        let workspace = try Workspace(bytes: contender.sharedWorkspaceBytes)
        workspace.clear()
        contender.activate()
        return (contender, { try contender.run(workspace) })
    }

    /// Whether a profile is of this kernel with as many levels: the planner may choose what was asked before.
    func isSame(_ run: ProfileRun) -> Bool { run.kernel == kernel && run.levels == contender.levels }

    /// The time that counts, as in a benchmark: of the thread where there is one, which a neighbour does not lengthen.
    func seconds(_ elapsed: ElapsedTime) -> Double {
        contender.threads == 1 && contender.controlsThreads ? elapsed.thread : elapsed.wall
    }

    /// What the plan touches and the model that predicts its traffic; `nil` for a library without a plan.
    ///
    /// - Parameter caches: Bytes of L1, L2, L3.
    func model(caches: [Int]) throws -> TrafficModel? {
        guard let plan = contender.plan else { return nil }
        let footprint = Int(problem.elements) * problem.precision.bytes + plan.info.workspaceBytes
        return TrafficModel(
            work: try plan.work(), info: plan.info, precision: problem.precision, caches: caches, footprint: footprint)
    }

    /// A run to fill in: who, how, nothing measured.
    func emptyRun() -> ProfileRun {
        let info = contender.plan?.info
        return ProfileRun(
            kernel: kernel, levels: contender.levels, fusedLevels: contender.fusedLevels, scheme: contender.scheme,
            microKernel: contender.kernel,
            blocking: info.map { Blocking(kernel: $0.kernel, mc: $0.mc, kc: $0.kc, nc: $0.nc) },
            workspaceBytes: contender.workspaceBytes, seconds: nil, gflops: nil, watchingOverhead: nil, phases: [],
            total: PhaseProfile(.whole))
    }
}

extension ProfileRun {
    /// Sets the phases, what follows from them, and their total.
    mutating func set(_ phases: [PhaseProfile], model: TrafficModel?, problem: ProfileProblem, lineBytes: Int) {
        let flops = 2 * Double(problem.m) * Double(problem.k) * Double(problem.n)
        self.phases = phases.map { phase in
            var phase = phase
            (phase.model, phase.elements) = (model?.traffic(phase.phase), model?.work.elements(phase.phase))
            phase.flops = phase.phase == .whole && model == nil ? flops : model?.work.flops(phase.phase)
            phase.derive(productFlops: flops, threads: problem.threads, lineBytes: lineBytes)
            return phase
        }
        var total = PhaseProfile(.whole)
        for phase in phases {
            total.counters.merge(phase.counters) { $0 + $1 }
            total.software.merge(phase.software) { $0 + $1 }
            if let calls = phase.calls { total.calls = (total.calls ?? 0) + calls }
            if let seconds = phase.seconds { total.seconds = (total.seconds ?? 0) + seconds }
            if let seconds = phase.cpuSeconds { total.cpuSeconds = (total.cpuSeconds ?? 0) + seconds }
            if let share = phase.share { total.share = (total.share ?? 0) + share }
        }
        (total.model, total.elements) = (model?.traffic(.whole), problem.elements)
        total.flops = model?.work.flops(.whole) ?? flops
        total.derive(productFlops: flops, threads: problem.threads, lineBytes: lineBytes)
        self.total = total
    }
}
