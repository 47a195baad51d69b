// SPDX-License-Identifier: AGPL-3.0-or-later

/// The caches that a simulation is given, in the geometry that cachegrind accepts.
public struct SimulatedCaches: Sendable, Encodable, Equatable {
    public struct Cache: Sendable, Encodable, Equatable {
        public var bytes, ways, lineBytes: Int

        /// cachegrind's `size,ways,line`.
        var argument: String { "\(bytes),\(ways),\(lineBytes)" }
    }

    public var instructions, l1, l2: Cache
    /// `nil`: this machine has none.
    public var l3: Cache?
    /// Lengths are divided by it: L1 once, L2 and L3, which hold blocks, twice.
    public var scale: Int

    /// The smallest caches of every level of a topology, divided for a problem that is `scale` times smaller.
    ///
    /// A problem of side n in caches of scale s is similar to one of side s·n in the real ones: the blocks that the
    /// planner derives are s times smaller in both directions (L2, L3: s²), micro-panels only in depth (L1: s), for the
    /// register tile stays as it is.
    ///
    /// - Throws: ``InputError`` when a cache would become smaller than a few lines.
    public init(_ topology: Topology, scale: Int = 1) throws {
        self.scale = scale
        func cache(_ level: Int, _ contents: Topology.Cache.Contents, _ usual: Int, _ divisor: Int) throws -> Cache {
            let found = topology.caches.filter {
                $0.level == level && ($0.contents == contents || $0.contents == .unified)
            }
            .min { $0.bytes < $1.bytes }
            return try Self.fitted(
                (found?.bytes ?? usual) / divisor, ways: found?.ways ?? 8, line: found?.lineBytes ?? 64)
        }
        instructions = try cache(1, .instruction, 32 << 10, 1)
        l1 = try cache(1, .data, 32 << 10, scale)
        l2 = try cache(2, .unified, 512 << 10, scale * scale)
        l3 = topology.dataCacheBytes(level: 3) > 0 ? try cache(3, .unified, 8 << 20, scale * scale) : nil
    }

    /// The number of sets must be a power of two: ways are added to keep the size where it is not.
    static func fitted(_ bytes: Int, ways: Int, line: Int) throws -> Cache {
        guard line >= 16, line & (line - 1) == 0, bytes >= 8 * line else {
            throw InputError(
                "cannot simulate a cache of \(bytes) bytes with lines of \(line)",
                advice: "choose a smaller --scale-caches")
        }
        let wanted = max(1, min(ways == 0 ? 16 : ways, bytes / line))
        var sets = 1
        while sets * 2 * wanted * line <= bytes { sets *= 2 }
        let fitted = max(1, bytes / (sets * line))
        return Cache(bytes: sets * fitted * line, ways: fitted, lineBytes: line)
    }

    /// Bytes of the data caches L1, L2, L3; 0 for none.
    var dataBytes: [Int] { [l1.bytes, l2.bytes, l3?.bytes ?? 0] }
}
