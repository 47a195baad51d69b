// SPDX-License-Identifier: AGPL-3.0-or-later

/// FNV-1a, 64 bits: tells contents apart, protects nothing.
enum ContentDigest {
    /// The digest of bytes as 16 hexadecimal digits.
    static func text(of bytes: some Sequence<UInt8>) -> String {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
