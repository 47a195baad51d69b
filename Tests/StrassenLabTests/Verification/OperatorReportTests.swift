// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab
import Testing

@Suite("Structure of the factors") struct OperatorReportTests {
    /// A model with one slot a row of `u`; V and W are columns of ones.
    private func factor(_ u: [[Double]]) -> FactorStructure {
        let (rows, columns) = (u.count, u[0].count)
        let model = BilinearModel(
            m: 1, k: columns, n: 1, u: u.flatMap { $0 }, v: Array(repeating: 1, count: rows * columns),
            w: Array(repeating: 1, count: rows))
        return OperatorReport(model).factors[0]
    }

    @Test func strassen() throws {
        let report = OperatorReport(try .builtin("strassen"))
        #expect(
            report.factors.map(\.name) == ["U", "V", "W"]
                && report.factors.allSatisfy { $0.rows == 7 && $0.columns == 4 })
        for factor in report.factors {
            // ‖U‖² = 12 = Σσ², and all four dimensions are used.
            #expect(factor.effectiveRank == 4 && factor.gapDimension == 4 && factor.discreteDistance == 0)
            #expect(abs(factor.singularValues.reduce(0) { $0 + $1 * $1 } - 12) < 1e-12)
            #expect(
                factor.discreteValues.map(\.value) == [-1, 0, 1]
                    && factor.discreteValues.map(\.count).reduce(0, +) == 28)
            #expect(factor.block == nil && !factor.rowsAreSignedPermutations && factor.entropyRank > 3)
        }
        #expect(try #require(report.spectralDeviation) < 1e-13)
    }

    @Test(arguments: Scheme.builtinNames.filter { $0.hasPrefix("2") || $0.hasPrefix("3") })
    func expansionKeepsTheSpectrumOfWideAndTallFactors(name: String) throws {
        let report = OperatorReport(try .builtin(name))
        // Every factor of a scheme of least rank has full rank: all entries are used.
        #expect(report.factors.allSatisfy { $0.effectiveRank == min($0.rows, $0.columns) && $0.condition.isFinite })
        if let deviation = report.spectralDeviation { #expect(deviation < 1e-12) }
    }

    @Test func singularValuesOfADiagonal() {
        let structure = factor([[3, 0], [0, 4]])
        #expect(structure.singularValues == [4, 3] && structure.condition == 4.0 / 3)
        // Shares 16/25 and 9/25 of the energy: exp of their entropy, between 1 and 2.
        #expect(abs(structure.entropyRank - 1.9221) < 1e-4)
        #expect(singularValues([.nan, 0, 0, 4], rows: 2, columns: 2) == nil)
    }

    @Test(arguments: [(1e-3, 2, 1), (1e-5, 1, 1), (0.2, 2, 2), (0.0, 1, 1)])
    func ranksAndGaps(small: Double, effective: Int, beforeGap: Int) {
        let structure = factor([[1, 0], [0, small]])
        #expect(structure.effectiveRank == effective && structure.gapDimension == beforeGap)
        #expect(structure.condition.isInfinite == (small == 0))
    }

    @Test func halfIntegers() {
        let structure = factor([[0.5, -1.1, 0.24], [0.26, 2, 0]])
        #expect(structure.discreteValues.map(\.value) == [-1, 0, 0.5, 2])
        #expect(structure.discreteValues.map(\.count) == [1, 2, 2, 1])
        #expect(abs(structure.discreteDistance - 0.24) < 1e-15)
    }

    @Test func blocksAndRowPatterns() {
        let tiled = BilinearModel(m: 1, k: 2, n: 2, u: [1, 0, 1, 0], v: [1, 2, 1, 2, 1, 2, 1, 2], w: [0, 3, -3, 0])
        let factors = OperatorReport(tiled).factors
        #expect(factors[0].block == [1, 2] && factors[1].block == [1, 2] && factors[2].block == nil)
        #expect(
            factors[2].rowsAreSignedPermutations && factors[0].effectiveRank == 1 && factors[0].condition == .infinity)
        #expect(!factor([[1, 2], [1, 1]]).rowsAreSignedPermutations)
        #expect(factor([[7, 7], [7, 7]]).block == [1, 1])
    }

    /// A mask takes a slot's row of W away.
    @Test func aMaskedSlotDoesNotCount() {
        var model = BilinearModel(m: 1, k: 2, n: 1, u: [1, 0, 0, 5], v: [1, 0, 0, 5], w: [1, 5])
        #expect(OperatorReport(model).factors[2].discreteValues.map(\.value) == [1, 5])
        model.mask = [1, 0]
        #expect(OperatorReport(model).factors[2].discreteValues.map(\.value) == [0, 1])
    }

    @Test func whatIsNotFiniteHasNoSpectrum() {
        let report = OperatorReport(BilinearModel(m: 1, k: 1, n: 1, u: [.nan], v: [1], w: [1]))
        #expect(report.spectralDeviation == nil && report.factors[0].singularValues.isEmpty)
        #expect(report.factors[0].discreteValues.isEmpty && report.factors[0].effectiveRank == 0)
    }
}
