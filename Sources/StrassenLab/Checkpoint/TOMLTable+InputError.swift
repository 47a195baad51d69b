// SPDX-License-Identifier: AGPL-3.0-or-later
import TOMLKit

extension TOMLTable {
    /// Reads a TOML text that a person wrote.
    ///
    /// - Throws: ``InputError`` with line and column.
    convenience init(input text: String) throws {
        do {
            try self.init(string: text)
        } catch let error as TOMLParseError {
            throw InputError(
                "not TOML: \(error.description)",
                field: "line \(error.source.begin.line), column \(error.source.begin.column)")
        }
    }
}
