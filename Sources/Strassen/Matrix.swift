// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// `Float` or `Double`: what the engine multiplies.
public protocol MatrixElement: BinaryFloatingPoint, Sendable {
    /// The engine's name for the type.
    static var precision: Precision { get }
    /// The same value; without what a conversion of any floating-point type costs, which a small product would feel.
    var asDouble: Double { get }
}

/// Precision of a multiplication.
public enum Precision: String, Sendable, CaseIterable, Codable {
    case float32, float64
    /// Bytes of one element.
    public var bytes: Int { self == .float32 ? 4 : 8 }
    var c: strassen_precision { self == .float32 ? STRASSEN_FLOAT32 : STRASSEN_FLOAT64 }
}

extension Float: MatrixElement {
    public static var precision: Precision { .float32 }
    public var asDouble: Double { Double(self) }
}

extension Double: MatrixElement {
    public static var precision: Precision { .float64 }
    public var asDouble: Double { self }
}

/// A dense row-major matrix in 64-byte aligned memory (huge pages advised), shared by reference.
///
/// It is a class because a large matrix is a resource: copies are never made behind your back.
public final class Matrix<Element: MatrixElement>: @unchecked Sendable {
    public let rows, columns: Int
    /// Row-major storage, `rows·columns` elements, leading dimension `columns`.
    public let elements: UnsafeMutableBufferPointer<Element>
    private let memory: UnsafeMutableRawPointer
    private let bytes: Int

    /// A matrix of zeros.
    ///
    /// - Throws: ``StrassenError`` when the size is negative, overflows, or there is no memory.
    public init(rows: Int, columns: Int) throws {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        let (size, overflow2) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard rows >= 0, columns >= 0, !overflow, !overflow2 else {
            throw StrassenError(.overflow, "a \(rows)×\(columns) matrix does not fit in memory")
        }
        guard let memory = strassen_alloc(max(size, 64)) else {
            throw StrassenError(.memory, "no memory for a \(rows)×\(columns) matrix (\(size) bytes)")
        }
        (self.rows, self.columns, self.memory, bytes) = (rows, columns, memory, max(size, 64))
        let typed = memory.bindMemory(to: Element.self, capacity: count)
        typed.initialize(repeating: 0, count: count)
        elements = UnsafeMutableBufferPointer(start: typed, count: count)
    }

    /// Fills element by element in row-major order.
    public convenience init(rows: Int, columns: Int, _ value: (Int, Int) -> Element) throws {
        try self.init(rows: rows, columns: columns)
        for row in 0..<rows { for column in 0..<columns { elements[row * columns + column] = value(row, column) } }
    }

    deinit { strassen_free(memory, bytes) }

    /// The element in `row` and `column`, both from 0.
    public subscript(row: Int, column: Int) -> Element {
        get {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns)
            return elements[row * columns + column]
        }
        set {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns)
            elements[row * columns + column] = newValue
        }
    }

    /// Where the elements begin.
    public var pointer: UnsafeMutablePointer<Element> { elements.baseAddress! }
}
