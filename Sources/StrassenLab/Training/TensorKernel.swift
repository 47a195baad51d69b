// SPDX-License-Identifier: AGPL-3.0-or-later

/// The exact error tensor e_abc = Σ_p U_pa V_pb W_pc − T_abc and its gradient: training without samples.
///
/// For inputs with independent N(0,1) entries the expected mean squared error of the model is Σ e²/(mn), so this is
/// minibatch training with an infinite batch. Entries over c are padded to groups of four. Allocates only in `init`.
final class TensorKernel {
    let layout: FactorLayout
    /// Groups of four along c.
    let groups: Int
    private let target: AlignedBuffer
    /// e_abc at [(a·kn + b)·4·groups + c].
    let error: AlignedBuffer
    private let paddedW: AlignedBuffer

    init(layout: FactorLayout) {
        self.layout = layout
        groups = (layout.widthW + 3) / 4
        let size = layout.widthU * layout.widthV * groups * 4
        target = AlignedBuffer(count: size)
        error = AlignedBuffer(count: size)
        paddedW = AlignedBuffer(count: layout.slots * groups * 4)
        for a in 0..<layout.widthU {
            for b in 0..<layout.widthV {
                for c in 0..<layout.widthW {
                    target.scalars[(a * layout.widthV + b) * groups * 4 + c] =
                        multiplicationTensor(a, b, c, k: layout.k, n: layout.n)
                }
            }
        }
    }

    /// Fills ``error`` and returns Σ e².
    func evaluate(_ parameters: AlignedBuffer) -> Double {
        padW(parameters)
        let (slots, widthU, widthV, groups) = (layout.slots, layout.widthU, layout.widthV, groups)
        let u = parameters.scalars
        let v = parameters.scalars + layout.offsetV
        let w = paddedW.vectors
        var total = SIMD4<Double>.zero
        for a in 0..<widthU {
            for b in 0..<widthV {
                let row = (a &* widthV &+ b) &* groups
                for group in 0..<groups {
                    var sum = SIMD4<Double>.zero - target.vectors[row &+ group]
                    for slot in 0..<slots {
                        sum += (u[slot &* widthU &+ a] * v[slot &* widthV &+ b]) * w[slot &* groups &+ group]
                    }
                    error.vectors[row &+ group] = sum
                    total += sum * sum
                }
            }
        }
        return total.sum()
    }

    /// Adds `scale`·Jᵀe to `gradient`, with e the tensor in ``error`` and J its derivative at `parameters`.
    ///
    /// - Precondition: ``evaluate(_:)`` saw the same parameters.
    func accumulateGradient(_ parameters: AlignedBuffer, scale: Double, into gradient: AlignedBuffer) {
        let (widthU, widthV, widthW, groups) = (layout.widthU, layout.widthV, layout.widthW, groups)
        let e = error.vectors
        for slot in 0..<layout.slots {
            let u = parameters.scalars + slot * widthU
            let v = parameters.scalars + (layout.offsetV + slot * widthV)
            let w = paddedW.vectors + slot * groups
            let gradU = gradient.scalars + slot * widthU
            let gradV = gradient.scalars + (layout.offsetV + slot * widthV)
            let gradW = gradient.scalars + (layout.offsetW + slot * widthW)
            for a in 0..<widthU {
                let ua = u[a] * scale
                var sumU = 0.0
                for b in 0..<widthV {
                    let row = e + (a &* widthV &+ b) &* groups
                    var dot = SIMD4<Double>.zero
                    for group in 0..<groups { dot += row[group] * w[group] }
                    let x = dot.sum()
                    sumU += x * v[b]
                    gradV[b] += x * ua
                }
                gradU[a] += sumU * scale
            }
            for group in 0..<groups {
                var sum = SIMD4<Double>.zero
                for a in 0..<widthU {
                    for b in 0..<widthV { sum += (u[a] * v[b]) * e[(a &* widthV &+ b) &* groups &+ group] }
                }
                for lane in 0..<min(4, widthW - 4 * group) { gradW[4 * group + lane] += scale * sum[lane] }
            }
        }
    }

    private func padW(_ parameters: AlignedBuffer) {
        let w = parameters.scalars + layout.offsetW
        for slot in 0..<layout.slots {
            for c in 0..<layout.widthW { paddedW.scalars[slot * groups * 4 + c] = w[slot * layout.widthW + c] }
        }
    }
}
