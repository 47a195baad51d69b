// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Where text goes: data to stdout, everything else to stderr.
enum Console {
    enum Style: String { case bold = "1", dim = "2", red = "31", green = "32", yellow = "33" }

    /// Whether stderr is a terminal, so that a progress bar makes sense.
    static let isInteractive = isatty(STDERR_FILENO) != 0 && environment("TERM") != "dumb"

    /// Writes data to stdout.
    ///
    /// - Throws: ``Failure`` when data is lost (a full disk, a closed descriptor).
    static func write(_ text: String) throws {
        guard put(text, to: STDOUT_FILENO) else {
            throw Failure(
                .inputOutput, "standard output: cannot write: \(String(cString: strerror(errno)))",
                advice: "free some space or write to another place")
        }
    }

    /// Writes one line of log to stderr, behind a finished progress line.
    static func note(_ text: String) {
        Progress.clear()
        _ = put(text + "\n", to: STDERR_FILENO)
    }

    /// Writes all of `text`; false when the system refuses.
    static func put(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    /// A line of advice: yellow on a terminal.
    static func warn(_ text: String) { note(style("note: ", .yellow, on: STDERR_FILENO) + text) }

    /// `text` in a style, if the stream is a terminal and the user has not set NO_COLOR.
    static func style(_ text: String, _ style: Style, on descriptor: Int32 = STDOUT_FILENO) -> String {
        guard isatty(descriptor) != 0, environment("TERM") != "dumb", environment("NO_COLOR") ?? "" == "" else {
            return text
        }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }

    private static func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
}
