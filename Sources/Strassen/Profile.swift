// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// What tuning measured on one machine: block sizes, costs and cutoffs; a value type over `strassen_profile`.
public struct Profile: @unchecked Sendable {  // plain data
    /// The C form, for the few who set single fields (the tuner).
    package var c: strassen_profile

    package init(c: strassen_profile) { self.c = c }

    /// Derived from cache sizes in bytes by the analytical model (Low et al., TOMS 2016); 0: unknown.
    public init(l1d: Int, l2: Int, l3: Int) {
        c = strassen_profile()
        strassen_profile_derive(&c, Int64(l1d), Int64(l2), Int64(l3))
    }

    /// Reads the text form (docs/formats.md).
    public init(text: String) throws {
        var profile = strassen_profile()
        var error = strassen_error()
        let utf8 = Array(text.utf8CString)
        let status = strassen_profile_parse(utf8, utf8.count - 1, &profile, &error)
        guard status == STRASSEN_OK else { throw StrassenError(.format, describe(error)) }
        c = profile
    }

    /// The text form (docs/formats.md).
    ///
    /// - Throws: ``StrassenError`` when a field is out of range, such as a price that is no number.
    public var text: String {
        get throws {
            var copy = c
            return try engineText { strassen_profile_format(&copy, $0, $1, $2) }
        }
    }
}
