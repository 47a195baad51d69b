// SPDX-License-Identifier: AGPL-3.0-or-later

/// What a profile makes of sizes: from which side on which plan, by precision, threads, shape and engine.
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
    /// The plan of every problem that was asked about.
    private let plans: [String]

    /// Sides from 256 to 8192 in steps of a ninth.
    static let sides: [Int] = Array(
        sequence(first: 256.0) { $0 * 10 / 9 }.prefix { $0 <= 8192 }.map { Int($0.rounded()) })

    /// Asks the planner; measures nothing.
    public init(_ profile: Profile, threads: [Int]) throws {
        var (spans, plans) = ([Span](), [String]())
        for row in Self.rows(threads) {
            var last = ""
            for side in Self.sides {
                let plan = try Self.plan(row.shape.problem(side, row.precision, row.threads), row.engine, profile)
                plans.append(plan)
                if plan != last {
                    spans.append(
                        Span(
                            precision: row.precision, threads: row.threads, shape: row.shape, engine: row.engine,
                            from: side, plan: plan))
                }
                last = plan
            }
        }
        (self.spans, self.plans) = (spans, plans)
    }

    /// Number of decisions.
    public var count: Int { plans.count }

    /// How many decisions are equal; both must have been made for the same numbers of threads.
    public func agreements(with other: TuningDecisions) -> Int { zip(plans, other.plans).filter(==).count }

    private typealias Row = (precision: Precision, threads: Int, shape: ShapeClass, engine: Engine)

    private static func rows(_ threads: [Int]) -> [Row] {
        Precision.allCases.flatMap { precision in
            threads.flatMap { threads in
                ShapeClass.allCases.flatMap { shape in
                    [Engine.auto, .optimal].map { Row(precision, threads, shape, $0) }
                }
            }
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

extension ShapeClass {
    /// A problem of this class whose largest side is `side`; thin sides are three eighths of it.
    func problem(_ side: Int, _ precision: Precision, _ threads: Int) -> TuningProblem {
        let thin = max(1, side * 3 / 8)
        return TuningProblem(
            precision: precision, threads: threads, m: self == .panel || self == .inner ? thin : side,
            k: self == .rankK ? thin : side, n: self == .inner ? thin : side)
    }
}
