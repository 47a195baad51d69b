// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// A way to multiply that the planner may take: explicit levels, then fused ones.
public struct PlanCandidate: Sendable, Hashable, Codable {
    /// Schemes of the explicit levels, outermost first, and of the fused ones; all built in.
    public let explicit, fused: [String]

    public init(explicit: [String] = [], fused: [String] = []) { (self.explicit, self.fused) = (explicit, fused) }

    public static let classical = PlanCandidate()
    public var isClassical: Bool { explicit.isEmpty && fused.isEmpty }

    /// `"classical"`, `"winograd^2+[strassen]"`: fused levels in brackets.
    public var name: String {
        if isClassical { return "classical" }
        return [Self.runs(explicit), fused.isEmpty ? "" : "[\(Self.runs(fused))]"].filter { !$0.isEmpty }.joined(
            separator: "+")
    }

    private static func runs(_ names: [String]) -> String {
        var text: [String] = []
        var rest = names[...]
        while let name = rest.first {
            let count = rest.prefix { $0 == name }.count
            text.append(count > 1 ? "\(name)^\(count)" : name)
            rest = rest.dropFirst(count)
        }
        return text.joined(separator: "+")
    }

    /// Everything the planner chooses from when it is free (csrc/plan/choose.c), classical first.
    public static let all: [PlanCandidate] = {
        let fusions = [[], ["strassen"], ["strassen", "strassen"]] + otherFused.map { [$0] }
        var all = [classical]
        for levels in 0...4 {
            for last in levels > 0 ? ["winograd", "strassen"] : [""] {
                let explicit = levels > 0 ? Array(repeating: "winograd", count: levels - 1) + [last] : []
                all += fusions.map { PlanCandidate(explicit: explicit, fused: $0) }.filter { !$0.isClassical }
            }
        }
        return all
    }()

    /// Those by which prices are found: one or two schemes, up to three explicit and two fused levels.
    static let probes: [PlanCandidate] = [
        classical, PlanCandidate(fused: ["strassen"]), PlanCandidate(explicit: ["winograd"]),
        PlanCandidate(explicit: ["strassen"]), PlanCandidate(explicit: ["winograd"], fused: ["strassen"]),
        PlanCandidate(explicit: ["winograd", "strassen"]), PlanCandidate(fused: ["strassen", "strassen"]),
        PlanCandidate(explicit: ["winograd", "winograd"], fused: ["strassen"]),
        PlanCandidate(explicit: ["winograd", "winograd", "strassen"]), PlanCandidate(fused: ["3x2x3-15"]),
    ]

    private static let otherFused = ["3x2x3-15", "2x2x3-11", "2x3x2-11", "3x2x2-11", "2x3x3-15", "3x3x2-15"]
    private static let library = Dictionary(
        uniqueKeysWithValues: (["winograd", "strassen"] + otherFused).compactMap { name in
            (try? Scheme.builtin(name)).map { (name, $0) }
        })

    /// The sides of a problem's blocks below all levels.
    private func block(_ problem: TuningProblem) -> (m: Int, k: Int, n: Int) {
        (explicit + fused).compactMap { Self.library[$0] }.reduce((problem.m, problem.k, problem.n)) {
            ($0.0 / $1.m, $0.1 / $1.k, $0.2 / $1.n)
        }
    }

    /// Smallest side of a problem's blocks below all levels.
    func smallestBlock(_ problem: TuningProblem) -> Int {
        let sides = block(problem)
        return min(sides.m, sides.k, sides.n)
    }

    /// ``Plan/meanSide(m:k:n:)`` of the blocks that the innermost explicit level splits; `nil`: there is none.
    func innermostSplit(_ problem: TuningProblem) -> Int? {
        guard !explicit.isEmpty else { return nil }
        let sides = PlanCandidate(explicit: Array(explicit.dropLast())).block(problem)
        return Plan.meanSide(m: sides.m, k: sides.k, n: sides.n)
    }

    /// Options that leave the planner no other choice.
    func options(_ profile: Profile) -> PlanOptions {
        var options = PlanOptions()
        options.profile = profile
        options.engine = isClassical ? .classical : .turbo
        guard !isClassical else { return options }
        options.schemes = (explicit + fused).compactMap { Self.library[$0] }
        (options.levels, options.fusedLevels) = (explicit.count + fused.count, fused.count)
        return options
    }

    /// The plan for a problem; `nil` when the engine has none of this kind for it.
    func plan(_ problem: TuningProblem, _ profile: Profile) -> Plan? {
        try? Plan(
            problem.precision, m: problem.m, k: problem.k, n: problem.n, threads: problem.threads,
            options: options(profile))
    }

    /// What the planner takes for a problem when it is free, and its plan.
    static func chosen(_ problem: TuningProblem, _ profile: Profile) throws -> (candidate: PlanCandidate, plan: Plan) {
        var options = PlanOptions()
        options.profile = profile
        let plan = try Plan(
            problem.precision, m: problem.m, k: problem.k, n: problem.n, threads: problem.threads, options: options)
        return (PlanCandidate(plan.info), plan)
    }

    /// The levels of a plan, from the names in ``PlanInfo/scheme``.
    init(_ info: PlanInfo) {
        var levels: [String] = []
        for run in info.scheme.split(separator: "+") where info.levels > 0 {
            let parts = run.split(separator: "^")
            levels += Array(repeating: String(parts[0]), count: parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
        }
        self.init(explicit: Array(levels.dropLast(info.fusedLevels)), fused: Array(levels.suffix(info.fusedLevels)))
    }
}

extension PlanCandidate {
    /// Every plan that the planner may take for a problem, classical first: within its limits on block sizes, workspace and
    /// accuracy (csrc/plan/choose.c), but for the profile's cutoffs.
    static func allowed(_ problem: TuningProblem, _ profile: Profile) -> [(candidate: PlanCandidate, plan: Plan)] {
        let own = classical.plan(problem, profile)?.info.workspaceBytes ?? 0
        let limit = own + problem.m * problem.n * problem.precision.bytes
        return all.filter { $0.smallestBlock(problem) >= leastBlock }.compactMap { candidate in
            candidate.plan(problem, profile).map { (candidate: candidate, plan: $0) }
        }.filter { entry in
            let info = entry.plan.info
            let growth = pow(errorPerLevel, Double(info.levels)) * (info.levels > 1 ? errorMargin : 1.0001)
            return info.levels == 0 || (info.workspaceBytes <= limit && info.errorGrowth <= growth)
        }
    }

    /// Smallest side of a leaf, and the growth of the error that a level may bring: the planner's own limits.
    private static let (leastBlock, errorPerLevel, errorMargin) = (16, 3.0, 0.95)
}
