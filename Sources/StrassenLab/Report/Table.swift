// SPDX-License-Identifier: AGPL-3.0-or-later

/// Rows of text under headings; the one way the project renders tables.
public struct Table: Sendable, Equatable {
    public enum Alignment: Sendable { case left, right }
    public struct Column: Sendable, Equatable {
        public let title: String
        public let alignment: Alignment
    }

    public let columns: [Column]
    public private(set) var rows: [[String]] = []

    /// Columns whose title starts with `>` are right-aligned (numbers); the sign is not shown.
    public init(_ titles: String...) { self.init(titles) }

    public init(_ titles: [String]) {
        columns = titles.map {
            $0.hasPrefix(">")
                ? Column(title: String($0.dropFirst()), alignment: .right) : Column(title: $0, alignment: .left)
        }
    }

    /// Adds a row; missing cells at the end stay empty.
    ///
    /// - Precondition: not more cells than columns.
    public mutating func add(_ cells: String...) { add(cells) }

    public mutating func add(_ cells: [String]) {
        precondition(cells.count <= columns.count, "a row has at most as many cells as the table has columns")
        rows.append(cells + Array(repeating: "", count: columns.count - cells.count))
    }

    /// Aligned with two spaces between columns, a line of `-` under the headings, no trailing blanks.
    public var plain: String {
        let widths = self.widths(escape: { $0 })
        let line = { (cells: [String]) in
            var text = ""
            for (index, cell) in cells.enumerated() {
                text += (index > 0 ? "  " : "") + self.pad(cell, to: widths[index], self.columns[index].alignment)
            }
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
        return ([line(columns.map(\.title)), rule] + rows.map(line)).joined(separator: "\n") + "\n"
    }

    /// GitHub's Markdown, aligned in the source too.
    public var markdown: String {
        let escape = { (cell: String) in cell.onOneLine.replacing("|", with: "\\|") }
        let widths = self.widths(escape: escape).map { max($0, 3) }
        let line = { (cells: [String]) in
            "| "
                + cells.enumerated().map { self.pad(escape($1), to: widths[$0], self.columns[$0].alignment) }
                .joined(separator: " | ") + " |"
        }
        let rule =
            "| "
            + columns.enumerated().map { index, column in
                column.alignment == .right
                    ? String(repeating: "-", count: widths[index] - 1) + ":"
                    : String(repeating: "-", count: widths[index])
            }.joined(separator: " | ") + " |"
        return ([line(columns.map(\.title)), rule] + rows.map(line)).joined(separator: "\n") + "\n"
    }

    /// RFC 4180 with `\n` line ends.
    public var csv: String {
        let field = { (cell: String) in
            cell.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
                ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
        }
        return ([columns.map(\.title)] + rows).map { $0.map(field).joined(separator: ",") }.joined(separator: "\n")
            + "\n"
    }

    private func widths(escape: (String) -> String) -> [Int] {
        columns.enumerated().map { index, column in
            rows.reduce(column.title.count) { max($0, escape($1[index]).count) }
        }
    }

    private func pad(_ cell: String, to width: Int, _ alignment: Alignment) -> String {
        let blanks = String(repeating: " ", count: max(0, width - cell.count))
        return alignment == .right ? blanks + cell : cell + blanks
    }
}

extension String {
    /// The text with a blank in place of every control character and line separator, "\r\n" among them, which is one character.
    var onOneLine: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .lineSeparator, .paragraphSeparator: " "
                    default: scalar
                    }
                }))
    }
}
