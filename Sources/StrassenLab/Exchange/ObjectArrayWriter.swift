// SPDX-License-Identifier: AGPL-3.0-or-later

/// Writes a one-dimensional NumPy array of arrays as `.npy`: a header, then a pickle of protocol 3.
enum ObjectArrayWriter {
    /// - Throws: ``InputError`` for bfloat16, which NumPy has not.
    static func bytes(_ items: [NumericTensor]) throws -> [UInt8] {
        var text = "{'descr': '|O', 'fortran_order': False, 'shape': (\(items.count),), }"
        text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
        let header = NumPyHeader.magic + [1, 0] + little(UInt16(text.utf8.count)) + Array(text.utf8)
        var pickle = Pickle()
        try pickle.array(shape: [items.count], type: "O8", order: "|", flags: 0x3F) { pickle in
            pickle.put("](")  // EMPTY_LIST MARK
            for item in items {
                guard let code = item.type.numpyCode else { throw InputError("NumPy has no \(item.type.rawValue)") }
                pickle.array(shape: item.shape, type: code, order: item.type.bytes == 1 ? "|" : "<", flags: 0) {
                    $0.binary(item.bytes)
                }
            }
            pickle.put("e")  // APPENDS
        }
        return header + [0x80, 3] + pickle.bytes + Array(".".utf8)
    }
}

/// Opcodes of protocol 3, as Python's pickletools names them.
private struct Pickle {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ opcodes: String) { bytes += Array(opcodes.utf8) }

    /// `numpy.core.multiarray._reconstruct(ndarray, (0,), b'b')`, its state set to the type and the data.
    mutating func array(
        shape: [Int], type: String, order: String, flags: UInt8, _ data: (inout Pickle) throws -> Void
    ) rethrows {
        put("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n")  // GLOBAL GLOBAL
        integer(0)
        put("\u{85}".latin1)  // TUPLE1
        binary(Array("b".utf8))
        put("\u{87}".latin1 + Array("R(".utf8))  // TUPLE3 REDUCE MARK
        integer(1)
        put("(")
        shape.forEach { integer($0) }
        put("t")  // TUPLE
        dtype(type, order: order, flags: flags)
        put("\u{89}".latin1)  // NEWFALSE: C order
        try data(&self)
        put("tb")  // TUPLE BUILD
    }

    /// BINBYTES
    mutating func binary(_ payload: [UInt8]) {
        put("B")
        bytes += little(UInt32(payload.count)) + payload
    }

    private mutating func dtype(_ type: String, order: String, flags: UInt8) {
        put("cnumpy\ndtype\n")
        text(type)
        put("\u{89}\u{88}\u{87}".latin1 + Array("R(".utf8))  // NEWFALSE NEWTRUE TUPLE3 REDUCE MARK
        integer(3)
        text(order)
        put("NNN")
        integer(-1)
        integer(-1)
        integer(Int(flags))
        put("tb")
    }

    private mutating func put(_ opcodes: [UInt8]) { bytes += opcodes }

    /// BINUNICODE
    private mutating func text(_ value: String) {
        put("X")
        bytes += little(UInt32(value.utf8.count)) + Array(value.utf8)
    }

    /// BININT
    private mutating func integer(_ value: Int) {
        put("J")
        bytes += little(Int32(value))
    }
}

extension String {
    /// One byte per character; for opcodes above 0x7F.
    fileprivate var latin1: [UInt8] { unicodeScalars.map { UInt8($0.value) } }
}
