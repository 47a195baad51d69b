// SPDX-License-Identifier: AGPL-3.0-or-later

/// Where U, V and W of a bilinear model lie in one flat parameter vector: U (r×mk), V (r×kn), W (r×mn), row-major.
public struct FactorLayout: Sendable, Hashable {
    public let m, k, n, slots: Int

    public init(m: Int, k: Int, n: Int, slots: Int) {
        precondition(m > 0 && k > 0 && n > 0 && slots > 0, "a model has positive sizes")
        (self.m, self.k, self.n, self.slots) = (m, k, n, slots)
    }

    var widthU: Int { m * k }
    var widthV: Int { k * n }
    var widthW: Int { m * n }
    var offsetV: Int { slots * widthU }
    var offsetW: Int { slots * (widthU + widthV) }
    /// Parameters: slots·(mk + kn + mn).
    public var count: Int { slots * (widthU + widthV + widthW) }
    /// Entries of the multiplication tensor: mk·kn·mn.
    public var equations: Int { widthU * widthV * widthW }

    /// Flat ranges of the rows that belong to `slot`.
    func rows(of slot: Int) -> [Range<Int>] {
        [(0, widthU), (offsetV, widthV), (offsetW, widthW)].map { offset, width in
            offset + slot * width..<offset + (slot + 1) * width
        }
    }

    /// The model with these parameters.
    func model(_ parameters: [Double]) -> BilinearModel {
        BilinearModel(
            m: m, k: k, n: n, u: Array(parameters[..<offsetV]), v: Array(parameters[offsetV..<offsetW]),
            w: Array(parameters[offsetW..<count]))
    }
}
