// SPDX-License-Identifier: AGPL-3.0-or-later

/// Reads little-endian values from bytes in memory and never past their end.
struct ByteReader {
    let bytes: ArraySlice<UInt8>
    /// Bytes read so far.
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    var remaining: Int { bytes.count - offset }

    mutating func byte() throws -> UInt8 { try take(1).first! }

    /// The next `count` bytes, not copied.
    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else {
            throw InputError("expected \(count) more bytes, \(remaining) are left", field: "byte \(offset)")
        }
        let start = bytes.startIndex + offset
        offset += count
        return bytes[start..<start + count]
    }

    /// An unsigned little-endian integer of `T`'s size.
    mutating func little<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) throws -> T {
        try take(MemoryLayout<T>.size).reversed().reduce(0) { $0 << 8 | T($1) }
    }

    /// A length that a 64-bit field gives, if it can be one.
    mutating func length64() throws -> Int {
        let value = try little(UInt64.self)
        guard let length = Int(exactly: value) else {
            throw InputError("the length \(value) is impossible", field: "byte \(offset - 8)")
        }
        return length
    }

    /// The bytes up to the next newline, which is consumed; at most `limit`.
    mutating func line(limit: Int) throws -> ArraySlice<UInt8> {
        let start = bytes.startIndex + offset
        guard let end = bytes[start...].prefix(limit + 1).firstIndex(of: 0x0A) else {
            throw InputError("expected a line of at most \(limit) bytes", field: "byte \(offset)")
        }
        offset = end - bytes.startIndex + 1
        return bytes[start..<end]
    }
}
