// SPDX-License-Identifier: AGPL-3.0-or-later

/// A small matrix over a field, row-major; exact linear algebra with ``Fraction``.
public struct DenseMatrix<Scalar: FieldElement>: Equatable, Sendable {
    public let rows, columns: Int
    public private(set) var entries: [Scalar]

    /// - Precondition: `rows·columns` entries, row-major.
    public init(_ entries: [Scalar], rows: Int, columns: Int) {
        precondition(entries.count == rows * columns)
        (self.entries, self.rows, self.columns) = (entries, rows, columns)
    }

    public static func identity(_ size: Int) -> DenseMatrix {
        var matrix = DenseMatrix([Scalar](repeating: .zero, count: size * size), rows: size, columns: size)
        for index in 0..<size { matrix[index, index] = .one }
        return matrix
    }

    public subscript(row: Int, column: Int) -> Scalar {
        get { entries[row * columns + column] }
        set { entries[row * columns + column] = newValue }
    }

    public var transposed: DenseMatrix {
        let turned = (0..<columns).flatMap { column in (0..<rows).map { self[$0, column] } }
        return DenseMatrix(turned, rows: columns, columns: rows)
    }

    /// - Precondition: the inner sizes agree.
    public static func * (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix {
        precondition(a.columns == b.rows)
        var product = DenseMatrix(
            [Scalar](repeating: .zero, count: a.rows * b.columns), rows: a.rows, columns: b.columns)
        for row in 0..<a.rows {
            for column in 0..<b.columns {
                product[row, column] = (0..<a.columns).reduce(.zero) { $0 + a[row, $1] * b[$1, column] }
            }
        }
        return product
    }

    /// Upper echelon form by elimination, and the number of its rows that are not zero.
    private var eliminated: (matrix: DenseMatrix, rank: Int) {
        var work = self
        var found = 0
        for column in 0..<columns where found < rows {
            guard let pivot = (found..<rows).first(where: { work[$0, column] != .zero }) else { continue }
            work.exchange(pivot, found)
            for row in (0..<rows).dropFirst(found + 1) {
                work.subtract(work[row, column] / work[found, column], times: found, from: row)
            }
            found += 1
        }
        return (work, found)
    }

    /// The inverse by Gauss–Jordan elimination; `nil` when there is none.
    public var inverse: DenseMatrix? {
        guard rows == columns else { return nil }
        var (work, result) = (self, DenseMatrix.identity(rows))
        for column in 0..<columns {
            guard let pivot = (column..<rows).first(where: { work[$0, column] != .zero }) else { return nil }
            work.exchange(pivot, column)
            result.exchange(pivot, column)
            let scale = .one / work[column, column]
            work.scale(row: column, by: scale)
            result.scale(row: column, by: scale)
            for row in 0..<rows where row != column {
                let factor = work[row, column]
                work.subtract(factor, times: column, from: row)
                result.subtract(factor, times: column, from: row)
            }
        }
        return result
    }

    private mutating func exchange(_ a: Int, _ b: Int) {
        for column in 0..<columns where a != b { entries.swapAt(a * columns + column, b * columns + column) }
    }

    private mutating func scale(row: Int, by factor: Scalar) {
        for column in 0..<columns { self[row, column] = factor * self[row, column] }
    }

    private mutating func subtract(_ factor: Scalar, times source: Int, from row: Int) {
        guard factor != .zero else { return }
        for column in 0..<columns { self[row, column] = self[row, column] - factor * self[source, column] }
    }
}

extension DenseMatrix where Scalar == Fraction {
    /// Whether no entry has overflowed.
    public var isValid: Bool { entries.allSatisfy(\.isValid) }

    /// Number of independent rows; `nil` when elimination does not fit in 128 bits.
    public var rank: Int? {
        let (matrix, rank) = eliminated
        return matrix.isValid ? rank : nil
    }
}
