// SPDX-License-Identifier: AGPL-3.0-or-later

/// The header of a `.npy` file (NumPy format versions 1.0 to 3.0).
struct NumPyHeader: Equatable {
    var shape: [Int]
    var type: NumPyType
    var fortran: Bool

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Bytes before the dictionary whose length they give: magic, version, length.
    ///
    /// - Parameter start: The first 12 bytes of the file, or as many as there are.
    static func layout(_ start: [UInt8]) throws -> (prefix: Int, dictionary: Int) {
        guard start.starts(with: magic), start.count >= 10 else {
            throw InputError(
                "not a NumPy .npy file (it does not begin with \"\\x93NUMPY\")",
                advice: "Write one with numpy.save(path, array).")
        }
        switch start[6] {
        case 1: return (10, Int(start[8]) | Int(start[9]) << 8)
        case 2, 3:
            guard start.count >= 12 else { throw InputError("the file ends inside its header") }
            let length = (8..<12).reversed().reduce(0) { $0 << 8 | Int(start[$1]) }
            guard length <= 1 << 20 else { throw InputError("a header of \(length) bytes is absurd") }
            return (12, length)
        default: throw InputError("format version \(start[6]).\(start[7]); 1.0 to 3.0 are read")
        }
    }

    /// Reads the dictionary, such as `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
    init(dictionary bytes: [UInt8]) throws {
        var scanner = LiteralScanner(bytes)
        var (shape, type, fortran): ([Int]?, NumPyType?, Bool?) = (nil, nil, nil)
        try scanner.expect("{")
        while !scanner.accept("}") {
            let key = try scanner.string()
            try scanner.expect(":")
            switch key {
            case "descr": type = try NumPyType(code: try scanner.string())
            case "fortran_order": fortran = try scanner.boolean()
            case "shape": shape = try scanner.tuple()
            default: throw InputError("unknown key '\(key.prefix(40))'", field: "header")
            }
            if !scanner.accept(",") { try scanner.expect("}"); break }
        }
        guard let shape, let type, let fortran else {
            throw InputError("descr, fortran_order or shape is missing", field: "header")
        }
        _ = try elementCount(of: shape)
        (self.shape, self.type, self.fortran) = (shape, type, fortran)
    }

    /// The header of a C-ordered little-endian array, padded so that the numbers begin at a multiple of 64 bytes.
    static func bytes(shape: [Int], type: ElementType) throws -> [UInt8] {
        guard let code = type.numpyCode else { throw InputError("NumPy has no \(type.rawValue)") }
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let order = type.bytes == 1 ? "|" : "<"
        var text = "{'descr': '\(order)\(code)', 'fortran_order': False, 'shape': (\(sizes)), }"
        text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
        return magic + [1, 0] + little(UInt16(text.utf8.count)) + Array(text.utf8)
    }
}

/// Scans the small part of Python's literals that `.npy` headers use.
private struct LiteralScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    mutating func accept(_ character: Character) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
        position += 1
        return true
    }

    mutating func expect(_ character: Character) throws {
        guard accept(character) else {
            throw InputError("expected '\(character)' at byte \(position)", field: "header")
        }
    }

    mutating func string() throws -> String {
        skipSpace()
        guard position < bytes.count, [0x27, 0x22].contains(bytes[position]) else {
            throw InputError(
                "expected text at byte \(position)", field: "header",
                advice: "Arrays of records are not read; save one plain array.")
        }
        let quote = bytes[position]
        guard let end = bytes[(position + 1)...].firstIndex(of: quote) else {
            throw InputError("text without an end", field: "header")
        }
        defer { position = end + 1 }
        return String(decoding: bytes[position + 1..<end], as: UTF8.self)
    }

    mutating func boolean() throws -> Bool {
        skipSpace()
        for (word, value) in [("True", true), ("False", false)] where bytes[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return value
        }
        throw InputError("expected True or False at byte \(position)", field: "header")
    }

    mutating func tuple() throws -> [Int] {
        try expect("(")
        var sizes: [Int] = []
        while !accept(")") {
            sizes.append(try integer())
            if !accept(",") { try expect(")"); break }
        }
        return sizes
    }

    private mutating func integer() throws -> Int {
        skipSpace()
        let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
        guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
            throw InputError("expected a size at byte \(position)", field: "header")
        }
        position += digits.count
        if position < bytes.count, bytes[position] == 0x4C { position += 1 }  // Python 2 wrote 3L
        return value
    }
}
