// SPDX-License-Identifier: AGPL-3.0-or-later

/// How an algorithm fares when it is expanded to larger matrices: 2, 4, … 64 for a 2×2 one.
public struct ExpansionTable: Sendable, Equatable, Codable {
    /// One size.
    public struct Row: Sendable, Equatable, Codable {
        public let levels: Int
        /// Size of the product: (m×k)·(k×n).
        public let m, k, n: Int
        /// Multiplications, rank^levels.
        public let products: Int
        /// max|Ĉ − C| / max|C| of the recursion in float32 and float64, inputs uniform in (−1, 1).
        public let float32Error, float64Error: Double
        /// The same for the coefficients as trained, before rounding, in float64.
        public let trainedError: Double?
        /// Whether the recursion in exact arithmetic gives the exact product of random integers; `nil`: beyond 128 bits.
        public let exact: Bool?
    }

    public let rows: [Row]

    /// The paper's bound for "expansion succeeds": relative error of float32 below it at every size.
    public static let successBound = 1e-5
    /// Largest side of a matrix, and most multiplications of one row.
    static let largestSide = 64, mostProducts = 1 << 18

    /// Whether every size has a float32 error below ``successBound`` and is exact in exact arithmetic.
    public var succeeds: Bool {
        rows.allSatisfy { $0.float32Error < ExpansionTable.successBound && $0.exact == true }
    }

    /// Expands `scheme`, every level driven by its U, V and W.
    ///
    /// - Parameters:
    ///   - model: The trained factors that it came from, to be expanded beside it.
    ///   - seed: Of the random inputs; the same seed gives the same table.
    public init(_ scheme: Scheme, model: BilinearModel? = nil, seed: UInt64 = 1) {
        rows = ExpansionTable.levels(scheme).map { levels in
            ExpansionTable.row(scheme, model: model, levels: levels, seed: seed)
        }
    }

    /// 1, 2, … as long as sides and products stay within the limits; at least 1.
    private static func levels(_ scheme: Scheme) -> [Int] {
        var (levels, side, products) = ([Int](), 1, 1)
        while true {
            side *= max(scheme.m, scheme.k, scheme.n)
            products *= scheme.rank
            guard levels.isEmpty || side <= largestSide && products <= mostProducts && side > 1 else { return levels }
            levels.append(levels.count + 1)
            if side == 1 { return levels }
        }
    }

    private static func row(_ scheme: Scheme, model: BilinearModel?, levels: Int, seed: UInt64) -> Row {
        let (m, k, n) = (power(scheme.m, levels), power(scheme.k, levels), power(scheme.n, levels))
        var random = RandomSource(seed: seed, path: [UInt64(levels)])
        let a32 = (0..<m * k).map { _ in Float(random.uniform(-1, 1)) }
        let b32 = (0..<k * n).map { _ in Float(random.uniform(-1, 1)) }
        let a64 = (0..<m * k).map { _ in random.uniform(-1, 1) }
        let b64 = (0..<k * n).map { _ in random.uniform(-1, 1) }
        let c32 = Expansion(scheme) { Float($0.doubleValue) }.product(a32, b32, levels: levels)
        let c64 = Expansion(scheme, coefficient: \.doubleValue).product(a64, b64, levels: levels)
        let right32 = accurateProduct(a32.map(Double.init), b32.map(Double.init), m, k, n)
        let right64 = accurateProduct(a64, b64, m, k, n)
        let trained = model.map { trainedExpansion($0).product(a64, b64, levels: levels) }
        return Row(
            levels: levels, m: m, k: k, n: n, products: power(scheme.rank, levels),
            float32Error: relativeError(c32.map(Double.init), right32), float64Error: relativeError(c64, right64),
            trainedError: trained.map { relativeError($0, right64) },
            exact: isExact(scheme, m, k, n, levels: levels, random: &random))
    }

    private static func trainedExpansion(_ model: BilinearModel) -> Expansion<Double> {
        let model = model.masked
        func rows(_ factor: [Double], _ width: Int) -> [[Double]] {
            stride(from: 0, to: factor.count, by: width).map { Array(factor[$0..<$0 + width]) }
        }
        return Expansion(
            m: model.m, k: model.k, n: model.n, u: rows(model.u, model.m * model.k),
            v: rows(model.v, model.k * model.n),
            w: rows(model.w, model.m * model.n))
    }

    /// Integers of −9 … 9 through the recursion in exact fractions, against the definition of the product.
    private static func isExact(
        _ scheme: Scheme, _ m: Int, _ k: Int, _ n: Int, levels: Int, random: inout RandomSource
    ) -> Bool? {
        let a = (0..<m * k).map { _ in Int(random.uniform(-9.5, 9.5).rounded()) }
        let b = (0..<k * n).map { _ in Int(random.uniform(-9.5, 9.5).rounded()) }
        let c = Expansion(scheme, coefficient: Fraction.init).product(
            a.map(Fraction.init), b.map(Fraction.init), levels: levels)
        guard c.allSatisfy(\.isValid) else { return nil }
        return c.indices.allSatisfy { place in
            c[place] == Fraction((0..<k).reduce(0) { $0 + a[place / n * k + $1] * b[$1 * n + place % n] })
        }
    }

    private static func power(_ base: Int, _ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { value, _ in value * base }
    }

    private static func relativeError(_ computed: [Double], _ right: [Double]) -> Double {
        let largest = right.map(abs).max() ?? 0
        var error = 0.0
        for (a, b) in zip(computed, right) {
            let distance = abs(a - b)
            if !distance.isFinite { return .infinity }
            error = max(error, distance)
        }
        return largest > 0 ? error / largest : error
    }

    /// A·B with the rounding errors of products and sums carried along (as if in twice the precision).
    ///
    /// - Source: Ogita, Rump, Oishi, "Accurate sum and dot product", SISC 2005 (Dot2).
    private static func accurateProduct(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
        (0..<m * n).map { place in
            var (sum, correction) = (0.0, 0.0)
            for inner in 0..<k {
                let (x, y) = (a[place / n * k + inner], b[inner * n + place % n])
                let product = x * y
                let next = sum + product
                let shadow = next - sum
                correction += (sum - (next - shadow)) + (product - shadow) + (-product).addingProduct(x, y)
                sum = next
            }
            return sum + correction
        }
    }
}

extension Float: FieldElement { public static var one: Float { 1 } }
