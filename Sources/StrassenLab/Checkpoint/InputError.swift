// SPDX-License-Identifier: AGPL-3.0-or-later

/// Input that is not what it should be: where, what was found or expected, and what to do next.
///
/// The command line ends with exit code 65 on it.
public struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Path of the file; readers that work on memory leave it to their caller (``in(_:)``).
    public var file: String?
    /// Place inside the file, such as `data.pkl, byte 45` or `entry "W"`.
    public var field: String?
    /// What is wrong and what was expected, one sentence without a final stop.
    public var message: String
    /// What to try next.
    public var advice: String?

    public init(_ message: String, field: String? = nil, advice: String? = nil, file: String? = nil) {
        (self.file, self.field, self.message, self.advice) = (file, field, message, advice)
    }

    public var description: String {
        let place = [file, field].compactMap { $0 }.joined(separator: ": ")
        return (place.isEmpty ? message : "\(place): \(message)") + (advice.map { "\n  \($0)" } ?? "")
    }

    /// The same error with the file named, unless it is named already.
    public func `in`(_ file: String) -> InputError {
        var copy = self
        copy.file = self.file ?? file
        return copy
    }

    /// The same error with `place` before its field.
    func within(_ place: String) -> InputError {
        var copy = self
        copy.field = field.map { "\(place), \($0)" } ?? place
        return copy
    }
}

/// The operating system refused to read or write.
public struct FileSystemError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Operation: Sendable { case create, read, write }
    public let operation: Operation
    public let path: String
    /// What the system said.
    public let reason: String

    public var description: String {
        switch operation {
        case .create: "\(path): cannot create it: \(reason)"
        case .read: "\(path): cannot read it: \(reason)"
        case .write: "\(path): cannot write it: \(reason)"
        }
    }
}
