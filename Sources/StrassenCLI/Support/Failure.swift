// SPDX-License-Identifier: AGPL-3.0-or-later

/// Exit codes of every subcommand (sysexits.h's, plus 1 for a comparison or proof that failed).
enum ExitStatus: Int32 {
    /// A verification or comparison failed.
    case failed = 1
    case usage = 64
    case badInput = 65
    /// A facility is missing: no PMU, no such library.
    case unavailable = 69
    case internalError = 70
    case cannotCreate = 73
    case inputOutput = 74
    /// The machine is too noisy to measure.
    case tooNoisy = 75
}

/// An error of the command line itself: what is wrong with which file and field, what was expected, what to try next.
struct Failure: Error, CustomStringConvertible {
    let status: ExitStatus
    let message: String
    /// The next command or change to try; `nil` only where the message says it.
    let advice: String?

    init(_ status: ExitStatus, _ message: String, advice: String? = nil) {
        (self.status, self.message, self.advice) = (status, message, advice)
    }

    var description: String { message + (advice.map { "\n  \($0)" } ?? "") }
}
