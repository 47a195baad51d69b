// SPDX-License-Identifier: AGPL-3.0-or-later

/// Names of matrix entries in text: `a11`, or `a3_10` where a row or column passes 9.
struct EntryName {
    let letter: String

    init(_ letter: String) { self.letter = letter }

    /// Name of the row-major entry `index` of a matrix.
    func text(index: Int, columns: Int) -> String { text(row: index / columns, column: index % columns) }

    /// - Parameters: count from 0.
    func text(row: Int, column: Int) -> String {
        row < 9 && column < 9 ? "\(letter)\(row + 1)\(column + 1)" : "\(letter)\(row + 1)_\(column + 1)"
    }

    /// Row and column, from 0, of what follows the letter: `12`, `3_10`.
    static func parse(_ digits: Substring) -> (row: Int, column: Int)? {
        let parts = digits.split(separator: "_", omittingEmptySubsequences: false)
        let texts: [Substring]
        switch parts.count {
        case 1 where digits.count == 2: texts = [digits.prefix(1), digits.suffix(1)]
        case 2: texts = parts
        default: return nil
        }
        let numbers = texts.compactMap { $0.allSatisfy(\.isASCII) ? Int($0) : nil }
        guard numbers.count == 2, numbers.allSatisfy({ (1...SchemeCandidate.maximumSide).contains($0) }) else {
            return nil
        }
        return (numbers[0] - 1, numbers[1] - 1)
    }
}
