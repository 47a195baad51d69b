// SPDX-License-Identifier: AGPL-3.0-or-later

/// Block sizes worth trying around those in use: one size at a time.
enum BlockingSearch {
    /// The blocks in use come first.
    static func contenders(_ phase: TuningRecord.Phase, _ now: Blocking, _ precision: Precision) -> [Blocking] {
        let tile = Kernel.all.first { $0.name == now.kernel } ?? Kernel.best(precision)
        guard let tile else { return [now] }
        let variants: [Blocking] =
            switch phase {
            case .kernel: kernels(now, precision)
            // The packed A keeps its bytes: more depth means fewer rows.
            case .depth: [0.5, 0.75, 1.5, 2].map { scaled(now, tile, rows: 1 / $0, depth: $0) }
            case .rows: [0.5, 0.75, 1.25, 1.5].map { scaled(now, tile, rows: $0) }
            case .columns: [0.25, 0.5, 2].map { scaled(now, tile, columns: $0) }
            case .plans: []
            }
        return variants.reduce(into: [now]) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Other micro-kernels with which this CPU is not far from its best.
    private static func kernels(_ now: Blocking, _ precision: Precision) -> [Blocking] {
        let able = Kernel.all.filter { $0.precision == precision && $0.isSupported }
        let rates = able.map { ($0, (try? PeakMeter.measure(kernel: $0, threads: 1, rounds: 2)) ?? 0) }
        let best = rates.map(\.1).max() ?? 0
        let inUse = now.kernel.isEmpty ? Kernel.best(precision)?.name : now.kernel
        return rates.filter { $0.1 > 0.8 * best && $0.0.name != inUse }.map { kernel, _ in
            var other = scaled(now, kernel)
            other.kernel = kernel.name
            return other
        }
    }

    /// Whole tiles, and depths that are multiples of 16.
    private static func scaled(
        _ now: Blocking, _ tile: Kernel, rows: Double = 1, depth: Double = 1, columns: Double = 1
    ) -> Blocking {
        func whole(_ value: Double, _ unit: Int) -> Int { max(1, Int((value / Double(unit)).rounded())) * unit }
        return Blocking(
            kernel: now.kernel, mc: whole(Double(now.mc) * rows, tile.mr),
            kc: depth == 1 ? now.kc : whole(Double(now.kc) * depth, 16), nc: whole(Double(now.nc) * columns, tile.nr))
    }
}
