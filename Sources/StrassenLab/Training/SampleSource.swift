// SPDX-License-Identifier: AGPL-3.0-or-later

/// What a random stream of a training run is for; part of its path, so that no two uses share numbers.
enum StreamPurpose: UInt64 {
    case initialization = 1, freshBatches, trainingSet, testSet, order, spectrum
}

/// Samples of A and B: fresh ones, or a fixed training set in a new order every epoch.
///
/// The training set belongs to the seed, not to the attempt. Filling a batch allocates only when an epoch begins.
final class SampleSource {
    let configuration: TrainingConfiguration
    let seed: UInt64
    let attempt: Int
    /// State of the stream of fresh batches; part of a checkpoint.
    var fresh: RandomSource
    private var trainingSet: SampleSet?
    private var order: [Int] = []
    private var orderEpoch = -1
    private var orderPhase = -1

    init(configuration: TrainingConfiguration, seed: UInt64, attempt: Int) {
        (self.configuration, self.seed, self.attempt) = (configuration, seed, attempt)
        fresh = RandomSource(seed: seed, path: [StreamPurpose.freshBatches.rawValue, UInt64(attempt)])
        if !configuration.freshData, let count = configuration.trainSamples {
            var stream = RandomSource(seed: seed, path: [StreamPurpose.trainingSet.rawValue])
            trainingSet = SampleSet(configuration: configuration, count: count, from: &stream)
        }
    }

    /// Samples in batch `position` of an epoch: the last one may be short.
    func batchSize(at position: Int, of phase: TrainingPhase) -> Int {
        guard let trainingSet else { return phase.batchSize }
        return min(phase.batchSize, trainingSet.count - position * phase.batchSize)
    }

    /// Fills the inputs and targets of a kernel with the batch of `step` (from 0) of a phase.
    func fill(_ kernel: BatchKernel, phaseIndex: Int, step: Int) {
        if let trainingSet {
            let phase = configuration.phases[phaseIndex]
            let perEpoch = configuration.stepsPerEpoch(of: phase)
            shuffle(phaseIndex: phaseIndex, epoch: step / perEpoch)
            trainingSet.copy(order, from: step % perEpoch * phase.batchSize, into: kernel)
        } else {
            Self.draw(kernel, configuration.distribution, from: &fresh)
        }
        kernel.computeTargets()
    }

    private func shuffle(phaseIndex: Int, epoch: Int) {
        guard epoch != orderEpoch || phaseIndex != orderPhase, let trainingSet else { return }
        (orderEpoch, orderPhase) = (epoch, phaseIndex)
        var stream = RandomSource(
            seed: seed, path: [StreamPurpose.order.rawValue, UInt64(attempt), UInt64(phaseIndex), UInt64(epoch)])
        order = Array(0..<trainingSet.count)
        stream.shuffle(&order)
    }

    /// Draws a whole batch; lanes past the batch stay 0.
    static func draw(_ kernel: BatchKernel, _ distribution: InputDistribution, from stream: inout RandomSource) {
        for factor in [kernel.a, kernel.b] {
            let run = kernel.lanes * 4
            if distribution == .normal && run == kernel.batch {
                stream.fillNormal(UnsafeMutableBufferPointer(start: factor.scalars, count: factor.count))
                continue
            }
            for component in 0..<factor.count / run {
                let values = UnsafeMutableBufferPointer(start: factor.scalars + component * run, count: kernel.batch)
                fill(values, distribution, from: &stream)
            }
        }
    }

    fileprivate static func fill(
        _ values: UnsafeMutableBufferPointer<Double>, _ distribution: InputDistribution, from stream: inout RandomSource
    ) {
        switch distribution {
        case .normal: stream.fillNormal(values)
        case .uniform: for index in values.indices { values[index] = stream.uniform(-1, 1) }
        }
    }
}

/// A fixed set of inputs, sample after sample.
struct SampleSet {
    let count: Int
    private let a, b: [Double]
    private let widthA, widthB: Int

    init(configuration: TrainingConfiguration, count: Int, from stream: inout RandomSource) {
        self.count = count
        let components = configuration.blockSize * configuration.blockSize
        widthA = configuration.m * configuration.k * components
        widthB = configuration.k * configuration.n * components
        var (a, b) = ([Double](repeating: 0, count: count * widthA), [Double](repeating: 0, count: count * widthB))
        a.withUnsafeMutableBufferPointer { SampleSource.fill($0, configuration.distribution, from: &stream) }
        b.withUnsafeMutableBufferPointer { SampleSource.fill($0, configuration.distribution, from: &stream) }
        (self.a, self.b) = (a, b)
    }

    /// Copies samples order[from], order[from+1], … into the batch of a kernel.
    func copy(_ order: [Int], from first: Int, into kernel: BatchKernel) {
        let run = kernel.lanes * 4
        for lane in 0..<kernel.batch {
            let sample = order[first + lane]
            for component in 0..<widthA {
                kernel.a.scalars[component &* run &+ lane] = a[sample &* widthA &+ component]
            }
            for component in 0..<widthB {
                kernel.b.scalars[component &* run &+ lane] = b[sample &* widthB &+ component]
            }
        }
    }
}
