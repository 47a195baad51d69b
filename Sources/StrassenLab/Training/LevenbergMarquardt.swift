// SPDX-License-Identifier: AGPL-3.0-or-later

/// Levenberg–Marquardt on the Brent equations e_abc(x) = 0 with a ridge that is taken away in stages.
///
/// One step solves (JᵀJ + (λ+μ)I)·d = −(Jᵀe + μx). It is done in the space of equations: with α = λ+μ and
/// K = JJᵀ + αI, d = −Jᵀ·K⁻¹(e − (μ/α)·Jx) − (μ/α)·x, and Jx = 3(e + T) because e + T is trilinear. K needs no J:
/// it is a sum of three Gram matrices of rank-one pairs. λ shrinks on success and grows on failure.
/// Costs (mk·kn·mn)³/3 multiply-adds a step; allocates only in `init`.
///
/// - Source: Levenberg 1944, Marquardt 1963; Smirnov, "The bilinear complexity and practical algorithms for matrix
///   multiplication", Comput. Math. Math. Phys. 53 (2013) for the ridge.
final class LevenbergMarquardt {
    /// Everything a step depends on besides the parameters.
    struct State: Codable, Equatable, Sendable {
        /// Index of the ridge stage; `continuation.count` is the last one, without a ridge.
        var stage = 0
        var stepInStage = 0
        var damping: Double
        var isFinished = false
    }

    let settings: LevenbergMarquardtSettings
    let layout: FactorLayout
    private(set) var state: State
    private let kernel: TensorKernel
    private let system: Cholesky
    private let solution, direction, trial: AlignedBuffer
    private let gramU, gramV, gramW: AlignedBuffer

    init(layout: FactorLayout, settings: LevenbergMarquardtSettings, state: State? = nil) {
        (self.layout, self.settings) = (layout, settings)
        self.state = state ?? State(damping: settings.damping)
        kernel = TensorKernel(layout: layout)
        system = Cholesky(n: layout.equations)
        solution = AlignedBuffer(count: system.stride)
        direction = AlignedBuffer(count: layout.count)
        trial = AlignedBuffer(count: layout.count)
        let (a, b, c) = (layout.widthU, layout.widthV, layout.widthW)
        (gramU, gramV, gramW) = (
            AlignedBuffer(count: b * c * b * c), AlignedBuffer(count: a * c * a * c),
            AlignedBuffer(count: a * b * a * b)
        )
    }

    /// Steps until the equations hold, the stages are over, or `limit` steps are done; returns Σ e².
    func run(_ parameters: AlignedBuffer, limit: Int) -> Double {
        var squares = kernel.evaluate(parameters)
        var left = limit
        while left > 0 && !state.isFinished {
            squares = step(parameters, squares)
            left -= 1
        }
        return squares
    }

    private var ridge: Double { state.stage < settings.continuation.count ? settings.continuation[state.stage] : 0 }

    /// One trial step; ``TensorKernel/error`` belongs to `parameters` before and after.
    private func step(_ parameters: AlignedBuffer, _ squares: Double) -> Double {
        let ridge = ridge
        let before = squares + ridge * parameters.squaredNorm
        var after = Double.infinity
        var trialSquares = squares
        if solveDirection(parameters, ridge: ridge) {
            for index in 0..<trial.vectorCount {
                trial.vectors[index] = parameters.vectors[index] + direction.vectors[index]
            }
            trialSquares = kernel.evaluate(trial)
            after = trialSquares + ridge * trial.squaredNorm
        }
        let accepted = after < before
        if accepted {
            parameters.copy(from: trial)
            state.damping = max(state.damping * settings.decrease, 1e-15)
        } else {
            trialSquares = kernel.evaluate(parameters)
            state.damping *= settings.increase
        }
        advance(squares: trialSquares, gain: accepted ? (before - after) / before : 0, accepted: accepted)
        return trialSquares
    }

    private func advance(squares: Double, gain: Double, accepted: Bool) {
        state.stepInStage += 1
        let isLast = state.stage >= settings.continuation.count
        if isLast {
            state.isFinished =
                squares < settings.tolerance || state.stepInStage >= settings.finalSteps || state.damping > 1e12
        } else if state.stepInStage >= settings.stageSteps || (accepted && gain < settings.stageGain)
            || state.damping > 1e12
        {
            state.stage += 1
            state.stepInStage = 0
            state.damping = settings.damping
        }
    }

    /// Fills ``direction``; false when the system is not positive definite.
    private func solveDirection(_ x: AlignedBuffer, ridge: Double) -> Bool {
        let alpha = state.damping + ridge
        let share = ridge / alpha
        assemble(x, alpha: alpha)
        guard system.factor() else { return false }
        loadRightSide(share: share)
        system.solve(solution)
        storeSolution()
        for index in 0..<direction.vectorCount { direction.vectors[index] = -share * x.vectors[index] }
        kernel.accumulateGradient(x, scale: -1, into: direction)
        return true
    }

    /// solution = e − share·3(e + T), packed without the padding of c.
    private func loadRightSide(share: Double) {
        let padded = kernel.groups * 4
        var row = 0
        for a in 0..<layout.widthU {
            for b in 0..<layout.widthV {
                let source = kernel.error.scalars + (a * layout.widthV + b) * padded
                for c in 0..<layout.widthW {
                    let target = multiplicationTensor(a, b, c, k: layout.k, n: layout.n)
                    solution.scalars[row] = source[c] - 3 * share * (source[c] + target)
                    row += 1
                }
            }
        }
        for index in row..<system.stride { solution.scalars[index] = 0 }
    }

    /// Puts K⁻¹(…) where the gradient kernel expects an error tensor.
    private func storeSolution() {
        let padded = kernel.groups * 4
        let width = layout.widthW
        for ab in 0..<layout.widthU * layout.widthV {
            for c in 0..<width { kernel.error.scalars[ab * padded + c] = solution.scalars[ab * width + c] }
        }
    }

    /// K = JJᵀ + alpha·I, lower triangle: J touches equation (a,b,c) through U_·a, V_·b and W_·c.
    private func assemble(_ x: AlignedBuffer, alpha: Double) {
        let (widthA, widthB, widthC) = (layout.widthU, layout.widthV, layout.widthW)
        let (u, v, w) = (x.scalars, x.scalars + layout.offsetV, x.scalars + layout.offsetW)
        gram(v, widthB, w, widthC, into: gramU)
        gram(u, widthA, w, widthC, into: gramV)
        gram(u, widthA, v, widthB, into: gramW)
        let matrix = system.matrix
        matrix.clear()
        let stride = system.stride
        let (sideU, sideV, sideW) = (widthB * widthC, widthA * widthC, widthA * widthB)
        for a in 0..<widthA {
            for b in 0..<widthB {
                for c in 0..<widthC {
                    let column = matrix.scalars + ((a &* widthB &+ b) &* widthC &+ c) &* stride
                    let fromU = gramU.scalars + (b &* widthC &+ c) &* sideU
                    for bc in b &* widthC &+ c..<sideU { column[a &* sideU &+ bc] += fromU[bc] }
                    let fromV = gramV.scalars + (a &* widthC &+ c) &* sideV
                    for a2 in a..<widthA {
                        for c2 in 0..<widthC {
                            column[(a2 &* widthB &+ b) &* widthC &+ c2] += fromV[a2 &* widthC &+ c2]
                        }
                    }
                    let fromW = gramW.scalars + (a &* widthB &+ b) &* sideW
                    for ab in a &* widthB &+ b..<sideW { column[ab &* widthC &+ c] += fromW[ab] }
                    column[(a &* widthB &+ b) &* widthC &+ c] += alpha
                }
            }
        }
    }

    /// Σ_p (x_p⊗y_p)(x_p⊗y_p)ᵀ, full square of side widthX·widthY.
    private func gram(
        _ x: UnsafeMutablePointer<Double>, _ widthX: Int, _ y: UnsafeMutablePointer<Double>, _ widthY: Int,
        into out: AlignedBuffer
    ) {
        out.clear()
        let side = widthX * widthY
        for slot in 0..<layout.slots {
            let (xs, ys) = (x + slot &* widthX, y + slot &* widthY)
            for i in 0..<side {
                let left = xs[i / widthY] * ys[i % widthY]
                let row = out.scalars + i &* side
                for i2 in 0..<widthX {
                    let factor = left * xs[i2]
                    for j2 in 0..<widthY { row[i2 &* widthY &+ j2] += factor * ys[j2] }
                }
            }
        }
    }
}

/// Hyper-parameters of ``LevenbergMarquardt``.
public struct LevenbergMarquardtSettings: Codable, Sendable, Hashable {
    /// First λ, and λ at the start of every stage.
    public var damping = 1.0
    /// Factor of λ after a step that lowered the objective.
    public var decrease = 0.3
    /// Factor of λ after one that did not.
    public var increase = 4.0
    /// The ridge μ of each stage; then one stage without.
    public var continuation = [1e-1, 1e-2, 1e-3, 1e-4]
    /// Most steps in a stage with a ridge.
    public var stageSteps = 60
    /// Relative gain below which an accepted step ends its stage; 0 never does.
    public var stageGain = 1e-3
    /// Most steps in the stage without a ridge.
    public var finalSteps = 150
    /// Σ e² that counts as solved.
    public var tolerance = 1e-20

    public init() {}
}
