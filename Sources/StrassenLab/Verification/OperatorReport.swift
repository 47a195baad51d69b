// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// What the seed project calls the discovery of its expansion operator T: the structure of U, V and W, and whether
/// expanding them to larger matrices keeps it.
///
/// T applies the same coefficients to blocks, so the factors of level L are Kronecker powers of those of level 1. Where
/// the original looked for this by heuristics on W, here every entry is a definition.
///
/// - Source: the seed's `auto_T_discovery` (effective rank at 10⁻⁴, half-integer values, tiling blocks, gap dimension).
public struct OperatorReport: Sendable, Equatable, Codable {
    /// Structure of U, V and W (row *p* belongs to product *p*).
    public let factors: [FactorStructure]
    /// Largest relative deviation of the singular values of F ⊗ F from the products σᵢσⱼ, over the three factors: 0 up to
    /// rounding, since expansion keeps the spectrum; `nil` where an SVD failed or the square is too large.
    public let spectralDeviation: Double?
    /// Levels at which the spectrum was checked: 1 and 2.
    public static let levels = 2

    public init(_ scheme: Scheme) {
        let widths = [scheme.m * scheme.k, scheme.k * scheme.n, scheme.m * scheme.n]
        let values = Scheme.Factor.allCases.map { scheme.rows(of: $0).joined().map(\.doubleValue) }
        self.init(values, widths: widths)
    }

    public init(_ model: BilinearModel) {
        let model = model.masked
        self.init([model.u, model.v, model.w], widths: [model.m * model.k, model.k * model.n, model.m * model.n])
    }

    private init(_ values: [[Double]], widths: [Int]) {
        factors = zip(["U", "V", "W"], zip(values, widths)).map { FactorStructure(name: $0, $1.0, columns: $1.1) }
        let deviations = zip(factors, zip(values, widths)).map { $0.expansionDeviation($1.0, columns: $1.1) }
        spectralDeviation = deviations.contains(nil) ? nil : deviations.compactMap { $0 }.max()
    }
}

/// Structure of one factor, an r×w matrix.
public struct FactorStructure: Sendable, Equatable, Codable {
    /// `"U"`, `"V"` or `"W"`.
    public let name: String
    public let rows, columns: Int
    /// Largest first; empty when an entry is not finite.
    public let singularValues: [Double]
    /// Singular values above 10⁻⁴ of the largest: what the seed counts.
    public let effectiveRank: Int
    /// exp of the entropy of σ²/Σσ²: how evenly the spectrum is used, 1 … min(r, w).
    public let entropyRank: Double
    /// σ₁/σ_min; infinite for a matrix without full rank.
    public let condition: Double
    /// Singular values before the first gap of more than a factor of 10.
    public let gapDimension: Int
    /// The half-integers that the entries lie near, with how often.
    public let discreteValues: [DiscreteValue]
    /// Largest distance of an entry to a half-integer.
    public let discreteDistance: Double
    /// Rows and columns of the smallest block that tiles the factor exactly; `nil` when none smaller than itself does.
    public let block: [Int]?
    /// Whether every row is a signed permutation of the first.
    public let rowsAreSignedPermutations: Bool

    /// A half-integer and the number of entries that round to it.
    public struct DiscreteValue: Sendable, Equatable, Codable {
        public let value: Double, count: Int
    }

    static let rankTolerance = 1e-4, gapRatio = 10.0

    init(name: String, _ values: [Double], columns: Int) {
        (self.name, self.columns, rows) = (name, columns, values.count / columns)
        let sigma = StrassenLab.singularValues(values, rows: values.count / columns, columns: columns) ?? []
        singularValues = sigma
        let largest = sigma.first ?? 0
        effectiveRank = sigma.count { $0 > FactorStructure.rankTolerance * largest }
        entropyRank = FactorStructure.entropyRank(sigma)
        condition = (sigma.last ?? 0) > 1e-14 * largest ? largest / sigma.last! : .infinity
        let gap = zip(sigma, sigma.dropFirst()).enumerated().first { $1.0 > FactorStructure.gapRatio * $1.1 }
        gapDimension = gap.map { $0.offset + 1 } ?? effectiveRank
        let nearest = values.map { ($0 * 2).rounded() / 2 }
        discreteDistance = zip(values, nearest).map { abs($0 - $1) }.max() ?? 0
        let counts = Dictionary(grouping: nearest.filter(\.isFinite), by: { $0 }).mapValues(\.count)
        discreteValues = counts.sorted { $0.key < $1.key }.map { DiscreteValue(value: $0.key, count: $0.value) }
        block = FactorStructure.tile(values, rows: rows, columns: columns)
        let shapes = Set((0..<rows).map { row in values[row * columns..<(row + 1) * columns].map(abs).sorted() })
        rowsAreSignedPermutations = shapes.count == 1
    }

    private static func entropyRank(_ sigma: [Double]) -> Double {
        let total = sigma.reduce(0) { $0 + $1 * $1 }
        guard total > 0 else { return 0 }
        let entropy = sigma.reduce(0) { sum, value in
            let share = value * value / total
            return share > 0 ? sum - share * log(share) : sum
        }
        return exp(entropy)
    }

    /// The smallest block whose repetition is the matrix, by area, then by rows.
    private static func tile(_ values: [Double], rows: Int, columns: Int) -> [Int]? {
        func divisors(_ n: Int) -> [Int] { (1...n).filter { n.isMultiple(of: $0) } }
        let sizes = divisors(rows).flatMap { r in divisors(columns).map { (r, $0) } }.sorted {
            ($0.0 * $0.1, $0.0) < ($1.0 * $1.1, $1.0)
        }
        let best = sizes.first { r, c in
            values.indices.allSatisfy { values[$0] == values[$0 / columns % r * columns + $0 % columns % c] }
        }
        return best.flatMap { $0 == (rows, columns) ? nil : [$0.0, $0.1] }
    }

    /// Largest relative deviation of the spectrum of F ⊗ F from the products of two singular values of F.
    fileprivate func expansionDeviation(_ values: [Double], columns: Int) -> Double? {
        guard let largest = singularValues.first, largest > 0, values.count * values.count <= 1 << 20 else {
            return nil
        }
        let square = (0..<rows * rows).flatMap { row in
            (0..<columns * columns).map { column in
                values[row / rows * columns + column / columns] * values[row % rows * columns + column % columns]
            }
        }
        guard let spectrum = StrassenLab.singularValues(square, rows: rows * rows, columns: columns * columns) else {
            return nil
        }
        // F ⊗ F of a wide F has more singular values than products; the rest are 0.
        let products = singularValues.flatMap { a in singularValues.map { a * $0 } }.sorted(by: >)
        return spectrum.indices.map { abs(spectrum[$0] - ($0 < products.count ? products[$0] : 0)) }.max()!
            / (largest * largest)
    }
}
