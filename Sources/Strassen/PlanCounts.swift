// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// What one run of a plan touches, in elements, when beta is 0; all threads together.
///
/// A and B are the sides as the five loops see them: a row-major C is computed as Cᵀ = BᵀAᵀ, which exchanges the two.
public struct PlanCounts: Sendable, Codable, Equatable {
    /// Leaf products, and multiply-adds in them.
    public var leaves = 0.0, multiplyAdds = 0.0
    /// Read from blocks while packing; each term of a sum counts.
    public var packReadsA = 0.0, packReadsB = 0.0
    /// Elements of packed panels.
    public var packWritesA = 0.0, packWritesB = 0.0
    /// Scalar additions while packing.
    public var packAdditionsA = 0.0, packAdditionsB = 0.0
    /// Packed elements that micro-tiles read: A's once per nr columns, B's once per block of mc rows.
    public var panelReadsA = 0.0, panelReadsB = 0.0
    /// Elements of C that micro-tiles read and write, and those that they only write.
    public var updates = 0.0, overwrites = 0.0
    /// Of explicit sums; a block that one sum uses twice counts once.
    public var sumReads = 0.0, sumWrites = 0.0, sumAdditions = 0.0
    /// Sides of the largest leaf.
    public var leafM = 0, leafK = 0, leafN = 0

    /// Zeros.
    public init() {}
}

extension Plan {
    /// Counts the work of this plan by walking its levels; computes nothing.
    ///
    /// - Parameter rowMajor: Whether C has unit column stride.
    /// - Throws: ``StrassenError`` for the reference engine, which packs nothing.
    public func work(rowMajor: Bool = true) throws -> PlanCounts {
        var c = strassen_work()
        try check(strassen_plan_work(pointer, rowMajor ? 1 : 0, &c), "counting the work of \(m)×\(k)×\(n)")
        var work = PlanCounts()
        (work.leaves, work.multiplyAdds) = (c.leaves, c.multiply_adds)
        (work.packReadsA, work.packReadsB) = c.pack_reads
        (work.packWritesA, work.packWritesB) = c.pack_writes
        (work.packAdditionsA, work.packAdditionsB) = c.pack_additions
        (work.panelReadsA, work.panelReadsB) = c.panel_reads
        (work.updates, work.overwrites) = (c.updates, c.overwrites)
        (work.sumReads, work.sumWrites, work.sumAdditions) = (c.sum_reads, c.sum_writes, c.sum_additions)
        (work.leafM, work.leafK, work.leafN) = (Int(c.leaf_m), Int(c.leaf_k), Int(c.leaf_n))
        return work
    }
}
