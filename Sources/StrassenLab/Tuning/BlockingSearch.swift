// SPDX-License-Identifier: AGPL-3.0-or-later

/// Block sizes worth trying around those in use: one size at a time.
enum BlockingSearch {
    /// The blocks in use come first.
    ///
    /// - Parameter rate: GFLOP/s of a micro-kernel on one thread.
    static func contenders(
        _ phase: TuningRecord.Phase, _ now: Blocking, _ precision: Precision, rate: (Kernel) throws -> Double
    ) rethrows -> [Blocking] {
        let kernel = Kernel.all.first { $0.name == now.kernel } ?? Kernel.best(precision)
        guard let kernel else { return [now] }
        let variants: [Blocking] =
            switch phase {
            case .kernel: try otherKernels(than: kernel, now, rate: rate)
            // The packed A keeps its bytes: more depth means fewer rows.
            case .depth: [0.5, 0.75, 1.5, 2].map { scaled(now, kernel, rows: 1 / $0, depth: $0) }
            case .rows: [0.5, 0.75, 1.25, 1.5].map { scaled(now, kernel, rows: $0) }
            case .columns: [0.25, 0.5, 2].map { scaled(now, kernel, columns: $0) }
            case .plans: []
            }
        return variants.reduce(into: [now]) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The fastest of a race's records, or the first (the blocks in use) when none is clearly faster: by much, and with an
    /// interval that lies apart.
    ///
    /// - Precondition: `records` is not empty.
    static func winner(_ records: [TuningRecord]) -> Blocking {
        let inUse = records[0]
        let best = records.min { $0.seconds < $1.seconds } ?? inUse
        let isClear = best.seconds < inUse.seconds * (1 - clearGain) && best.high < inUse.low
        return isClear ? best.blocking : inUse.blocking
    }

    /// A change of blocks that gains less stays out: it would be noise, and different the next time.
    private static let clearGain = 0.015
    /// A micro-kernel that reaches less of the best one's rate is not raced.
    private static let leastRate = 0.8

    private static func otherKernels(
        than inUse: Kernel, _ now: Blocking, rate: (Kernel) throws -> Double
    ) rethrows -> [Blocking] {
        let able = Kernel.all.filter { $0.precision == inUse.precision && $0.isSupported }
        let rates = try able.map { (kernel: $0, rate: try rate($0)) }
        let best = rates.map(\.rate).max() ?? 0
        return rates.filter { $0.rate > leastRate * best && $0.kernel.name != inUse.name }.map {
            var other = scaled(now, $0.kernel)
            other.kernel = $0.kernel.name
            return other
        }
    }

    /// Whole tiles, and depths that are multiples of 16.
    private static func scaled(
        _ now: Blocking, _ kernel: Kernel, rows: Double = 1, depth: Double = 1, columns: Double = 1
    ) -> Blocking {
        func whole(_ size: Int, _ factor: Double, _ unit: Int) -> Int {
            max(1, Int((Double(size) * factor / Double(unit)).rounded())) * unit
        }
        return Blocking(
            kernel: now.kernel, mc: whole(now.mc, rows, kernel.mr), kc: depth == 1 ? now.kc : whole(now.kc, depth, 16),
            nc: whole(now.nc, columns, kernel.nr))
    }
}
