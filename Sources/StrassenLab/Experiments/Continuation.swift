// SPDX-License-Identifier: AGPL-3.0-or-later

/// Trains given factors further, outside a run: for experiments that disturb a solution and watch where it goes.
final class Continuation {
    private let layout: FactorLayout
    private let parameters: AlignedBuffer
    private let frozen: [Int]

    /// - Parameter frozen: Indices of parameters that are set to 0 and stay there.
    init(_ model: BilinearModel, frozen: [Int] = []) {
        layout = FactorLayout(m: model.m, k: model.k, n: model.n, slots: model.rank)
        parameters = AlignedBuffer(model.parameters)
        self.frozen = frozen
        for index in frozen { parameters.scalars[index] = 0 }
    }

    /// AdamW on the whole tensor with a cosine from `rate` to 0; `loss` is the expected mean squared error at the end.
    ///
    /// - Parameter attraction: λ of λ·(t/T)·Σw²(1−w²)².
    func tensorDescent(steps: Int, rate: Double, attraction: Double = 0) -> (model: BilinearModel, loss: Double) {
        let phase = TrainingPhase { ($0.learningRate, $0.schedule) = (rate, .cosine) }
        let optimizer = Optimizer(phase: phase, count: layout.count)
        let kernel = TensorKernel(layout: layout)
        let gradient = AlignedBuffer(count: layout.count)
        for step in 0..<steps {
            gradient.clear()
            _ = kernel.evaluate(parameters)
            kernel.accumulateGradient(parameters, scale: 2 / Double(layout.widthW), into: gradient)
            if attraction > 0 {
                _ = Penalty.attraction(parameters, weight: attraction * Double(step) / Double(steps), into: gradient)
            }
            for index in frozen { gradient.scalars[index] = 0 }
            optimizer.step(parameters, gradient, learningRate: phase.schedule.rate(step, of: steps, phase: phase))
        }
        let loss = kernel.evaluate(parameters) / Double(layout.widthW)
        return (layout.model(parameters.values), loss)
    }
}
