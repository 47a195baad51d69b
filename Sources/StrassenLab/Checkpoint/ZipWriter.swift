// SPDX-License-Identifier: AGPL-3.0-or-later

/// Builds a zip archive of stored entries whose payloads are aligned, as PyTorch and NumPy read it.
///
/// Times are 1980-01-01: the same content gives the same bytes.
struct ZipWriter {
    private let alignment: Int
    private(set) var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    /// - Parameter alignment: Payloads begin at multiples of it.
    init(alignment: Int = 64) { self.alignment = alignment }

    /// Adds a file.
    ///
    /// - Throws: ``InputError`` when the archive would need 64-bit sizes (4 GiB, 65,535 entries).
    mutating func add(_ name: String, _ payload: [UInt8]) throws {
        let nameBytes = Array(name.utf8)
        guard bytes.count + payload.count + nameBytes.count + 1024 < 1 << 32, count < .max, nameBytes.count < 1 << 15
        else { throw InputError("the archive would pass 4 GiB or 65,535 entries") }
        let offset = bytes.count
        let common = header(nameBytes.count, payload)
        bytes += [0x50, 0x4B, 3, 4] + common
        let bare = bytes.count + 2 + nameBytes.count + 4
        let padding = (alignment - bare % alignment) % alignment
        bytes += little(UInt16(padding + 4)) + nameBytes
        // PyTorch's own padding field: id "FB", filled with "Z".
        bytes += [0x46, 0x42] + little(UInt16(padding)) + [UInt8](repeating: 0x5A, count: padding)
        bytes += payload
        directory += [0x50, 0x4B, 1, 2] + little(UInt16(20)) + common
        directory += little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0))
        directory += little(UInt32(0)) + little(UInt32(offset)) + nameBytes
        count += 1
    }

    /// The finished archive.
    mutating func finish() -> [UInt8] {
        let start = bytes.count
        bytes += directory
        bytes += [0x50, 0x4B, 5, 6] + little(UInt16(0)) + little(UInt16(0)) + little(count) + little(count)
        bytes += little(UInt32(directory.count)) + little(UInt32(start)) + little(UInt16(0))
        return bytes
    }

    /// The fields that the local and the central header share: version … name length.
    private func header(_ nameLength: Int, _ payload: [UInt8]) -> [UInt8] {
        let size = UInt32(payload.count)
        var fields = little(UInt16(20)) + little(UInt16(0x0800)) + little(UInt16(0))  // 2.0, UTF-8 names, stored
        fields += little(UInt16(0)) + little(UInt16(0x0021))  // 00:00:00, 1980-01-01
        fields += little(crc32(payload)) + little(size) + little(size)
        return fields + little(UInt16(nameLength))
    }
}

/// The bytes of an integer, least significant first.
func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
}

/// CRC-32 as zip and PNG use it (reflected polynomial 0xEDB88320).
func crc32(_ bytes: [UInt8]) -> UInt32 {
    let table = crcTable
    return ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
}

private let crcTable: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
}
