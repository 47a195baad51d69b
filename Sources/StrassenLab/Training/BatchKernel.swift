// SPDX-License-Identifier: AGPL-3.0-or-later

/// Mean squared error of c = W((U·a)∘(V·b)) on a batch and its gradient, four samples at a time.
///
/// One *entry* of a, b or c is a number, or a block×block matrix when the coefficients combine blocks of larger
/// matrices (preset `blocks4`). An entry's values over the batch lie in one run of `length` groups of four:
/// component by component, samples innermost, padded with zeros. Allocates only in `init`.
final class BatchKernel {
    let layout: FactorLayout
    let batch: Int
    /// Side of an entry: 1 for numbers.
    let block: Int
    /// Groups of four samples in one component of an entry.
    let lanes: Int
    /// Groups of four in one entry: block²·lanes.
    let length: Int
    /// Inputs and right answers: mk, kn and mn entries.
    let a, b, c: AlignedBuffer
    private let left, right, product: AlignedBuffer
    private let error: AlignedBuffer
    private let gradProduct, gradLeft, gradRight: AlignedBuffer

    init(layout: FactorLayout, batch: Int, block: Int = 1) {
        (self.layout, self.batch, self.block) = (layout, batch, block)
        lanes = (batch + 3) / 4
        length = block * block * lanes
        let entries = { [length] (count: Int) in AlignedBuffer(count: count * length * 4) }
        (a, b, c) = (entries(layout.widthU), entries(layout.widthV), entries(layout.widthW))
        (left, right, product) = (entries(layout.slots), entries(layout.slots), entries(layout.slots))
        error = entries(layout.widthW)
        (gradProduct, gradLeft, gradRight) = (entries(1), entries(1), entries(1))
    }

    /// Values in one sample of a, b and c together.
    var outputs: Int { layout.widthW * block * block }

    /// Sets c to the right products of a and b.
    func computeTargets() {
        c.clear()
        for i in 0..<layout.m {
            for j in 0..<layout.n {
                for l in 0..<layout.k {
                    multiplyAdd(
                        a.vectors + (i * layout.k + l) * length, b.vectors + (l * layout.n + j) * length,
                        into: c.vectors + (i * layout.n + j) * length)
                }
            }
        }
    }

    /// Runs the model on the batch; returns the mean squared error over all outputs.
    func forward(_ parameters: AlignedBuffer) -> Double {
        let u = parameters.scalars
        let v = parameters.scalars + layout.offsetV
        let w = parameters.scalars + layout.offsetW
        for slot in 0..<layout.slots {
            let at = slot &* length
            combine(a.vectors, u + slot &* layout.widthU, count: layout.widthU, into: left.vectors + at)
            combine(b.vectors, v + slot &* layout.widthV, count: layout.widthV, into: right.vectors + at)
            if block == 1 {
                for x in at..<at &+ length { product.vectors[x] = left.vectors[x] * right.vectors[x] }
            } else {
                (product.vectors + at).update(repeating: .zero, count: length)
                multiplyAdd(left.vectors + at, right.vectors + at, into: product.vectors + at)
            }
        }
        let (slots, widthW) = (layout.slots, layout.widthW)
        var total = SIMD4<Double>.zero
        for entry in 0..<widthW {
            for x in 0..<length {
                var sum = SIMD4<Double>.zero - c.vectors[entry &* length &+ x]
                for slot in 0..<slots { sum += w[slot &* widthW &+ entry] * product.vectors[slot &* length &+ x] }
                error.vectors[entry &* length &+ x] = sum
                total += sum * sum
            }
        }
        return total.sum() / Double(batch * outputs)
    }

    /// Adds the gradient of the mean squared error to `gradient`; ``forward(_:)`` must have seen the same parameters.
    func accumulateGradient(_ parameters: AlignedBuffer, into gradient: AlignedBuffer) {
        let scale = 2 / Double(batch * outputs)
        let (widthU, widthV, widthW) = (layout.widthU, layout.widthV, layout.widthW)
        for slot in 0..<layout.slots {
            let at = slot &* length
            let w = parameters.scalars + (layout.offsetW &+ slot &* widthW)
            combine(error.vectors, w, count: widthW, into: gradProduct.vectors)
            project(
                error.vectors, on: product.vectors + at, count: widthW, scale,
                into: gradient.scalars + (layout.offsetW &+ slot &* widthW))
            if block == 1 {
                for x in 0..<length {
                    gradLeft.vectors[x] = gradProduct.vectors[x] * right.vectors[at &+ x]
                    gradRight.vectors[x] = gradProduct.vectors[x] * left.vectors[at &+ x]
                }
            } else {
                backpropagateBlocks(slot: slot)
            }
            project(a.vectors, on: gradLeft.vectors, count: widthU, scale, into: gradient.scalars + slot &* widthU)
            project(
                b.vectors, on: gradRight.vectors, count: widthV, scale,
                into: gradient.scalars + (layout.offsetV &+ slot &* widthV))
        }
    }

    /// Share of outputs within `threshold` of the right answer in the last ``forward(_:)``.
    func accuracy(threshold: Double) -> Double {
        var hits = 0
        forEachError { if abs($0) < threshold { hits += 1 } }
        return Double(hits) / Double(batch * outputs)
    }

    /// 1 − ‖error‖/‖c‖ of the last ``forward(_:)``: the repository's "local complexity".
    var localComplexity: Double { 1 - (error.squaredNorm / max(c.squaredNorm, 1e-300)).squareRoot() }

    private func forEachError(_ body: (Double) -> Void) {
        for component in 0..<layout.widthW * block * block {
            for sample in 0..<batch { body(error.scalars[component * lanes * 4 + sample]) }
        }
    }

    /// out = Σ_i weights[i]·entry i.
    @inline(__always)
    private func combine(
        _ entries: UnsafeMutablePointer<SIMD4<Double>>, _ weights: UnsafeMutablePointer<Double>, count: Int,
        into out: UnsafeMutablePointer<SIMD4<Double>>
    ) {
        let length = length
        if count == 4 {
            let (w0, w1, w2, w3) = (weights[0], weights[1], weights[2], weights[3])
            let (e1, e2, e3) = (entries + length, entries + 2 &* length, entries + 3 &* length)
            for x in 0..<length { out[x] = (w0 * entries[x] + w1 * e1[x]) + (w2 * e2[x] + w3 * e3[x]) }
            return
        }
        for x in 0..<length {
            var sum = SIMD4<Double>.zero
            for i in 0..<count { sum += weights[i] * entries[i &* length &+ x] }
            out[x] = sum
        }
    }

    /// out[i] += scale·⟨entry i, direction⟩.
    @inline(__always)
    private func project(
        _ entries: UnsafeMutablePointer<SIMD4<Double>>, on direction: UnsafeMutablePointer<SIMD4<Double>>, count: Int,
        _ scale: Double, into out: UnsafeMutablePointer<Double>
    ) {
        for i in 0..<count {
            var sum = SIMD4<Double>.zero
            for x in 0..<length { sum += entries[i &* length &+ x] * direction[x] }
            out[i] += scale * sum.sum()
        }
    }

    /// out += x·y, entries as block×block matrices, sample by sample.
    private func multiplyAdd(
        _ x: UnsafeMutablePointer<SIMD4<Double>>, _ y: UnsafeMutablePointer<SIMD4<Double>>,
        into out: UnsafeMutablePointer<SIMD4<Double>>
    ) {
        for i in 0..<block {
            for j in 0..<block {
                for l in 0..<block {
                    let (p, q, r) = ((i * block + l) * lanes, (l * block + j) * lanes, (i * block + j) * lanes)
                    for lane in 0..<lanes { out[r &+ lane] += x[p &+ lane] * y[q &+ lane] }
                }
            }
        }
    }

    /// gradLeft = gradProduct·rightᵀ and gradRight = leftᵀ·gradProduct.
    private func backpropagateBlocks(slot: Int) {
        let (l, r, g) = (left.vectors + slot * length, right.vectors + slot * length, gradProduct.vectors)
        gradLeft.clear()
        gradRight.clear()
        for i in 0..<block {
            for j in 0..<block {
                for z in 0..<block {
                    for lane in 0..<lanes {
                        gradLeft.vectors[(i * block + j) * lanes + lane] +=
                            g[(i * block + z) * lanes + lane] * r[(j * block + z) * lanes + lane]
                        gradRight.vectors[(i * block + j) * lanes + lane] +=
                            l[(z * block + i) * lanes + lane] * g[(z * block + j) * lanes + lane]
                    }
                }
            }
        }
    }
}
