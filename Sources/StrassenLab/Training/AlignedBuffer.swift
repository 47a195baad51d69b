// SPDX-License-Identifier: AGPL-3.0-or-later

/// Zeroed float64 memory in groups of four: the trainer's inner loops see it as `SIMD4<Double>` or as scalars.
///
/// Made once per run, never in a loop. The scalar count is padded to a multiple of four and the padding stays 0.
final class AlignedBuffer {
    /// Scalars asked for.
    let count: Int
    /// Groups of four.
    let vectorCount: Int
    let vectors: UnsafeMutablePointer<SIMD4<Double>>
    let scalars: UnsafeMutablePointer<Double>

    init(count: Int) {
        self.count = count
        vectorCount = max(1, (count + 3) / 4)
        vectors = .allocate(capacity: vectorCount)
        vectors.initialize(repeating: .zero, count: vectorCount)
        scalars = UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: Double.self)
    }

    convenience init(_ values: [Double]) {
        self.init(count: values.count)
        load(values)
    }

    deinit { vectors.deallocate() }

    /// The scalars without the padding.
    var values: [Double] { Array(UnsafeBufferPointer(start: scalars, count: count)) }

    /// Replaces the first `values.count` scalars.
    func load(_ values: [Double]) {
        precondition(values.count <= count)
        for index in values.indices { scalars[index] = values[index] }
    }

    func copy(from other: AlignedBuffer) {
        precondition(other.vectorCount == vectorCount)
        vectors.update(from: other.vectors, count: vectorCount)
    }

    func clear() { vectors.update(repeating: .zero, count: vectorCount) }

    /// Σ x².
    var squaredNorm: Double {
        var sum = SIMD4<Double>.zero
        for index in 0..<vectorCount { sum += vectors[index] * vectors[index] }
        return sum.sum()
    }

    /// Multiplies everything by `factor`.
    func scale(by factor: Double) {
        for index in 0..<vectorCount { vectors[index] *= factor }
    }

    var isFinite: Bool { squaredNorm.isFinite }
}
