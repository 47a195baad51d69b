// SPDX-License-Identifier: AGPL-3.0-or-later

/// A NumPy dtype: numbers of one type in one byte order, or objects.
struct NumPyType: Equatable {
    /// `nil`: Python objects.
    let element: ElementType?
    let bigEndian: Bool

    var isObject: Bool { element == nil }

    /// - Parameter code: As in `dtype.str`: an optional byte order (`<`, `>`, `=`, `|`), kind and size, such as `<f8`, `|O`.
    init(code: String) throws {
        let order = code.first.flatMap { "<>=|".contains($0) ? $0 : nil }
        let bare = String(order == nil ? code[...] : code.dropFirst())
        if ["O", "O8", "O4"].contains(bare) {
            self.init(element: nil, bigEndian: false)
        } else if let type = ElementType(numpyCode: bare == "?" ? "b1" : bare) {
            self.init(element: type, bigEndian: order == ">")
        } else {
            throw InputError(
                "the dtype \"\(code.prefix(40))\" is not read",
                advice: "Convert the array first: numpy.asarray(x, dtype=\"float64\").")
        }
    }

    private init(element: ElementType?, bigEndian: Bool) {
        (self.element, self.bigEndian) = (element, bigEndian)
    }

    /// The same type in the byte order `<`, `>`, `=` or `|`.
    func applying(order: String) throws -> NumPyType {
        guard ["<", ">", "=", "|"].contains(order) else {
            throw InputError("the byte order \"\(order.prefix(8))\" is unknown")
        }
        return NumPyType(element: element, bigEndian: order == ">")
    }

    /// The array that these bytes are.
    ///
    /// - Precondition: not objects.
    func tensor(shape: [Int], fortran: Bool, bytes: [UInt8]) throws -> NumericTensor {
        guard let element else { throw InputError("objects where numbers are expected") }
        let count = try elementCount(of: shape)
        guard bytes.count == count * element.bytes else {
            throw InputError(
                "an array of shape \(shape) and type \(element.rawValue) needs \(count * element.bytes) bytes, found \(bytes.count)"
            )
        }
        if count == 0 || !bigEndian && (!fortran || shape.count < 2) {
            return NumericTensor(unchecked: shape, type: element, bytes: bytes)
        }
        var strides = [Int](repeating: 1, count: shape.count)
        for index in shape.indices.dropFirst() {
            if fortran {
                strides[index] = strides[index - 1] * max(shape[index - 1], 1)
            } else {
                let back = shape.count - 1 - index
                strides[back] = strides[back + 1] * max(shape[back + 1], 1)
            }
        }
        return try NumericTensor(
            storage: bytes, type: element, offset: 0, shape: shape, strides: strides, bigEndian: bigEndian)
    }
}
