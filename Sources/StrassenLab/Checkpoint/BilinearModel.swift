// SPDX-License-Identifier: AGPL-3.0-or-later

/// Trained (not proved) factors of a bilinear algorithm ⟨m,k,n⟩ with `rank` slots, in float64.
///
/// Slot *p* computes `(U_p·a)(V_p·b)` and `c = Σ_p W_p · slot p`, with a, b, c row-major. Row *p* of U, V and W
/// belongs to slot *p* in all three (PyTorch files store `W` transposed; the loaders turn it).
public struct BilinearModel: Sendable, Equatable {
    /// Shape of the product: (m×k)·(k×n).
    public var m, k, n: Int
    /// `rank`×(m·k), `rank`×(k·n), `rank`×(m·n), row-major.
    public var u, v, w: [Double]
    /// One factor per slot, 0 for a pruned one; `nil`: all slots count fully.
    public var mask: [Double]?
    /// What the file said about itself, as text.
    public var metadata: [String: String]

    /// - Precondition: the three arrays have one row per slot, the mask one entry per slot.
    public init(
        m: Int, k: Int, n: Int, u: [Double], v: [Double], w: [Double], mask: [Double]? = nil,
        metadata: [String: String] = [:]
    ) {
        precondition(m > 0 && k > 0 && n > 0, "a shape has positive sizes")
        let rank = u.count / (m * k)
        precondition(
            u.count == rank * m * k && v.count == rank * k * n && w.count == rank * m * n,
            "U, V and W must have one row per slot")
        precondition(mask == nil || mask!.count == rank, "the mask must have one entry per slot")
        (self.m, self.k, self.n) = (m, k, n)
        (self.u, self.v, self.w, self.mask, self.metadata) = (u, v, w, mask, metadata)
    }

    /// Number of slots, dead ones included.
    public var rank: Int { u.count / (m * k) }
    /// `"⟨2,2,2;8⟩"`.
    public var shape: String { "⟨\(m),\(k),\(n);\(rank)⟩" }
    /// Number of trained parameters: rank·(mk + kn + mn).
    public var parameterCount: Int { u.count + v.count + w.count }
}

extension BilinearModel {
    /// The model with its mask multiplied into W, and no mask.
    public var masked: BilinearModel {
        guard let mask else { return self }
        var copy = self
        copy.mask = nil
        for slot in 0..<rank { for entry in 0..<m * n { copy.w[slot * m * n + entry] *= mask[slot] } }
        return copy
    }

    /// The model with only these slots, in this order.
    public func keeping(_ slots: [Int]) -> BilinearModel {
        let rows = { (factor: [Double], width: Int) in slots.flatMap { factor[$0 * width..<($0 + 1) * width] } }
        return BilinearModel(
            m: m, k: k, n: n, u: rows(u, m * k), v: rows(v, k * n), w: rows(w, m * n),
            mask: mask.map { mask in slots.map { mask[$0] } }, metadata: metadata)
    }

    /// ‖u‖·‖v‖·‖w‖ of every slot, mask applied.
    public var importance: [Double] {
        let norm = { (factor: [Double], slot: Int, width: Int) in
            factor[slot * width..<(slot + 1) * width].reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        return (0..<rank).map { slot in
            norm(u, slot, m * k) * norm(v, slot, k * n) * norm(w, slot, m * n) * (mask.map { abs($0[slot]) } ?? 1)
        }
    }

    /// max |w − Q(w)| over all parameters as stored, Q(w) = clamp(round(w), −1, 1) with ties to even: the paper's δ.
    /// NaN when a parameter is.
    public var delta: Double {
        var largest = 0.0
        for factor in [u, v, w] {
            for value in factor {
                let distance = abs(value - min(max(value.rounded(.toNearestOrEven), -1), 1))
                if distance.isNaN { return .nan }
                largest = max(largest, distance)
            }
        }
        return largest
    }

    /// Whether every parameter (and the mask) is a finite number.
    public var isFinite: Bool {
        [u, v, w, mask ?? []].allSatisfy { $0.allSatisfy(\.isFinite) }
    }

    /// max |Σ_p U_pa V_pb W_pc − T_abc| over all (a, b, c), mask applied; NaN when a parameter is.
    public var tensorResidual: Double {
        let model = masked
        let (widthU, widthV, widthW) = (m * k, k * n, m * n)
        var largest = 0.0
        var sums = [Double](repeating: 0, count: widthW)
        for a in 0..<widthU {
            for b in 0..<widthV {
                for c in 0..<widthW { sums[c] = -multiplicationTensor(a, b, c, k: k, n: n) }
                for slot in 0..<model.rank {
                    let product = model.u[slot * widthU + a] * model.v[slot * widthV + b]
                    for c in 0..<widthW { sums[c] += product * model.w[slot * widthW + c] }
                }
                for error in sums {
                    if error.isNaN { return .nan }
                    largest = max(largest, abs(error))
                }
            }
        }
        return largest
    }
}

/// T_abc of matrix multiplication: 1 iff entries a = (i,l) of A, b = (l,j) of B and c = (i,j) of C meet; all row-major.
///
/// - Parameters:
///   - k: Columns of A and rows of B.
///   - n: Columns of B and of C.
public func multiplicationTensor(_ a: Int, _ b: Int, _ c: Int, k: Int, n: Int) -> Double {
    a % k == b / n && a / k == c / n && b % n == c % n ? 1 : 0
}
