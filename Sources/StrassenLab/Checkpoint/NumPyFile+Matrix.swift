// SPDX-License-Identifier: AGPL-3.0-or-later

/// Large matrices between `.npy` files and the engine's memory, without a second copy.
extension NumPyFile {
    /// Rows, columns and element type of the matrix in a file; reads the header only.
    ///
    /// - Throws: ``InputError``: not a `.npy`, not two-dimensional, objects, or a file size that is not exactly what
    ///   the shape needs.
    public static func matrixLayout(path: String) throws -> (rows: Int, columns: Int, type: ElementType) {
        do {
            let (_, header) = try open(path)
            return (header.shape[0], header.shape[1], header.type.element!)
        } catch let error as InputError { throw error.in(path) }
    }

    /// Reads a matrix of any numeric type into `Element`s (float64 is rounded when `Element` is `Float`).
    ///
    /// The file's size is compared with its header before memory is taken. A little-endian C-ordered file of the same
    /// type goes straight into the matrix; others pass through a buffer of 1 MiB.
    ///
    /// - Throws: As ``matrixLayout(path:)``; ``StrassenError`` when there is no memory; ``FileSystemError``.
    public static func readMatrix<Element: MatrixElement>(path: String, as _: Element.Type = Element.self) throws
        -> Matrix<Element>
    {
        do {
            let (file, header) = try open(path)
            let matrix = try Matrix<Element>(rows: header.shape[0], columns: header.shape[1])
            if header.type == (try NumPyType(code: Element.precision == .float32 ? "<f4" : "<f8")) && !header.fortran {
                try file.read(into: UnsafeMutableRawBufferPointer(matrix.elements))
            } else {
                try convert(file, header, into: matrix)
            }
            return matrix
        } catch let error as InputError { throw error.in(path) }
    }

    /// Writes a matrix as float32 or float64; the file appears complete or not at all.
    public static func write<Element: MatrixElement>(_ matrix: Matrix<Element>, to path: String) throws {
        let type = Element.precision == .float32 ? ElementType.float32 : .float64
        let header = try NumPyHeader.bytes(shape: [matrix.rows, matrix.columns], type: type)
        try AtomicFile.write(to: path) { file in
            try file.write(header)
            try file.write(UnsafeRawBufferPointer(matrix.elements))
        }
    }

    /// Opens a matrix file with its position at the first number.
    private static func open(_ path: String) throws -> (FileInput, NumPyHeader) {
        let file = try FileInput(path: path)
        var start = try file.read(min(file.size, 10))
        if start.count == 10, start[6] != 1 { start += try file.read(min(file.size - 10, 2)) }
        let (prefix, length) = try NumPyHeader.layout(start)
        guard length <= file.size - prefix else { throw InputError("the file ends inside its header") }
        let header = try NumPyHeader(dictionary: try file.read(length))
        guard header.shape.count == 2 else {
            throw InputError(
                "expected a matrix, found \(header.shape.count) dimensions: \(header.shape)", field: "shape")
        }
        guard let element = header.type.element else {
            throw InputError("expected numbers, found Python objects", field: "descr")
        }
        let expected = prefix + length + (try elementCount(of: header.shape)) * element.bytes
        guard file.size == expected else {
            throw InputError(
                "a \(header.shape[0])×\(header.shape[1]) matrix of \(element.rawValue) needs \(expected) bytes, the file has \(file.size)",
                advice: file.size < expected
                    ? "The file was probably cut short; write it again."
                    : "Something was appended to it, or its header is wrong; write it again.")
        }
        return (file, header)
    }

    /// Reads through a buffer: other types, byte orders, Fortran order.
    private static func convert<Element: MatrixElement>(
        _ file: FileInput, _ header: NumPyHeader, into matrix: Matrix<Element>
    ) throws {
        let element = header.type.element!
        let total = matrix.rows * matrix.columns
        let chunk = (1 << 20) / element.bytes
        var first = 0
        while first < total {
            let count = min(chunk, total - first)
            let numbers = try header.type.tensor(
                shape: [count], fortran: false, bytes: try file.read(count * element.bytes)
            ).doubles
            for (index, value) in numbers.enumerated() {
                let place = first + index
                let target =
                    header.fortran
                    ? place % matrix.rows * matrix.columns + place / matrix.rows : place
                matrix.elements[target] = Element(value)
            }
            first += count
        }
    }
}

extension Matrix {
    /// Row and column of the first NaN or infinite element; `nil` when all are finite.
    public var firstNonFinite: (row: Int, column: Int)? {
        elements.firstIndex { !$0.isFinite }.map { ($0 / columns, $0 % columns) }
    }
}
