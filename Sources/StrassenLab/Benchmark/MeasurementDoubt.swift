// SPDX-License-Identifier: AGPL-3.0-or-later

/// Why a measurement cannot be taken at its word.
public enum MeasurementDoubt: String, Sendable, Codable, CaseIterable {
    /// Its rate is above ``Measurement/limitGflops``, which no product of as many multiply-adds can exceed.
    case beyondLimit = "beyond_limit"
    /// It is a classical baseline that did less than half of what it did elsewhere in the run on a comparable problem.
    case slowBaseline = "slow_baseline"

    /// Stands behind the rate in tables.
    public var mark: String {
        switch self {
        case .beyondLimit: "†"
        case .slowBaseline: "‡"
        }
    }

    /// What the mark means, one sentence.
    public var footnote: String {
        switch self {
        case .beyondLimit:
            "\(mark) beyond the limit of peak · mnk/multiply-adds (the peak for classical products, (8/7)^L times it for L "
                + "levels of ⟨2,2,2;7⟩): a disturbance, here or while the peak was measured; run again."
        case .slowBaseline:
            "\(mark) the baseline did less than half of what it did elsewhere in this run: a disturbance, and the speed-ups "
                + "over it are too high; run again."
        }
    }

    /// The measurements of one run with ``Measurement/doubt`` filled in.
    static func marked(_ run: [Measurement]) -> [Measurement] {
        run.map { row in
            var marked = row
            if let limit = row.limitGflops, row.gflops > limit {
                marked.doubt = .beyondLimit
            } else if row.isClassicalBaseline, run.contains(where: row.isSlow(beside:)) {
                marked.doubt = .slowBaseline
            } else {
                marked.doubt = nil
            }
            return marked
        }
    }
}

extension Measurement {
    fileprivate var isClassicalBaseline: Bool { label == baseline && levels == 0 }

    /// Whether the same engine did more than twice as well on a problem of which no side is more than twice as long: a
    /// smaller problem would explain a lower rate, a larger one does not.
    fileprivate func isSlow(beside other: Measurement) -> Bool {
        let isSameEngine =
            (label, kernel, precision, threads) == (other.label, other.kernel, other.precision, other.threads)
        let isSameLayout = (transpose, beta, leading) == (other.transpose, other.beta, other.leading)
        let isComparable = 2 * m >= other.m && 2 * k >= other.k && 2 * n >= other.n
        return isSameEngine && isSameLayout && isComparable && gflops < other.gflops / 2
    }
}
