// SPDX-License-Identifier: AGPL-3.0-or-later

/// A scheme as integers up to one scale a product, and the integer changes of bases that walk along its orbit.
///
/// Matrix multiplication is invariant under U → PᵀUQ⁻ᵀ, V → QᵀVR⁻ᵀ, W → P⁻¹WR. An elementary matrix 1 ± e_ij in the
/// place of P, Q or R adds one line of two of the factors to another and has an integer inverse, so that rows with
/// coprime integer entries stay such. The unimodular matrices are the products of these (and of signs and
/// permutations, which change neither zeros nor sizes).
struct GaugeOrbit: Sendable {
    /// Adds line `source` of a factor's matrices, times ±1, to line `target`.
    struct Move: Sendable, Equatable {
        /// 0: P, on the rows of U and W; 1: Q, on the columns of U and rows of V; 2: R, on the columns of V and W.
        let axis: Int
        let target, source: Int
        let sign: Int

        /// The two factors that it changes.
        var factors: [Scheme.Factor] { [[.u, .w], [.u, .v], [.v, .w]][axis] }
    }

    /// The lines of one factor that a move changes: `target` += `sign` · `source`.
    private struct LineSum {
        let factor: Int
        /// Entries from one line to the next, from one entry of a line to the next, and in a line.
        let step, stride, count: Int
        let target, source, sign: Int
    }

    let m, k, n, rank: Int
    /// Σ|x| over all entries: the number of non-zeros when they are ±1, more when coefficients are larger.
    private(set) var cost: Int
    /// U, V, W: a row a product, coprime integers.
    private(set) var factors: [[Int]]
    /// Product p is `scales[p]` times what the integers give.
    private let scales: [Fraction]
    private let widths: [Int]

    /// Entries beyond this are not walked to.
    static let largestEntry = 1 << 20

    /// - Throws: ``InputError`` when the rows do not become integers below ``largestEntry``.
    init(_ scheme: Scheme) throws {
        (m, k, n, rank) = (scheme.m, scheme.k, scheme.n, scheme.rank)
        widths = [m * k, k * n, m * n]
        var (factors, scales) = ([[Int]](), [Fraction](repeating: .one, count: rank))
        for factor in Scheme.Factor.allCases {
            var integers: [Int] = []
            for (product, row) in scheme.rows(of: factor).enumerated() {
                let (primitive, scale) = try GaugeOrbit.primitive(row)
                integers += primitive
                scales[product] = scales[product] * scale
            }
            factors.append(integers)
        }
        (self.factors, self.scales) = (factors, scales)
        cost = factors.joined().reduce(0) { $0 + abs($1) }
    }

    /// Every elementary move.
    var moves: [Move] {
        [m, k, n].enumerated().flatMap { axis, size in
            (0..<size).flatMap { target in
                (0..<size).filter { $0 != target }.flatMap { source in
                    [1, -1].map { Move(axis: axis, target: target, source: source, sign: $0) }
                }
            }
        }
    }

    /// Entries that computing one move's effect reads.
    var workPerMove: Int { rank * (m + k + n) * 4 / 3 }

    /// How much a move would add to ``cost``; `nil` when an entry would become too large.
    func change(by move: Move) -> Int? {
        var change = 0
        for sum in sums(of: move) {
            guard let part = self.change(by: sum) else { return nil }
            change += part
        }
        return change
    }

    /// - Parameter change: What ``change(by:)`` said.
    mutating func apply(_ move: Move, change: Int) {
        for sum in sums(of: move) { apply(sum) }
        cost += change
    }

    /// The largest absolute value in U, V or W.
    func largest(of factor: Int) -> Int { factors[factor].reduce(0) { max($0, abs($1)) } }

    /// The s = ±1 with which row q of a factor is s times row p, if the products have the same scale; else nil.
    func sharedSign(_ p: Int, _ q: Int, factor: Int) -> Int? {
        guard scales[p] == scales[q] else { return nil }
        let width = widths[factor]
        return factors[factor].withUnsafeBufferPointer { entries in
            let (a, b) = (entries[p * width..<(p + 1) * width], entries[q * width..<(q + 1) * width])
            if a.elementsEqual(b) { return 1 }
            return a.elementsEqual(b.lazy.map { -$0 }) ? -1 : nil
        }
    }

    /// a⊗b⊗c + s·a⊗b′⊗c′ = a⊗(b + s·b′)⊗c + s·a⊗b′⊗(c′ − c), where `adding` is b's factor and `subtracting` is c's.
    ///
    /// The rows may lose their coprimality. Returns false, and changes nothing, when a product would vanish.
    mutating func flip(_ p: Int, _ q: Int, sign: Int, adding: Int, subtracting: Int) -> Bool {
        guard sharedSign(p, q, factor: adding) != -sign, sharedSign(p, q, factor: subtracting) != 1 else {
            return false
        }
        addRow(of: adding, q, times: sign, to: p)
        addRow(of: subtracting, p, times: -1, to: q)
        return true
    }

    private mutating func addRow(of factor: Int, _ source: Int, times sign: Int, to target: Int) {
        let width = widths[factor]
        for index in 0..<width {
            let (to, from) = (target * width + index, source * width + index)
            cost -= abs(factors[factor][to])
            factors[factor][to] += sign * factors[factor][from]
            cost += abs(factors[factor][to])
        }
    }

    /// The scheme of these integers: first non-zero entries of U and V positive, scales in W.
    func scheme(name: String) throws -> Scheme {
        var tables: [[[Rational]]] = [[], [], []]
        for product in 0..<rank {
            var scale = scales[product]
            for factor in 0..<3 {
                let row = factors[factor][product * widths[factor]..<(product + 1) * widths[factor]]
                let negative = factor < 2 && (row.first { $0 != 0 } ?? 1) < 0
                if negative { scale = -scale }
                let multiple = factor == 2 ? scale : Fraction(negative ? -1 : 1)
                tables[factor].append(try row.map { try GaugeOrbit.exact(multiple * Fraction($0)) })
            }
        }
        return try Scheme(name: name, m: m, k: k, n: n, u: tables[0], v: tables[1], w: tables[2])
    }

    private func sums(of move: Move) -> [LineSum] {
        let (target, source, sign) = (move.target, move.source, move.sign)
        func rows(_ factor: Int, _ length: Int, _ target: Int, _ source: Int, _ sign: Int) -> LineSum {
            LineSum(factor: factor, step: length, stride: 1, count: length, target: target, source: source, sign: sign)
        }
        func columns(_ factor: Int, _ height: Int, _ length: Int, _ target: Int, _ source: Int, _ sign: Int) -> LineSum
        {
            LineSum(factor: factor, step: 1, stride: length, count: height, target: target, source: source, sign: sign)
        }
        switch move.axis {
        case 0: return [rows(0, k, target, source, sign), rows(2, n, source, target, -sign)]
        case 1: return [rows(1, n, target, source, sign), columns(0, m, k, source, target, -sign)]
        default: return [columns(2, m, n, target, source, sign), columns(1, k, n, source, target, -sign)]
        }
    }

    private func change(by sum: LineSum) -> Int? {
        let width = widths[sum.factor]
        return factors[sum.factor].withUnsafeBufferPointer { entries in
            var (change, largest) = (0, 0)
            for product in 0..<rank {
                var (to, from) = (product * width + sum.target * sum.step, product * width + sum.source * sum.step)
                for _ in 0..<sum.count {
                    let size = abs(entries[to] + sum.sign * entries[from])
                    change += size - abs(entries[to])
                    largest = max(largest, size)
                    to += sum.stride
                    from += sum.stride
                }
            }
            return largest <= GaugeOrbit.largestEntry ? change : nil
        }
    }

    private mutating func apply(_ sum: LineSum) {
        let (width, rank) = (widths[sum.factor], rank)
        factors[sum.factor].withUnsafeMutableBufferPointer { entries in
            for product in 0..<rank {
                let (to, from) = (product * width + sum.target * sum.step, product * width + sum.source * sum.step)
                for index in 0..<sum.count {
                    entries[to + index * sum.stride] += sum.sign * entries[from + index * sum.stride]
                }
            }
        }
    }

    /// The row as coprime integers, and the factor between them.
    private static func primitive(_ row: [Rational]) throws -> (row: [Int], scale: Fraction) {
        let common = row.reduce(Fraction.one) { common, value in
            // The least common multiple: the denominator that is left after multiplying.
            Fraction(Int(clamping: (common * Fraction(value)).denominator)) * common
        }
        let integers = try row.map { value -> Int in
            let product = common * Fraction(value)
            guard product.denominator == 1, let integer = Int(exactly: product.numerator) else { throw tooLarge }
            return integer
        }
        let divisor = max(integers.reduce(0, greatestCommonDivisor), 1)
        let primitive = integers.map { $0 / divisor }
        guard primitive.allSatisfy({ abs($0) <= largestEntry }), common.isValid else { throw tooLarge }
        return (primitive, Fraction(divisor) / common)
    }

    private static func exact(_ value: Fraction) throws -> Rational {
        guard let rational = value.rational else { throw tooLarge }
        return rational
    }

    private static let tooLarge = InputError("the coefficients are too large to search for a sparser form")
}

/// Of the absolute values; `greatestCommonDivisor(0, b)` is |b|.
private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (abs(a), abs(b))
    while b != 0 { (a, b) = (b, a % b) }
    return a
}
