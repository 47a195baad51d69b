// SPDX-License-Identifier: AGPL-3.0-or-later

extension BenchmarkResults {
    /// Advice about measurements that varied or did not have the machine to themselves.
    ///
    /// - Parameter spread: Largest (max − min)/median that goes unremarked.
    public func warnings(spread: Double) -> [String] {
        results.filter { $0.spread > spread }.map { row in
            let busy = row.utilization < 0.95 && row.clock == .wall
            let cause =
                busy
                ? "it had only \(Format.percent(row.utilization)) of its cores: something else was running"
                : "the clock or the caches were shared"
            return
                "\(row.title) varies by \(Format.percent(row.spread)): \(cause); try --repeats \(row.repeats * 2 + 1)"
        }
    }

    /// Advice about measurements that cannot be taken at their word, however little they varied.
    public var doubts: [String] {
        results.compactMap { row in
            row.doubt.map { doubt in
                let rate = "\(row.title): \(Format.fixed(row.gflops, 1)) GFLOP/s are "
                switch doubt {
                case .beyondLimit:
                    return rate + "beyond the limit of \(Format.fixed(row.limitGflops, 1)): a disturbance, or the peak "
                        + "of \(Format.fixed(row.peakGflops, 1)) was measured under one; run again"
                case .slowBaseline:
                    return rate + "less than half of what it reached elsewhere in this run: something disturbed it, "
                        + "and speed-ups over it are too high; run again"
                }
            }
        }
    }
}

extension Measurement {
    /// `"turbo float64 4096 on 2 threads"`.
    fileprivate var title: String {
        "\(label) \(precision.rawValue) \(group.title) on \(threads) thread\(threads == 1 ? "" : "s")"
    }
}
