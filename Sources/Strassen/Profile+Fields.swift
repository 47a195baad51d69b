// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// Cache blocking of the classical five loops, in elements.
public struct Blocking: Sendable, Hashable, Codable {
    /// Micro-kernel; empty: the best the CPU has.
    public var kernel: String
    public var mc, kc, nc: Int

    public init(kernel: String, mc: Int, kc: Int, nc: Int) {
        (self.kernel, self.mc, self.kc, self.nc) = (kernel, mc, kc, nc)
    }
}

/// What the building blocks of a product cost, in nanoseconds of wall time with all threads at work.
public struct Costs: Sendable, Hashable, Codable {
    /// A multiply-add of the leaf's inner loops.
    public var multiplyAdd: Double
    /// A packed element that is a sum of 1, 2, 3–4 and more terms; always four values.
    public var pack: [Double]
    /// An element of C that a micro-tile updates.
    public var update: Double
    /// An element that an explicit sum reads or writes.
    public var sum: Double
    /// One leaf product, whatever its size.
    public var leaf: Double
    /// On top for an element that is read for packing, updated or summed, of matrices far larger than L3.
    public var far: Double

    public init(multiplyAdd: Double, pack: [Double], update: Double, sum: Double, leaf: Double, far: Double) {
        precondition(pack.count == 4, "packing has four prices")
        (self.multiplyAdd, self.pack, self.update) = (multiplyAdd, pack, update)
        (self.sum, self.leaf, self.far) = (sum, leaf, far)
    }

    /// All prices in the order of the profile's text.
    public var values: [Double] { [multiplyAdd] + pack + [update, sum, leaf, far] }
    /// Names of ``values``, as the profile's text has them.
    public static let names = ["fma", "pack1", "pack2", "pack4", "pack8", "update", "sum", "leaf", "far"]

    /// - Precondition: `values` has the count of ``names``.
    public init(values: [Double]) {
        self.init(
            multiplyAdd: values[0], pack: Array(values[1...4]), update: values[5], sum: values[6], leaf: values[7],
            far: values[8])
    }
}

/// One row of the tuned table: what holds for a precision and a number of threads.
public struct Tuning: Sendable, Hashable, Codable {
    public var precision: Precision
    public var threads: Int
    public var costs: Costs
    /// Least ``Plan/meanSide(m:k:n:)`` of a problem, and of a block that a fused level splits, and of one that an explicit level
    /// splits.
    public var cutoff, explicitCutoff: Int

    public init(precision: Precision, threads: Int, costs: Costs, cutoff: Int, explicitCutoff: Int) {
        (self.precision, self.threads, self.costs) = (precision, threads, costs)
        (self.cutoff, self.explicitCutoff) = (cutoff, explicitCutoff)
    }
}

extension Profile {
    /// Fingerprint of the machine it was measured on: CPU, caches, instruction set.
    public var machine: String {
        get { fieldText(c.machine) }
        set { setField(&c.machine, newValue) }
    }
    /// Version of the library that measured.
    public var library: String {
        get { fieldText(c.library) }
        set { setField(&c.library, newValue) }
    }
    /// ISO 8601; empty when it was derived, not measured.
    public var created: String {
        get { fieldText(c.created) }
        set { setField(&c.created, newValue) }
    }

    /// Block sizes of a precision.
    public func blocking(_ precision: Precision) -> Blocking {
        let block = precision == .float32 ? c.blocking.0 : c.blocking.1
        return Blocking(kernel: fieldText(block.kernel), mc: Int(block.mc), kc: Int(block.kc), nc: Int(block.nc))
    }

    /// Changes the block sizes of a precision.
    public mutating func setBlocking(_ blocking: Blocking, _ precision: Precision) {
        var block = strassen_blocking()
        setField(&block.kernel, blocking.kernel)
        (block.mc, block.kc, block.nc) = (Int64(blocking.mc), Int64(blocking.kc), Int64(blocking.nc))
        if precision == .float32 { c.blocking.0 = block } else { c.blocking.1 = block }
    }

    /// The tuned table, at most ``maximumTunings`` rows: of more, the last are dropped on writing.
    public var tunings: [Tuning] {
        get {
            withUnsafeBytes(of: c.tuning) { raw in
                raw.bindMemory(to: strassen_tuning.self).prefix(Int(c.tunings)).map(Tuning.init(c:))
            }
        }
        set {
            let rows = newValue.prefix(Self.maximumTunings)
            c.tunings = Int32(rows.count)
            withUnsafeMutableBytes(of: &c.tuning) { raw in
                let slots = raw.bindMemory(to: strassen_tuning.self)
                for (index, row) in rows.enumerated() { slots[index] = row.c }
            }
        }
    }

    /// Rows that a profile has room for.
    public static var maximumTunings: Int { Int(STRASSEN_PROFILE_MAX_TUNINGS) }
}

extension Tuning {
    init(c: strassen_tuning) {
        let p = c.costs.pack_ns
        self.init(
            precision: c.precision == STRASSEN_FLOAT32 ? .float32 : .float64, threads: Int(c.threads),
            costs: Costs(
                multiplyAdd: c.costs.fma_ns, pack: [p.0, p.1, p.2, p.3], update: c.costs.update_ns,
                sum: c.costs.sum_ns, leaf: c.costs.leaf_ns, far: c.costs.far_ns),
            cutoff: Int(c.cutoff), explicitCutoff: Int(c.explicit_cutoff))
    }

    var c: strassen_tuning {
        var row = strassen_tuning()
        (row.precision, row.threads) = (precision.c, Int32(clamping: threads))
        row.costs.fma_ns = costs.multiplyAdd
        row.costs.pack_ns = (costs.pack[0], costs.pack[1], costs.pack[2], costs.pack[3])
        (row.costs.update_ns, row.costs.sum_ns) = (costs.update, costs.sum)
        (row.costs.leaf_ns, row.costs.far_ns) = (costs.leaf, costs.far)
        (row.cutoff, row.explicit_cutoff) = (Int64(cutoff), Int64(explicitCutoff))
        return row
    }
}

/// A C array of characters up to its NUL.
private func fieldText<Field>(_ field: Field) -> String {
    withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

/// Fills a C array of characters, cut to fit with a NUL; line ends become spaces.
private func setField<Field>(_ field: inout Field, _ text: String) {
    withUnsafeMutableBytes(of: &field) { raw in
        raw.initializeMemory(as: UInt8.self, repeating: 0)
        for (index, byte) in text.utf8.prefix(raw.count - 1).enumerated() { raw[index] = byte < 32 ? 32 : byte }
    }
}
