// SPDX-License-Identifier: AGPL-3.0-or-later

/// `m k n rank`, then U, V and the W of Cᵀ as three lines of numbers, row by row.
enum PlainTextFormat {
    static func read(_ bytes: [UInt8], name: String) throws -> SchemeCandidate {
        var scanner = TextScanner(bytes)
        let sides = try ["m", "k", "n"].map { try scanner.size($0, limit: SchemeCandidate.maximumSide) }
        let rank = try scanner.size("the rank", limit: SchemeCandidate.maximumRank)
        let (m, k, n) = (sides[0], sides[1], sides[2])
        let tables = try [m * k, k * n, m * n].map { width in
            try (0..<rank).map { _ in try (0..<width).map { _ in try scanner.number() } }
        }
        guard scanner.isAtEnd() else { throw scanner.unexpected("the end of the file") }
        return try SchemeCandidate(name: name, m: m, k: k, n: n, tables: tables, preferred: .transposedC)
    }

    static func write(_ scheme: Scheme) -> String {
        let w = reordered(scheme.rows(of: .w), columns: scheme.n, rows: scheme.m)
        let lines = [scheme.rows(of: .u), scheme.rows(of: .v), w].map { table in
            table.joined().map(\.description).joined(separator: " ")
        }
        return "\(scheme.m) \(scheme.k) \(scheme.n) \(scheme.rank)\n" + lines.joined(separator: "\n") + "\n"
    }
}
