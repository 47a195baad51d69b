// SPDX-License-Identifier: AGPL-3.0-or-later
import COpenBLAS

/// Eigenvalues of the covariance of stochastic gradients at one point, and the condition numbers made from them.
public struct GradientSpectrum: Sendable {
    /// Ascending; one per parameter.
    public let eigenvalues: [Double]
    /// Gradients that the covariance was estimated from.
    public let gradients: Int

    /// Tr Cov(g)/d: the paper's σ².
    public var variance: Double { eigenvalues.reduce(0, +) / Double(eigenvalues.count) }

    /// λmax/λmin over the eigenvalues above `relative`·λmax: κ on the range of the covariance, which is singular by
    /// the model's symmetries. Also their number. NaN when every gradient is the same.
    public func conditionOnRange(relative: Double = 1e-9) -> (kappa: Double, rank: Int) {
        guard let largest = eigenvalues.last, largest > 0 else { return (.nan, 0) }
        let range = eigenvalues.filter { $0 > relative * largest }
        return (largest / range[0], range.count)
    }

    /// The repository's κ: λmax/λmin of Cov(g) + 1e-6·I, at most 1e6 (it measures λmax, and so the loss).
    public var literalCondition: Double {
        guard let largest = eigenvalues.last, let smallest = eigenvalues.first else { return .nan }
        return min((largest + 1e-6) / (max(smallest, 0) + 1e-6), 1e6)
    }

    /// Estimates the covariance at a model from `gradients` batches of `batch` fresh samples.
    ///
    /// - Precondition: two gradients at least.
    public init(
        model: BilinearModel, distribution: InputDistribution = .normal, batch: Int = 1, gradients: Int,
        random: inout RandomSource
    ) {
        let layout = FactorLayout(m: model.m, k: model.k, n: model.n, slots: model.rank)
        self.init(
            parameters: AlignedBuffer(model.u + model.v + model.w), layout: layout, distribution: distribution,
            batch: batch, gradients: gradients, random: &random)
    }

    /// The same at parameters that combine blocks of side `block`.
    init(
        parameters: AlignedBuffer, layout: FactorLayout, distribution: InputDistribution, batch: Int, block: Int = 1,
        gradients: Int, random: inout RandomSource
    ) {
        precondition(gradients > 1, "a covariance needs two gradients")
        let kernel = BatchKernel(layout: layout, batch: batch, block: block)
        let gradient = AlignedBuffer(count: layout.count)
        let size = layout.count
        var rows = [Double]()
        rows.reserveCapacity(gradients * size)
        for _ in 0..<gradients {
            SampleSource.draw(kernel, distribution, from: &random)
            kernel.computeTargets()
            gradient.clear()
            _ = kernel.forward(parameters)
            kernel.accumulateGradient(parameters, into: gradient)
            rows += gradient.values
        }
        Self.center(&rows, width: size)
        var covariance = [Double](repeating: 0, count: size * size)
        cblas_dsyrk(
            CblasRowMajor, CblasLower, CblasTrans, Int32(size), Int32(gradients), 1 / Double(gradients - 1), rows,
            Int32(size), 0, &covariance, Int32(size))
        var values = [Double](repeating: 0, count: size)
        // CHARACTER arguments: 'N' eigenvalues only, 'L' lower triangle.
        let info = LAPACKE_dsyev(LAPACK_ROW_MAJOR, CChar(78), CChar(76), Int32(size), &covariance, Int32(size), &values)
        self.gradients = gradients
        eigenvalues = info == 0 ? values : [Double](repeating: .nan, count: size)
    }

    private static func center(_ rows: inout [Double], width: Int) {
        let count = rows.count / width
        for column in 0..<width {
            let mean = stride(from: column, to: rows.count, by: width).reduce(0) { $0 + rows[$1] } / Double(count)
            for index in stride(from: column, to: rows.count, by: width) { rows[index] -= mean }
        }
    }
}
