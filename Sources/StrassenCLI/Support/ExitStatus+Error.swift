// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab

extension ExitStatus {
    /// The exit code of any error a subcommand throws; `nil`: the argument parser's business.
    init?(of error: Error) {
        switch error {
        case let failure as Failure: self = failure.status
        case is InputError, is SymmetryError: self = .badInput
        case let search as SearchError: self = ExitStatus(search)
        case is BLASLibrary.OpenError: self = .unavailable
        case is BenchmarkError: self = .failed
        case let file as FileSystemError: self = file.operation == .create ? .cannotCreate : .inputOutput
        case is UnavailableError: self = .unavailable
        case is TopologyError: self = .badInput
        case let engine as StrassenError: self = ExitStatus(engine.status)
        default: return nil
        }
    }

    private init(_ error: SearchError) {
        switch error {
        case .shape, .rank: self = .usage
        case .start: self = .badInput
        case .proof: self = .internalError
        }
    }

    private init(_ status: StrassenError.Status) {
        switch status {
        case .argument, .workspace: self = .usage
        case .format, .notAScheme, .overflow: self = .badInput
        case .unsupported, .memory, .machine: self = .unavailable
        }
    }
}
