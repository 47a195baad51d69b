// SPDX-License-Identifier: AGPL-3.0-or-later

/// Penalties that pull parameters towards {−1, 0, 1} or slots towards 0.
enum Penalty {
    /// weight·Σ x²(1−x²)², whose minima are −1, 0 and 1; adds its gradient and returns its value.
    static func attraction(_ parameters: AlignedBuffer, weight: Double, into gradient: AlignedBuffer) -> Double {
        var total = SIMD4<Double>.zero
        let one = SIMD4<Double>(repeating: 1)
        for index in 0..<parameters.vectorCount {
            let x = parameters.vectors[index]
            let square = x * x
            let gap = one - square
            total += square * gap * gap
            gradient.vectors[index] += (2 * weight) * x * gap * (one - 3 * square)
        }
        return weight * total.sum()
    }

    /// weight·Σ_p ‖u_p‖‖v_p‖‖w_p‖; adds its gradient and returns its value. A slot with a zero row adds nothing.
    static func importance(
        _ parameters: AlignedBuffer, layout: FactorLayout, weight: Double, into gradient: AlignedBuffer
    ) -> Double {
        var total = 0.0
        for slot in 0..<layout.slots {
            let rows = layout.rows(of: slot)
            let norms = rows.map { row in
                row.reduce(0) { $0 + parameters.scalars[$1] * parameters.scalars[$1] }.squareRoot()
            }
            let product = norms[0] * norms[1] * norms[2]
            guard product > 0 else { continue }
            total += product
            for (row, norm) in zip(rows, norms) {
                let factor = weight * product / (norm * norm)
                for index in row { gradient.scalars[index] += factor * parameters.scalars[index] }
            }
        }
        return weight * total
    }
}
