// SPDX-License-Identifier: AGPL-3.0-or-later

/// Bytes that come into a cache from beyond it: misses times the line; what is written back comes on top.
public struct CacheTraffic: Sendable, Encodable, Equatable {
    public var intoL1, intoL2, intoL3: Double

    public init(intoL1: Double = 0, intoL2: Double = 0, intoL3: Double = 0) {
        (self.intoL1, self.intoL2, self.intoL3) = (intoL1, intoL2, intoL3)
    }

    static func + (x: CacheTraffic, y: CacheTraffic) -> CacheTraffic {
        CacheTraffic(intoL1: x.intoL1 + y.intoL1, intoL2: x.intoL2 + y.intoL2, intoL3: x.intoL3 + y.intoL3)
    }
}

/// Predicts the traffic of every phase from what a plan touches and from where each structure fits.
///
/// A structure lives in the smallest cache that holds it, and streaming through it fills every cache below its home:
/// packed A (mc×kc) is meant for L2 and read once for each micro-panel of B; packed B (kc×nc) for L3 and read once for
/// each block of A; a micro-panel of B (kc×nr) stays in L1; tiles of C, operands and temporaries come from where the
/// matrices and the arena fit together. Written lines are fetched first. The model knows no conflicts, no prefetcher and
/// nothing of temporaries that are still in a cache from the step before, so that it is an upper bound for explicit sums.
///
/// - Source: Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (TOMS 2008), for the homes;
///   Low, Igual, Smith and Quintana-Ortí, "Analytical modeling is enough for high-performance BLIS" (TOMS 2016), for the
///   block sizes; Huang, Smith, Henry and van de Geijn, "Strassen's algorithm reloaded" (SC16), for the terms that the
///   non-zeros of a scheme add to packing and to updates of C.
public struct TrafficModel: Sendable {
    /// Bytes of the three data caches; 0: there is none.
    let caches: [Int]
    let work: PlanCounts
    private let elementBytes: Double
    /// Caches that hold packed A, packed B, and everything: 1…3, or 4 for memory.
    let homeOfPackedA, homeOfPackedB, homeOfMatrices: Int

    /// - Parameters:
    ///   - caches: Bytes of the data caches L1, L2, L3 that one thread sees; 0 for none.
    ///   - footprint: Bytes of A, B, C and the workspace.
    public init(work: PlanCounts, info: PlanInfo, precision: Precision, caches: [Int], footprint: Int) {
        (self.work, self.caches) = (work, caches)
        elementBytes = Double(precision.bytes)
        let packed = { (sides: (Int, Int)) in sides.0 * sides.1 * precision.bytes }
        let depth = min(info.kc, max(work.leafK, 1))
        homeOfPackedA = Self.home(packed((min(info.mc, work.leafM), depth)), caches)
        homeOfPackedB = Self.home(packed((min(info.nc, work.leafN), depth)), caches)
        homeOfMatrices = Self.home(footprint, caches)
    }

    /// The first level that holds so many bytes.
    private static func home(_ bytes: Int, _ caches: [Int]) -> Int {
        1 + (caches.firstIndex { bytes <= $0 } ?? caches.count)
    }

    public func traffic(_ phase: ProfilePhase) -> CacheTraffic {
        switch phase {
        case .packA: stream(work.packReadsA, from: homeOfMatrices) + stream(work.packWritesA, from: homeOfPackedA)
        case .packB: stream(work.packReadsB, from: homeOfMatrices) + stream(work.packWritesB, from: homeOfPackedB)
        case .kernel:
            stream(work.panelReadsA, from: homeOfPackedA) + stream(work.panelReadsB, from: homeOfPackedB)
                + stream(work.updates + work.overwrites, from: homeOfMatrices)
        case .sum: stream(work.sumReads + work.sumWrites, from: homeOfMatrices)
        case .other: CacheTraffic()
        case .whole: [ProfilePhase.packA, .packB, .kernel, .sum].map(traffic).reduce(CacheTraffic(), +)
        }
    }

    /// Elements that come from a level fill all caches below it.
    private func stream(_ elements: Double, from home: Int) -> CacheTraffic {
        let bytes = elements * elementBytes
        return CacheTraffic(
            intoL1: home > 1 ? bytes : 0, intoL2: home > 2 ? bytes : 0,
            intoL3: home > 3 && (caches.last ?? 0) > 0 ? bytes : 0)
    }
}

extension PlanCounts {
    /// Elements that a phase writes.
    func elements(_ phase: ProfilePhase) -> Double? {
        switch phase {
        case .packA: packWritesA
        case .packB: packWritesB
        case .kernel: updates + overwrites
        case .sum: sumWrites
        case .other, .whole: nil
        }
    }

    /// Floating-point operations that a phase does.
    func flops(_ phase: ProfilePhase) -> Double? {
        switch phase {
        case .packA: packAdditionsA
        case .packB: packAdditionsB
        case .kernel: 2 * multiplyAdds
        case .sum: sumAdditions
        case .other: nil
        case .whole: packAdditionsA + packAdditionsB + 2 * multiplyAdds + sumAdditions
        }
    }
}
