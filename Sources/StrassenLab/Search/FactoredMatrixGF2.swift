// SPDX-License-Identifier: AGPL-3.0-or-later

/// A matrix over GF(2), eliminated once, for which J·x = b is then solved for many b.
///
/// Pivots are taken from the left, so unknowns that should stay 0 when they can come last.
struct FactoredMatrixGF2: ~Copyable {
    let rows, columns: Int
    private let rowWords, columnWords: Int
    /// `rows` × `columns` bits; after ``factor()`` a pivot row holds its reduced equation.
    private let matrix: UnsafeMutablePointer<UInt64>
    /// For every pivot the set of rows that it was added to, `rows` bits each.
    private var multipliers: [UInt64] = []
    private var pivots: [(row: Int, column: Int)] = []

    init(rows: Int, columns: Int) {
        (self.rows, self.columns) = (rows, columns)
        (rowWords, columnWords) = ((columns + 63) / 64, (rows + 63) / 64)
        matrix = .allocate(capacity: max(1, rows * rowWords))
        matrix.initialize(repeating: 0, count: max(1, rows * rowWords))
    }

    deinit { matrix.deallocate() }

    /// Adds 1 to an element.
    mutating func toggle(row: Int, column: Int) { matrix[row * rowWords + column >> 6] ^= 1 << UInt64(column & 63) }

    /// The number of independent rows.
    var rank: Int { pivots.count }

    /// Eliminates; call once, after the last ``toggle(row:column:)``.
    mutating func factor() {
        var open = Array(0..<rows)
        for column in 0..<columns {
            let (word, bit) = (column >> 6, UInt64(1) << UInt64(column & 63))
            guard let index = open.firstIndex(where: { matrix[$0 * rowWords + word] & bit != 0 }) else { continue }
            let pivot = open[index]
            open[index] = open[open.count - 1]
            open.removeLast()
            let base = multipliers.count
            multipliers.append(contentsOf: repeatElement(0, count: columnWords))
            let source = matrix + pivot * rowWords
            for row in open {
                let target = matrix + row * rowWords
                guard target[word] & bit != 0 else { continue }
                multipliers[base + row >> 6] |= 1 << UInt64(row & 63)
                for position in word..<rowWords { target[position] ^= source[position] }
            }
            pivots.append((pivot, column))
        }
    }

    /// One x with J·x = b, the unknowns without a pivot 0.
    ///
    /// - Parameter right: b, one bit a row in 64-bit words.
    /// - Returns: `columns` bits in 64-bit words, or nil when there is no solution.
    func solve(_ right: [UInt64]) -> [UInt64]? {
        var b = right
        for (index, pivot) in pivots.enumerated() where b[pivot.row >> 6] >> UInt64(pivot.row & 63) & 1 == 1 {
            for word in 0..<columnWords { b[word] ^= multipliers[index * columnWords + word] }
        }
        var x = [UInt64](repeating: 0, count: max(1, rowWords))
        for pivot in pivots.reversed() {
            let row = matrix + pivot.row * rowWords
            var parity = b[pivot.row >> 6] >> UInt64(pivot.row & 63) & 1
            for word in (pivot.column >> 6)..<rowWords { parity ^= UInt64((row[word] & x[word]).nonzeroBitCount & 1) }
            if parity == 1 { x[pivot.column >> 6] |= 1 << UInt64(pivot.column & 63) }
            b[pivot.row >> 6] &= ~(1 << UInt64(pivot.row & 63))
        }
        return b.allSatisfy { $0 == 0 } ? x : nil
    }
}
