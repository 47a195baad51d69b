// SPDX-License-Identifier: AGPL-3.0-or-later

/// Coefficients 0 and ±1 from a scheme over GF(2), by choosing signs on its support.
///
/// In equation (a,b,c) with `count` non-zero terms and right-hand side t the number of negative terms is (count − t)/2; its
/// parity is linear in the unknown signs. The linear equations are necessary, so a contradiction means that no choice
/// of signs works; a solution is then tried in integers.
enum SignLift {
    enum Outcome {
        case lifted(LiftedFactors)
        /// No signs exist: the linear equations contradict each other.
        case impossible
        /// The signs that were tried satisfy the equations mod 4 only.
        case undecided
    }

    /// - Parameters:
    ///   - scheme: Exact over GF(2).
    ///   - attempts: Solutions of the linear equations to try when they leave a choice.
    static func lift(_ scheme: BinaryScheme, attempts: Int, random: inout RandomSource) -> Outcome {
        let unknowns = Unknowns(scheme)
        var system = LinearSystemGF2(unknowns: unknowns.count)
        guard addEquations(scheme, unknowns, to: &system) else { return .impossible }
        let tries = system.freedom == 0 ? 1 : attempts
        for attempt in 0..<tries {
            let signs = system.solution { attempt > 0 && random.next() >> 63 == 1 }
            let candidate = unknowns.apply(signs, to: LiftedFactors(scheme))
            if candidate.residual().allSatisfy({ $0 == 0 }) { return .lifted(candidate) }
        }
        return .undecided
    }

    /// Numbers of the sign unknowns; −1 for zero coefficients and for the first coefficient of u and of v in each
    /// product, whose sign is chosen positive (a product may be written with two signs changed).
    private struct Unknowns {
        let u, v, w: [Int]
        let count: Int

        init(_ scheme: BinaryScheme) {
            let (uWidth, vWidth, wWidth) = scheme.shape.entries
            var (u, v, w): ([Int], [Int], [Int]) = ([], [], [])
            var count = 0
            for product in scheme.products {
                u += Unknowns.numbers(product.u, uWidth, &count, fixed: product.u.trailingZeroBitCount)
                v += Unknowns.numbers(product.v, vWidth, &count, fixed: product.v.trailingZeroBitCount)
                w += Unknowns.numbers(product.w, wWidth, &count, fixed: -1)
            }
            (self.u, self.v, self.w, self.count) = (u, v, w, count)
        }

        private static func numbers(_ mask: UInt64, _ width: Int, _ count: inout Int, fixed: Int) -> [Int] {
            var list = [Int](repeating: -1, count: width)
            for bit in 0..<width where mask >> UInt64(bit) & 1 == 1 && bit != fixed {
                list[bit] = count
                count += 1
            }
            return list
        }

        func apply(_ signs: [Bool], to factors: LiftedFactors) -> LiftedFactors {
            var result = factors
            for (index, unknown) in u.enumerated() where unknown >= 0 && signs[unknown] { result.u[index] = -1 }
            for (index, unknown) in v.enumerated() where unknown >= 0 && signs[unknown] { result.v[index] = -1 }
            for (index, unknown) in w.enumerated() where unknown >= 0 && signs[unknown] { result.w[index] = -1 }
            return result
        }
    }

    private static func addEquations(
        _ scheme: BinaryScheme, _ unknowns: Unknowns, to system: inout LinearSystemGF2
    ) -> Bool {
        let shape = scheme.shape
        let (uWidth, vWidth, wWidth) = shape.entries
        var indices: [Int] = []
        for a in 0..<uWidth {
            let withA = scheme.products.indices.filter { scheme.products[$0].u >> UInt64(a) & 1 == 1 }
            for b in 0..<vWidth {
                let withB = withA.filter { scheme.products[$0].v >> UInt64(b) & 1 == 1 }
                for c in 0..<wWidth {
                    indices.removeAll(keepingCapacity: true)
                    var count = 0
                    for p in withB where scheme.products[p].w >> UInt64(c) & 1 == 1 {
                        count += 1
                        let terms = [
                            unknowns.u[p * uWidth + a], unknowns.v[p * vWidth + b], unknowns.w[p * wWidth + c],
                        ]
                        indices.append(contentsOf: terms.filter { $0 >= 0 })
                    }
                    let isOne = a % shape.k == b / shape.n && c == a / shape.k * shape.n + b % shape.n
                    let negatives = (count - (isOne ? 1 : 0)) / 2
                    if count > 0 && !system.add(indices, equals: negatives & 1 == 1) { return false }
                }
            }
        }
        return true
    }
}
