// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

@Suite struct OptimizerTests {
    private func steps(_ kind: OptimizerKind, gradients: [Double], change: (inout TrainingPhase) -> Void = { _ in })
        -> Double
    {
        var phase = TrainingPhase { $0.optimizer = kind }
        change(&phase)
        let optimizer = Optimizer(phase: phase, count: 1)
        let (x, g) = (AlignedBuffer([1.0]), AlignedBuffer(count: 1))
        for slope in gradients {
            g.scalars[0] = slope
            optimizer.step(x, g, learningRate: 0.1)
        }
        return x.scalars[0]
    }

    /// AdamW written out for one number.
    private func referenceAdam(_ gradients: [Double], decay: Double, coupled: Double) -> Double {
        var (x, m, v) = (1.0, 0.0, 0.0)
        for (index, slope) in gradients.enumerated() {
            let t = Double(index + 1)
            let g = slope + coupled * x
            x *= 1 - 0.1 * decay
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g * g
            x -= 0.1 * (m / (1 - pow(0.9, t))) / ((v / (1 - pow(0.999, t))).squareRoot() + 1e-8)
        }
        return x
    }

    @Test func adamFollowsItsDefinition() {
        let gradients = [0.5, -0.2, 0.9, 0.1]
        let decoupled = steps(.adamw, gradients: gradients) { $0.weightDecay = 0.3 }
        #expect(abs(decoupled - referenceAdam(gradients, decay: 0.3, coupled: 0)) < 1e-14)
        let coupled = steps(.adam, gradients: gradients) { $0.weightDecay = 0.3 }
        #expect(abs(coupled - referenceAdam(gradients, decay: 0, coupled: 0.3)) < 1e-14)
    }

    @Test func gradientDescentWithMomentum() {
        // v = 0.5 → x = 0.95; v = 0.45 + 0.5 = 0.95 → x = 0.855.
        #expect(abs(steps(.sgd, gradients: [0.5, 0.5]) { $0.momentum = 0.9 } - 0.855) < 1e-15)
        #expect(abs(steps(.sgd, gradients: [0.5]) { $0.weightDecay = 0.1 } - 0.94) < 1e-15)
    }

    @Test func schedulesMoveAsTheySay() {
        let phase = TrainingPhase { ($0.learningRate, $0.minimumRate, $0.restartPeriod) = (1, 0.1, 10) }
        #expect(LearningSchedule.constant.rate(57, of: 100, phase: phase) == 1)
        #expect(LearningSchedule.cosine.rate(0, of: 100, phase: phase) == 1)
        #expect(abs(LearningSchedule.cosine.rate(50, of: 100, phase: phase) - 0.55) < 1e-12)
        #expect(abs(LearningSchedule.cosine.rate(100, of: 100, phase: phase) - 0.1) < 1e-12)
        #expect(LearningSchedule.restarts.rate(20, of: 100, phase: phase) == 1)
        #expect(abs(LearningSchedule.restarts.rate(25, of: 100, phase: phase) - 0.55) < 1e-12)
    }

    @Test(arguments: [1, 3, 4, 5, 16, 30])
    func choleskySolves(n: Int) {
        var random = RandomSource(seed: UInt64(n))
        let factor = (0..<n * n).map { _ in random.normal() }
        let system = Cholesky(n: n)
        var full = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            for j in 0..<n {
                full[i * n + j] = (0..<n).reduce(i == j ? 0.5 : 0) { $0 + factor[i * n + $1] * factor[j * n + $1] }
                if i >= j { system.matrix.scalars[j * system.stride + i] = full[i * n + j] }
            }
        }
        let expected = (0..<n).map { _ in random.normal() }
        let x = AlignedBuffer(count: system.stride)
        for i in 0..<n { x.scalars[i] = (0..<n).reduce(0) { $0 + full[i * n + $1] * expected[$1] } }
        #expect(system.factor())
        system.solve(x)
        for i in 0..<n { #expect(abs(x.scalars[i] - expected[i]) < 1e-9) }
    }

    @Test func choleskyRefusesIndefiniteMatrices() {
        let system = Cholesky(n: 2)
        system.matrix.load([1, 2, 0, 0, 0, 1])
        #expect(!system.factor())
    }

    @Test(arguments: [(FactorLayout(m: 2, k: 2, n: 2, slots: 7), 45), (FactorLayout(m: 1, k: 2, n: 2, slots: 4), 45)])
    func levenbergMarquardtConverges(layout: FactorLayout, atLeast: Int) {
        var solved = 0
        for seed in 0..<50 {
            var random = RandomSource(seed: UInt64(seed))
            let parameters = AlignedBuffer(count: layout.count)
            random.fillNormal(UnsafeMutableBufferPointer(start: parameters.scalars, count: layout.count))
            let solver = LevenbergMarquardt(layout: layout, settings: LevenbergMarquardtSettings())
            if solver.run(parameters, limit: 1000) < 1e-20 { solved += 1 }
            #expect(solver.state.isFinished)
        }
        #expect(solved >= atLeast)
    }
}
