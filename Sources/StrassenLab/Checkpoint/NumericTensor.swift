// SPDX-License-Identifier: AGPL-3.0-or-later

/// A dense array of numbers as it lay in a file: row-major and little-endian, whatever the file's order was.
public struct NumericTensor: Sendable, Equatable {
    /// Sizes, outermost first; empty for a scalar.
    public let shape: [Int]
    public let type: ElementType
    /// `count · type.bytes` bytes.
    public let bytes: [UInt8]

    /// - Throws: ``InputError`` when the bytes are not exactly what the shape needs.
    public init(shape: [Int], type: ElementType, bytes: [UInt8]) throws {
        guard bytes.count == (try elementCount(of: shape)) * type.bytes else {
            throw InputError("\(bytes.count) bytes cannot hold \(shape) numbers of type \(type.rawValue)")
        }
        (self.shape, self.type, self.bytes) = (shape, type, bytes)
    }

    /// A float64 tensor.
    ///
    /// - Precondition: `values` has as many numbers as the shape.
    public init(shape: [Int], values: [Double]) {
        precondition(values.count == shape.reduce(1, *), "one value per element")
        (self.shape, type) = (shape, .float64)
        bytes = values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }
    }

    /// Number of elements.
    public var count: Int { bytes.count / type.bytes }

    /// All elements as float64 (64-bit integers beyond 2⁵³ are rounded).
    public var doubles: [Double] {
        switch type {
        case .float64: patterns(UInt64.self).map(Double.init(bitPattern:))
        case .float32: patterns(UInt32.self).map { Double(Float(bitPattern: $0)) }
        default: (0..<count).map { double(at: $0) }
        }
    }

    /// All elements as integers; `nil` when one is not an integer that fits in 64 bits.
    public var integers: [Int64]? {
        var values: [Int64] = []
        values.reserveCapacity(count)
        for index in 0..<count {
            guard let value = integer(at: index) else { return nil }
            values.append(value)
        }
        return values
    }

    /// Index of the first element that is NaN or infinite.
    public var firstNonFinite: Int? {
        type.isFloatingPoint ? (0..<count).first { !double(at: $0).isFinite } : nil
    }

    /// The matrix with rows and columns exchanged.
    ///
    /// - Precondition: two dimensions.
    public var transposed: NumericTensor {
        precondition(shape.count == 2)
        let (rows, columns, size) = (shape[0], shape[1], type.bytes)
        var turned: [UInt8] = []
        turned.reserveCapacity(bytes.count)
        for column in 0..<columns {
            for row in 0..<rows {
                let start = (row * columns + column) * size
                turned += bytes[start..<start + size]
            }
        }
        return NumericTensor(unchecked: [columns, rows], type: type, bytes: turned)
    }

    init(unchecked shape: [Int], type: ElementType, bytes: [UInt8]) {
        (self.shape, self.type, self.bytes) = (shape, type, bytes)
    }

    private func patterns<T: FixedWidthInteger>(_: T.Type) -> [T] {
        bytes.withUnsafeBytes { raw in
            (0..<count).map {
                T(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self))
            }
        }
    }

    private func pattern(at index: Int) -> UInt64 {
        let start = index * type.bytes
        return bytes[start..<start + type.bytes].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func double(at index: Int) -> Double {
        let pattern = pattern(at: index)
        return switch type {
        case .float64: Double(bitPattern: pattern)
        case .float32: Double(Float(bitPattern: UInt32(pattern)))
        case .float16: Double(Float16(bitPattern: UInt16(pattern)))
        case .bfloat16: Double(Float(bitPattern: UInt32(pattern) << 16))
        case .uint64: Double(pattern)
        default: Double(signedInteger(pattern))
        }
    }

    private func integer(at index: Int) -> Int64? {
        if type.isFloatingPoint { return Int64(exactly: double(at: index)) }
        return type == .uint64 ? Int64(exactly: pattern(at: index)) : signedInteger(pattern(at: index))
    }

    private func signedInteger(_ pattern: UInt64) -> Int64 {
        switch type {
        case .int32: Int64(Int32(truncatingIfNeeded: pattern))
        case .int16: Int64(Int16(truncatingIfNeeded: pattern))
        case .int8: Int64(Int8(truncatingIfNeeded: pattern))
        default: Int64(bitPattern: pattern)
        }
    }
}

extension NumericTensor {
    /// Gathers a strided view of `storage` into row-major order.
    ///
    /// - Parameters:
    ///   - storage: Elements of `type`, little-endian unless `bigEndian`.
    ///   - offset: Element of `storage` that is the first of the view.
    ///   - strides: Elements between neighbours, one per dimension.
    /// - Throws: ``InputError`` when the view leaves the storage or has more elements than it.
    init(storage: [UInt8], type: ElementType, offset: Int, shape: [Int], strides: [Int], bigEndian: Bool = false) throws
    {
        let available = storage.count / type.bytes
        let count = try viewCount(shape: shape, strides: strides, offset: offset, storage: available)
        var gathered: [UInt8] = []
        gathered.reserveCapacity(count * type.bytes)
        var index = [Int](repeating: 0, count: shape.count)
        var position = offset
        for _ in 0..<count {
            let element = storage[position * type.bytes..<(position + 1) * type.bytes]
            if bigEndian { gathered += element.reversed() } else { gathered += element }
            var dimension = shape.count - 1
            while dimension >= 0 {
                index[dimension] += 1
                position &+= strides[dimension]  // past the end of a dimension it may be anything, and is not used
                if index[dimension] < shape[dimension] { break }
                position &-= strides[dimension] &* shape[dimension]
                index[dimension] = 0
                dimension -= 1
            }
        }
        self.init(unchecked: shape, type: type, bytes: gathered)
    }
}

/// Number of elements of a shape that a file claims.
///
/// - Throws: ``InputError`` for more than 16 dimensions, a negative size, or a product beyond 2⁴⁸.
func elementCount(of shape: [Int]) throws -> Int {
    guard shape.count <= 16 else { throw InputError("\(shape.count) dimensions are more than 16") }
    guard shape.allSatisfy({ $0 >= 0 }) else { throw InputError("the shape \(shape) has a negative size") }
    if shape.contains(0) { return 0 }
    var count = 1
    for size in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, product <= 1 << 48 else { throw InputError("the shape \(shape) is absurdly large") }
        count = product
    }
    return count
}

/// Checks that a strided view lies inside `storage` elements, and returns its number of elements.
func viewCount(shape: [Int], strides: [Int], offset: Int, storage: Int) throws -> Int {
    let count = try elementCount(of: shape)
    guard strides.count == shape.count else {
        throw InputError("\(shape.count) sizes but \(strides.count) strides")
    }
    guard offset >= 0, strides.allSatisfy({ $0 >= 0 }) else {
        throw InputError("a negative offset or stride (offset \(offset), strides \(strides))")
    }
    guard count > 0 else { return 0 }
    var last = offset
    for (size, stride) in zip(shape, strides) {
        let (span, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
        let (sum, overflow2) = last.addingReportingOverflow(span)
        guard !overflow, !overflow2 else { throw InputError("strides \(strides) leave the storage") }
        last = sum
    }
    guard last < storage, count <= storage else {
        throw InputError(
            "a view of shape \(shape), strides \(strides), offset \(offset) leaves its storage of \(storage) elements")
    }
    return count
}
