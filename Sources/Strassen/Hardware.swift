// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// Loops that measure what the hardware can do; the caller takes the time.
public enum Hardware {
    /// "major.minor.patch" of the engine that runs.
    public static var libraryVersion: String { String(cString: strassen_version()) }

    /// What ``stream(_:over:bytes:repeats:)`` does with its buffer.
    public enum Stream: String, Sendable, CaseIterable, Codable {
        /// Sums the whole buffer.
        case read
        /// One half to the other.
        case copy
        /// a := b + s·c over three thirds.
        case triad

        var c: strassen_stream {
            switch self {
            case .read: STRASSEN_STREAM_READ
            case .copy: STRASSEN_STREAM_COPY
            case .triad: STRASSEN_STREAM_TRIAD
            }
        }
    }

    /// Runs `repeats` × 64 independent fused multiply-adds of the widest vectors of `instructionSet` on registers.
    ///
    /// - Returns: Flops done.
    /// - Throws: ``StrassenError`` when this CPU lacks the instruction set.
    public static func spinFMA(_ instructionSet: InstructionSet, _ precision: Precision, repeats: Int) throws -> Double
    {
        var flops = 0.0
        try check(
            strassen_fma_spin(instructionSet.c, precision.c, Int64(repeats), &flops),
            "running \(instructionSet.rawValue) multiply-adds")
        return flops
    }

    /// Streams `repeats` times over the first `bytes` of `memory` with the widest vectors of this CPU.
    ///
    /// - Returns: Bytes read and written.
    /// - Throws: ``StrassenError`` when `bytes` exceeds the memory.
    public static func stream(_ kind: Stream, over memory: Workspace, bytes: Int, repeats: Int) throws -> Double {
        guard bytes >= 0, bytes <= memory.bytes else {
            throw StrassenError(.argument, "streaming over \(bytes) bytes of a buffer of \(memory.bytes)")
        }
        var moved = 0.0
        try check(strassen_stream_spin(kind.c, memory.pointer, bytes, Int64(repeats), &moved), "streaming memory")
        return moved
    }
}

extension Workspace {
    /// Writes zeros over all of it, so that every page is really there.
    public func clear() { pointer.initializeMemory(as: UInt8.self, repeating: 0, count: bytes) }
}
