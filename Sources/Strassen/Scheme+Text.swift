// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

extension Scheme {
    /// Reads the `.scheme` text format (docs/formats.md).
    ///
    /// - Throws: ``StrassenError`` with line, column and what was expected.
    public init(text: String) throws {
        var pointer: OpaquePointer?
        var error = strassen_error()
        let utf8 = Array(text.utf8CString)
        let status = strassen_scheme_parse(utf8, utf8.count - 1, &pointer, &error)
        guard status == STRASSEN_OK, let pointer else {
            throw StrassenError(StrassenError.Status(rawValue: Int32(status.rawValue)) ?? .format, describe(error))
        }
        self.init(adopting: pointer)
    }

    /// The `.scheme` text of this scheme; reading it back gives an equal scheme.
    public var text: String {
        get throws { try engineText { strassen_scheme_format(storage.pointer, $0, $1, $2) } }
    }
}
