// SPDX-License-Identifier: AGPL-3.0-or-later

/// Bytes a second that streams reach in one level of the memory hierarchy.
public struct Bandwidth: Sendable, Codable, Equatable {
    /// `"L1d"`, `"L2"`, `"L3"`, `"memory"`.
    public let level: String
    /// Bytes that each thread streams over.
    public let bytesPerThread: Int
    public let threads: Int
    /// GB/s of all threads together; what is written counts once (no read for ownership added).
    public let read, copy, triad: Double
}

/// Measures bandwidth level by level, with buffers that fit a level and not the one below it.
public enum BandwidthMeter {
    /// A buffer per thread: what to call it and how large it is.
    struct Target: Equatable {
        let level: String
        let bytes: Int
    }

    /// Every data cache of the topology, then memory.
    ///
    /// - Parameter memory: Bytes that may be used in all; at most a quarter of them are.
    /// - Throws: ``StrassenError`` when there is no memory for a buffer.
    public static func measure(topology: Topology, threads: Int, memory: Int?) throws -> [Bandwidth] {
        try targets(topology, threads: threads, memory: memory).map { target in
            let buffers = try (0..<threads).map { _ in
                let buffer = try Workspace(bytes: target.bytes)
                buffer.clear()
                return buffer
            }
            func rate(_ kind: Hardware.Stream) throws -> Double {
                try bestRate(threads: threads, rounds: 3, seconds: 0.02) { thread, repeats in
                    try Hardware.stream(kind, over: buffers[thread], bytes: target.bytes, repeats: repeats)
                } / 1e9
            }
            return Bandwidth(
                level: target.level, bytesPerThread: target.bytes, threads: threads, read: try rate(.read),
                copy: try rate(.copy), triad: try rate(.triad))
        }
    }

    /// Half of each thread's share of a level; of memory four times the largest cache, but never more than allowed.
    static func targets(_ topology: Topology, threads: Int, memory: Int?) -> [Target] {
        var targets: [Target] = []
        var largest = 1 << 20
        for cache in topology.caches where cache.contents != .instruction && cache.bytes > 0 {
            guard !targets.contains(where: { $0.level == cache.name }) else { continue }
            let sharing = max(1, min(threads, cache.coresSharing))
            let bytes = cache.bytes / (2 * sharing) / 4096 * 4096
            largest = max(largest, cache.bytes)
            if bytes > (targets.last?.bytes ?? 0) { targets.append(Target(level: cache.name, bytes: bytes)) }
        }
        let limit = min(memory.map { $0 / 4 } ?? .max, 1 << 30) / max(1, threads)
        targets.append(Target(level: "memory", bytes: max(1 << 20, min(4 * largest / threads, limit)) / 4096 * 4096))
        return targets
    }
}
