// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab

/// Results as JSON on stdout; the format is ``JSONText``'s.
enum JSON {
    /// The text of `value`, with a newline at its end.
    static func text(_ value: some Encodable) throws -> String { try JSONText.encode(value) }

    /// Writes `value` to stdout.
    static func print(_ value: some Encodable) throws { try Console.write(text(value)) }
}
