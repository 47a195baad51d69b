// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// The whole way in six steps, from a random start to a faster multiplication: what `make run` shows.
///
/// The steps are independent calls, so that whoever shows them can say what each did before the next begins.
public struct Demonstration: Sendable {
    /// Side of the matrices.
    public let size: Int
    public let seed: UInt64
    public let threads: Int

    public init(size: Int, seed: UInt64, threads: Int) { (self.size, self.seed, self.threads) = (size, seed, threads) }

    /// Trains a bilinear network on 2×2 products and discretises it.
    ///
    /// - Throws: ``InputError`` when no attempt could be proved (the recipe proves 99 of 100 seeds without restart).
    public func learn() async throws -> (learned: LearnedScheme, scheme: Scheme) {
        let sweep = LearningSweep(configuration: TrainingPreset.minibatch.configuration, seeds: [seed])
        _ = await sweep.run(threads: 1)
        guard let learned = sweep.results.first, let scheme = learned.scheme else {
            throw InputError(
                sweep.results.first?.failure ?? "training stopped early", field: "seed \(seed)",
                advice: "try another seed: strassen demo --seed \(seed &+ 1)")
        }
        return (learned, scheme)
    }

    /// What became of a checkpoint.
    public struct Imported: Sendable {
        /// Slots of the file that are alive.
        public let slots: Int
        /// max |w − Q(w)| in the file's own basis.
        public let rawMargin: Double
        /// Why plain rounding fails; nil when it does not.
        public let roundingFailure: String?
        public let discretization: Discretization
    }

    /// Loads a checkpoint, tries plain rounding, then the gauge fix.
    ///
    /// - Throws: ``InputError`` when the gauge fix cannot help either.
    public func load(checkpoint path: String) throws -> Imported {
        let model = try BilinearModel(contentsOf: path)
        var roundingFailure: String?
        do { _ = try model.discretized(.round) } catch { roundingFailure = "\(error)" }
        do {
            return Imported(
                slots: model.liveSlots.count, rawMargin: model.delta, roundingFailure: roundingFailure,
                discretization: try model.discretized(.gauge, name: "checkpoint"))
        } catch let error as DiscretizationError {
            throw InputError("the gauge fix finds no scheme: \(error)", file: path)
        }
    }

    /// One multiplication and its check.
    public struct Product: Sendable {
        public let info: PlanInfo
        public let seconds: Double
        public let error: ProductError
        /// 2n³ flops over the time, in 1e9 per second.
        public let gflops: Double
    }

    /// Multiplies two random float64 matrices by the turbo kernel with `scheme`, and checks some rows in double-double.
    public func multiply(_ scheme: Scheme, profile: Profile?) throws -> Product {
        var random = RandomSource(seed: seed, path: [UInt64(size)])
        let a = try Matrix<Double>(rows: size, columns: size) { _, _ in random.uniform(-1, 1) }
        let b = try Matrix<Double>(rows: size, columns: size) { _, _ in random.uniform(-1, 1) }
        let c = try Matrix<Double>(rows: size, columns: size)
        var options = PlanOptions()
        (options.engine, options.schemes, options.profile) = (.turbo, [scheme], profile)
        let plan = try Plan(.float64, m: size, k: size, n: size, threads: threads, options: options)
        let (pool, workspace) = try (ThreadPool(threads: threads), Workspace(bytes: plan.info.workspaceBytes))
        let time = try Stopwatch.system.measure {
            try plan.run(a.view, b.view, into: c.view, pool: pool, workspace: workspace)
        }
        let error = try checkProduct(a.view, b.view, c.view, rows: BenchmarkCase.checkedRows(m: size, k: size, n: size))
        return Product(
            info: plan.info, seconds: time.wall, error: error, gflops: 2 * pow(Double(size), 3) / time.wall / 1e9)
    }

    /// The comparison: every engine with the learned coefficients, our classical product and OpenBLAS, on one thread and
    /// on all, in both precisions.
    public var suite: Suite {
        var entry = Suite.Entry()
        entry.shapes = [Suite.Shape(m: size, k: size, n: size)]
        entry.precisions = [.float64, .float32]
        entry.threads = [.number(1), .number(threads)]
        entry.engines =
            [ContenderSpec(.openblas)]
            + Engine.demonstrated.map { engine in
                var spec = ContenderSpec(.engine(engine))
                spec.leafIsOpenBLAS = engine != .turbo && engine != .classical
                spec.schemes = engine == .classical ? [] : [Self.learnedName]
                spec.levels = spec.leafIsOpenBLAS ? levelsAboveOpenBLAS : nil
                return spec
            }
        var suite = Suite()
        (suite.title, suite.entries) = ("Learned coefficients against OpenBLAS", [entry])
        suite.repeats = size > Self.largestFullSize ? 3 : 5
        return suite
    }

    /// Levels above OpenBLAS's leaves: as many as leave it products of 1024 a side, below which it slows down, but one.
    private var levelsAboveOpenBLAS: Int {
        var levels = 1
        while levels < 3 && size >> (levels + 1) >= 1024 { levels += 1 }
        return levels
    }

    /// Seconds of tuning that suit the size: prices that a quarter of a minute finds are too rough where levels pay.
    public var tuningBudget: Double { size < 1024 ? 15 : 60 }

    /// The name by which ``suite`` means the scheme that was learned.
    public static let learnedName = "learned"
    /// Above this side three samples must do, or a run takes an hour.
    private static let largestFullSize = 4096
}

extension Engine {
    fileprivate static let demonstrated: [Engine] = [.classical, .basic, .optimal, .turbo]
}
