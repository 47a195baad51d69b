// SPDX-License-Identifier: AGPL-3.0-or-later

/// Factors over the 2-adic integers cut to 64 bits: what lifting works on before the exact proof.
struct LiftedFactors {
    let shape: SearchShape
    let rank: Int
    /// Row-major, one row of m·k, k·n, m·n entries a product. Arithmetic wraps: everything is mod 2⁶⁴.
    var u, v, w: [Int64]

    init(shape: SearchShape, rank: Int, u: [Int64], v: [Int64], w: [Int64]) {
        (self.shape, self.rank, self.u, self.v, self.w) = (shape, rank, u, v, w)
    }

    /// The coefficients 0 and 1 of a scheme over GF(2).
    init(_ scheme: BinaryScheme) {
        let (uWidth, vWidth, wWidth) = scheme.shape.entries
        func expand(_ masks: [UInt64], _ width: Int) -> [Int64] {
            masks.flatMap { mask in (0..<width).map { Int64(mask >> UInt64($0) & 1) } }
        }
        (shape, rank) = (scheme.shape, scheme.rank)
        u = expand(scheme.products.map(\.u), uWidth)
        v = expand(scheme.products.map(\.v), vWidth)
        w = expand(scheme.products.map(\.w), wWidth)
    }

    /// T − Σ_p u_p⊗v_p⊗w_p mod 2⁶⁴ at (a·kn + b)·mn + c.
    func residual() -> [Int64] {
        let (uWidth, vWidth, wWidth) = shape.entries
        var result = [Int64](repeating: 0, count: uWidth * vWidth * wWidth)
        for a in 0..<uWidth {
            let (i, l) = (a / shape.k, a % shape.k)
            for j in 0..<shape.n { result[(a * vWidth + l * shape.n + j) * wWidth + i * shape.n + j] = 1 }
        }
        result.withUnsafeMutableBufferPointer { result in
            for p in 0..<rank {
                for a in 0..<uWidth where u[p * uWidth + a] != 0 {
                    for b in 0..<vWidth where v[p * vWidth + b] != 0 {
                        let weight = u[p * uWidth + a] &* v[p * vWidth + b]
                        let base = (a * vWidth + b) * wWidth
                        for c in 0..<wWidth { result[base + c] &-= weight &* w[p * wWidth + c] }
                    }
                }
            }
        }
        return result
    }
}
