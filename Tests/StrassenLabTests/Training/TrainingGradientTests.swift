// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// Every gradient against central finite differences.
@Suite struct TrainingGradientTests {
    static let layouts = [
        FactorLayout(m: 2, k: 2, n: 2, slots: 7), FactorLayout(m: 2, k: 3, n: 1, slots: 4),
        FactorLayout(m: 1, k: 2, n: 3, slots: 5), FactorLayout(m: 3, k: 2, n: 3, slots: 3),
    ]

    private func start(_ layout: FactorLayout, seed: UInt64 = 3) -> AlignedBuffer {
        var random = RandomSource(seed: seed)
        let parameters = AlignedBuffer(count: layout.count)
        random.fillNormal(UnsafeMutableBufferPointer(start: parameters.scalars, count: layout.count), sigma: 0.6)
        return parameters
    }

    /// max |gradient − (f(x+h) − f(x−h))/2h| relative to the largest slope.
    private func deviation(_ parameters: AlignedBuffer, _ gradient: AlignedBuffer, _ loss: (AlignedBuffer) -> Double)
        -> Double
    {
        let step = 1e-5
        var (largest, scale) = (0.0, 1e-12)
        for index in 0..<parameters.count {
            let value = parameters.scalars[index]
            parameters.scalars[index] = value + step
            let above = loss(parameters)
            parameters.scalars[index] = value - step
            let below = loss(parameters)
            parameters.scalars[index] = value
            largest = max(largest, abs(gradient.scalars[index] - (above - below) / (2 * step)))
            scale = max(scale, abs(gradient.scalars[index]))
        }
        return largest / scale
    }

    @Test(arguments: layouts, [1, 4, 7])
    func minibatch(layout: FactorLayout, batch: Int) {
        check(BatchKernel(layout: layout, batch: batch), layout, .normal, seed: 11)
    }

    @Test(arguments: layouts)
    func blocks(layout: FactorLayout) {
        check(BatchKernel(layout: layout, batch: 5, block: 2), layout, .uniform, seed: 12)
    }

    private func check(_ kernel: BatchKernel, _ layout: FactorLayout, _ distribution: InputDistribution, seed: UInt64) {
        let parameters = start(layout)
        let gradient = AlignedBuffer(count: layout.count)
        var random = RandomSource(seed: seed)
        SampleSource.draw(kernel, distribution, from: &random)
        kernel.computeTargets()
        _ = kernel.forward(parameters)
        kernel.accumulateGradient(parameters, into: gradient)
        #expect(deviation(parameters, gradient) { kernel.forward($0) } < 1e-7)
    }

    @Test(arguments: layouts)
    func wholeTensor(layout: FactorLayout) {
        let parameters = start(layout)
        let gradient = AlignedBuffer(count: layout.count)
        let kernel = TensorKernel(layout: layout)
        _ = kernel.evaluate(parameters)
        kernel.accumulateGradient(parameters, scale: 2, into: gradient)
        #expect(deviation(parameters, gradient) { kernel.evaluate($0) } < 1e-7)
    }

    @Test func penalties() {
        let layout = Self.layouts[0]
        let parameters = start(layout)
        let (attraction, importance) = (AlignedBuffer(count: layout.count), AlignedBuffer(count: layout.count))
        let scratch = AlignedBuffer(count: layout.count)
        _ = Penalty.attraction(parameters, weight: 0.3, into: attraction)
        _ = Penalty.importance(parameters, layout: layout, weight: 0.3, into: importance)
        #expect(deviation(parameters, attraction) { Penalty.attraction($0, weight: 0.3, into: scratch) } < 1e-6)
        #expect(
            deviation(parameters, importance) { Penalty.importance($0, layout: layout, weight: 0.3, into: scratch) }
                < 1e-6)
    }

    @Test func expectedLossIsTheTensorDistance() {
        // E[MSE] over N(0,1) inputs = ‖T − [[U,V,W]]‖²/(mn).
        let layout = Self.layouts[0]
        let parameters = start(layout)
        let kernel = BatchKernel(layout: layout, batch: 40_000)
        var random = RandomSource(seed: 13)
        SampleSource.draw(kernel, .normal, from: &random)
        kernel.computeTargets()
        let exact = TensorKernel(layout: layout).evaluate(parameters) / 4
        #expect(abs(kernel.forward(parameters) / exact - 1) < 0.05)
    }

    @Test func strassenHasNoLossInAnyKernel() throws {
        let layout = FactorLayout(m: 2, k: 2, n: 2, slots: 7)
        let scheme = try Scheme.builtin("strassen")
        let flat = Scheme.Factor.allCases.flatMap { scheme.rows(of: $0).flatMap { $0.map(\.doubleValue) } }
        let parameters = AlignedBuffer(flat)
        #expect(TensorKernel(layout: layout).evaluate(parameters) == 0)
        for block in [1, 2] {
            let kernel = BatchKernel(layout: layout, batch: 9, block: block)
            var random = RandomSource(seed: 14)
            SampleSource.draw(kernel, .normal, from: &random)
            kernel.computeTargets()
            #expect(kernel.forward(parameters) < 1e-28)
            #expect(kernel.accuracy(threshold: 1e-9) == 1 && kernel.localComplexity > 0.999999)
        }
    }
}
