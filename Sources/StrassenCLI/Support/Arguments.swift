// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

extension Precision: ExpressibleByArgument {}
extension Engine: ExpressibleByArgument {}
extension InstructionSet: ExpressibleByArgument {}
extension Distribution: ExpressibleByArgument {}
extension MeasuringClock: ExpressibleByArgument {}
extension ProfiledKernel: ExpressibleByArgument {}

extension Suite.Shape: ExpressibleByArgument {
    public init?(argument: String) { self.init(text: argument) }
}

extension Suite.ThreadCount: ExpressibleByArgument {
    public init?(argument: String) { self.init(text: argument) }

    public var defaultValueDescription: String {
        switch self {
        case .number(let number): "\(number)"
        case .all: "all"
        }
    }

    /// The number here: `all` is what the affinity mask and the cgroup leave.
    var count: Int {
        switch self {
        case .number(let number): number
        case .all: Allowance().threads
        }
    }
}

extension ContenderSpec {
    /// Reads `--engine`'s text; what is wrong with it is a matter of usage.
    static func argument(_ text: String) throws -> ContenderSpec {
        do { return try ContenderSpec(text: text) } catch let error as InputError {
            throw Failure(.usage, "\(error)", advice: "see `strassen bench --help`")
        }
    }
}
