// SPDX-License-Identifier: AGPL-3.0-or-later

/// Linear equations over GF(2), added one at a time and kept in echelon form, so that a contradiction shows at once.
struct LinearSystemGF2 {
    let unknowns: Int
    private let words: Int
    /// Row with leading unknown c at `rows[start[c]..<start[c]+words]`; bit `unknowns` is the right-hand side.
    private var rows: [UInt64] = []
    private var start: [Int]
    private var scratch: [UInt64]

    init(unknowns: Int) {
        self.unknowns = unknowns
        words = (unknowns + 64) / 64
        start = [Int](repeating: -1, count: unknowns)
        scratch = [UInt64](repeating: 0, count: words)
    }

    /// Adds Σ x[i] = `value` over `indices`; an index that comes twice cancels.
    ///
    /// - Returns: False when the equation contradicts the earlier ones.
    mutating func add(_ indices: some Sequence<Int>, equals value: Bool) -> Bool {
        for word in 0..<words { scratch[word] = 0 }
        for index in indices { scratch[index >> 6] ^= 1 << UInt64(index & 63) }
        if value { scratch[unknowns >> 6] ^= 1 << UInt64(unknowns & 63) }
        var word = 0
        while word < words {
            guard scratch[word] != 0 else {
                word += 1
                continue
            }
            let column = word * 64 + scratch[word].trailingZeroBitCount
            if column == unknowns { return false }
            if start[column] < 0 {
                start[column] = rows.count
                rows.append(contentsOf: scratch)
                return true
            }
            reduce(from: start[column], firstWord: word)
        }
        return true
    }

    private mutating func reduce(from offset: Int, firstWord: Int) {
        rows.withUnsafeBufferPointer { rows in
            scratch.withUnsafeMutableBufferPointer { scratch in
                for word in firstWord..<words { scratch[word] ^= rows[offset + word] }
            }
        }
    }

    /// Unknowns that the equations leave open.
    var freedom: Int { start.lazy.filter { $0 < 0 }.count }

    /// A solution; `free` chooses the unknowns that are left open.
    func solution(free: () -> Bool) -> [Bool] {
        var bits = [UInt64](repeating: 0, count: words)
        bits[unknowns >> 6] |= 1 << UInt64(unknowns & 63)
        for column in stride(from: unknowns - 1, through: 0, by: -1) {
            let offset = start[column]
            let value: Bool
            if offset < 0 {
                value = free()
            } else {
                var parity = UInt64(0)
                for word in (column >> 6)..<words { parity ^= rows[offset + word] & bits[word] }
                value = parity.nonzeroBitCount & 1 == 1
            }
            if value { bits[column >> 6] |= 1 << UInt64(column & 63) }
        }
        return (0..<unknowns).map { bits[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 }
    }
}
