// SPDX-License-Identifier: AGPL-3.0-or-later

/// What can be read off a scheme's coefficients: cost, ranks, and how much it amplifies rounding errors.
public struct SchemeStructure: Sendable, Equatable, Codable {
    /// How often a product has factors of these ranks, as m×k, k×n and m×n matrices.
    public struct RankCount: Sendable, Equatable, Codable {
        public let u, v, w, products: Int
    }

    /// Entries of U, V and W that are not 0.
    public let nonZeros: Int
    /// Additions of one level without sharing: non-zeros minus one for every row of U and V, and for every entry of C.
    public let additions: Int
    /// Coefficients other than 0, 1 and −1.
    public let scalings: Int
    /// By decreasing ranks; invariant under every change of basis.
    public let rankPattern: [RankCount]
    /// max_c Σ_p |W_pc|·‖U_p‖₁·‖V_p‖₁: the factor of the max-norm error bound of one level (12 for Strassen, 18 for
    /// Winograd, k for the classical algorithm).
    ///
    /// - Source: Higham, *Accuracy and Stability of Numerical Algorithms*, ch. 23; Ballard et al., SIMAX 2016.
    public let maxNormGrowth: Double
    /// Σ_p ‖U_p‖₂·‖V_p‖₂·‖W_p‖₂ (14.83 for Strassen, 17.85 for Winograd).
    ///
    /// - Source: Dumas, Pernet, Sedoglavic, *Strassen's algorithm is not optimally accurate*, ISSAC 2024.
    public let frobeniusGrowth: Double
    /// √(``maxNormGrowth``/k): what the planner expects one level to multiply the classical error by.
    public let expectedErrorFactor: Double

    /// - Throws: ``SymmetryError/overflow`` when exact elimination does not fit in 128 bits.
    public init(_ scheme: Scheme) throws {
        let factors = Scheme.Factor.allCases.map { scheme.rows(of: $0) }
        let coefficients = factors.joined().joined()
        nonZeros = coefficients.count { !$0.isZero }
        scalings = coefficients.count { !$0.isZero && !($0.denominator == 1 && abs($0.numerator) == 1) }
        additions = max(nonZeros - 2 * scheme.rank - scheme.m * scheme.n, 0)
        rankPattern = try SchemeStructure.rankPattern(of: scheme)
        let values = factors.map { $0.map { $0.map(\.doubleValue) } }
        let sums = zip(values[0], values[1]).map { oneNorm($0) * oneNorm($1) }
        maxNormGrowth =
            (0..<scheme.m * scheme.n).map { entry in
                zip(values[2], sums).reduce(0) { $0 + abs($1.0[entry]) * $1.1 }
            }.max() ?? 0
        frobeniusGrowth = (0..<scheme.rank).reduce(0) { sum, p in
            sum + values.reduce(1) { $0 * twoNorm($1[p]) }
        }
        expectedErrorFactor = (maxNormGrowth / Double(scheme.k)).squareRoot()
    }

    /// `"1·(2,2,2) + 6·(1,1,1)"`.
    public static func text(_ pattern: [RankCount]) -> String {
        pattern.map { "\($0.products)·(\($0.u),\($0.v),\($0.w))" }.joined(separator: " + ")
    }

    /// How often products have factors of which ranks, by decreasing ranks.
    ///
    /// - Throws: ``SymmetryError/overflow``.
    public static func rankPattern(of scheme: Scheme) throws -> [RankCount] {
        let factors = Scheme.Factor.allCases.map { scheme.rows(of: $0) }
        let shapes = [(scheme.m, scheme.k), (scheme.k, scheme.n), (scheme.m, scheme.n)]
        var counts: [[Int]: Int] = [:]
        for p in 0..<scheme.rank {
            let ranks = try zip(factors, shapes).map { rows, shape in try exactRank(rows[p], shape) }
            counts[ranks, default: 0] += 1
        }
        return counts.sorted { $1.key.lexicographicallyPrecedes($0.key) }.map {
            RankCount(u: $0.key[0], v: $0.key[1], w: $0.key[2], products: $0.value)
        }
    }

    private static func exactRank(_ row: [Rational], _ shape: (Int, Int)) throws -> Int {
        let matrix = DenseMatrix(row.map(Fraction.init), rows: shape.0, columns: shape.1)
        guard let rank = matrix.rank else { throw SymmetryError.overflow }
        return rank
    }
}

/// Σ|x|.
private func oneNorm(_ row: [Double]) -> Double { row.reduce(0) { $0 + abs($1) } }

/// √Σx².
private func twoNorm(_ row: [Double]) -> Double { row.reduce(0) { $0 + $1 * $1 }.squareRoot() }
