// SPDX-License-Identifier: AGPL-3.0-or-later

/// Lifts a scheme over GF(2) to the 2-adic integers bit by bit, and guesses the rationals behind them.
///
/// With x exact mod 2^s the next bits δ solve J·δ = (T − [[x]])/2^s mod 2, where J, the Jacobian of the equations, is
/// taken mod 2 and therefore the same in every step: it is factored once. Unknowns on the support come first, so that
/// zeros stay zeros where they can.
///
/// - Source: Kauers & Moosbauer, "Flip graphs for matrix multiplication", 2022, section on Hensel lifting.
enum HenselLift {
    /// Bits to lift to.
    static let precision = 40

    /// - Returns: Factors that satisfy every equation mod 2^``precision``, or nil when a step has no solution.
    static func lift(_ scheme: BinaryScheme) -> LiftedFactors? {
        let order = UnknownOrder(scheme)
        var jacobian = FactoredMatrixGF2(rows: order.equations, columns: order.unknowns)
        order.fill(&jacobian, scheme)
        jacobian.factor()
        var factors = LiftedFactors(scheme)
        for bit in 1..<precision {
            let residual = factors.residual()
            if residual.allSatisfy({ $0 == 0 }) { return factors }
            var right = [UInt64](repeating: 0, count: (order.equations + 63) / 64)
            for (index, value) in residual.enumerated() where value >> Int64(bit) & 1 == 1 {
                right[index >> 6] |= 1 << UInt64(index & 63)
            }
            guard let delta = jacobian.solve(right) else { return nil }
            order.add(delta, shiftedBy: bit, to: &factors)
        }
        return factors
    }

    /// Which column of the Jacobian belongs to which coefficient.
    private struct UnknownOrder {
        let shape: SearchShape
        let unknowns, equations: Int
        /// Column of coefficient i of u, then v, then w (row-major).
        private var column: [Int]
        private let uCount, vCount: Int

        init(_ scheme: BinaryScheme) {
            shape = scheme.shape
            let (uWidth, vWidth, wWidth) = shape.entries
            (uCount, vCount) = (scheme.rank * uWidth, scheme.rank * vWidth)
            let factors = LiftedFactors(scheme)
            let all = factors.u + factors.v + factors.w
            unknowns = all.count
            equations = uWidth * vWidth * wWidth
            column = [Int](repeating: 0, count: all.count)
            let sorted = all.indices.filter { all[$0] != 0 } + all.indices.filter { all[$0] == 0 }
            for (position, index) in sorted.enumerated() { column[index] = position }
        }

        func fill(_ matrix: inout FactoredMatrixGF2, _ scheme: BinaryScheme) {
            let (uWidth, vWidth, wWidth) = shape.entries
            for (p, product) in scheme.products.enumerated() {
                for b in 0..<vWidth where product.v >> UInt64(b) & 1 == 1 {
                    for c in 0..<wWidth where product.w >> UInt64(c) & 1 == 1 {
                        for a in 0..<uWidth {
                            matrix.toggle(row: (a * vWidth + b) * wWidth + c, column: column[p * uWidth + a])
                        }
                    }
                }
                for a in 0..<uWidth where product.u >> UInt64(a) & 1 == 1 {
                    for c in 0..<wWidth where product.w >> UInt64(c) & 1 == 1 {
                        for b in 0..<vWidth {
                            matrix.toggle(row: (a * vWidth + b) * wWidth + c, column: column[uCount + p * vWidth + b])
                        }
                    }
                    for b in 0..<vWidth where product.v >> UInt64(b) & 1 == 1 {
                        for c in 0..<wWidth {
                            matrix.toggle(
                                row: (a * vWidth + b) * wWidth + c, column: column[uCount + vCount + p * wWidth + c])
                        }
                    }
                }
            }
        }

        func add(_ delta: [UInt64], shiftedBy bit: Int, to factors: inout LiftedFactors) {
            for (index, column) in column.enumerated() where delta[column >> 6] >> UInt64(column & 63) & 1 == 1 {
                let value = Int64(1) << Int64(bit)
                if index < uCount {
                    factors.u[index] &+= value
                } else if index < uCount + vCount {
                    factors.v[index - uCount] &+= value
                } else {
                    factors.w[index - uCount - vCount] &+= value
                }
            }
        }
    }
}
