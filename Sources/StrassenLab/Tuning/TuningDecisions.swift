// SPDX-License-Identifier: AGPL-3.0-or-later

/// What a profile makes of sizes: from which side on which plan, by precision, threads and shape.
public struct TuningDecisions: Sendable, Equatable {
    /// A range of sides with one plan.
    public struct Span: Sendable, Codable, Equatable {
        public let precision: Precision
        public let threads: Int
        public let shape: ShapeClass
        public let engine: Engine
        /// Largest side of the first problem with this plan.
        public let from: Int
        public let plan: String
    }

    public let spans: [Span]
    /// Plan by problem and engine.
    private let plans: [String]

    /// Sides from 256 to 8192 in steps of a ninth.
    static let sides: [Int] = {
        var sides: [Int] = []
        var side = 256.0
        while side <= 8192 {
            sides.append(Int(side.rounded()))
            side *= 10 / 9
        }
        return sides
    }()

    /// Asks the planner; measures nothing.
    public init(_ profile: Profile, threads: [Int]) throws {
        var (spans, plans) = ([Span](), [String]())
        for precision in Precision.allCases {
            for threads in threads {
                for shape in ShapeClass.allCases {
                    for engine in [Engine.auto, .optimal] {
                        var last = ""
                        for side in Self.sides {
                            let problem = Self.problem(shape, side, precision, threads)
                            let plan = try Self.plan(problem, engine, profile)
                            plans.append(plan)
                            guard plan != last else { continue }
                            last = plan
                            spans.append(
                                Span(
                                    precision: precision, threads: threads, shape: shape, engine: engine, from: side,
                                    plan: plan))
                        }
                    }
                }
            }
        }
        (self.spans, self.plans) = (spans, plans)
    }

    /// Share of equal decisions, 0…1.
    public func agreement(with other: TuningDecisions) -> Double {
        guard plans.count == other.plans.count, !plans.isEmpty else { return 0 }
        return Double(zip(plans, other.plans).filter(==).count) / Double(plans.count)
    }

    private static func problem(_ shape: ShapeClass, _ side: Int, _ precision: Precision, _ threads: Int)
        -> TuningProblem
    {
        let thin = max(1, side * 3 / 8)
        switch shape {
        case .square: return TuningProblem(precision: precision, threads: threads, m: side, k: side, n: side)
        case .panel: return TuningProblem(precision: precision, threads: threads, m: thin, k: side, n: side)
        case .rankK: return TuningProblem(precision: precision, threads: threads, m: side, k: thin, n: side)
        }
    }

    private static func plan(_ problem: TuningProblem, _ engine: Engine, _ profile: Profile) throws -> String {
        var options = PlanOptions()
        (options.engine, options.profile) = (engine, profile)
        let plan = try Plan(
            problem.precision, m: problem.m, k: problem.k, n: problem.n, threads: problem.threads, options: options)
        return PlanCandidate(plan.info).name
    }
}
