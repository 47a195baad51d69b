// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// What the C engine refused, with its status and what was being done.
public struct StrassenError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The engine's status code, unchanged.
    public enum Status: Int32, Sendable {
        case argument = 1, memory, overflow, format, notAScheme, unsupported, workspace, machine
    }

    /// What kind of refusal.
    public let status: Status
    /// What was wrong and where, in one sentence.
    public let message: String

    public init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }

    public var description: String { message }
}

/// Throws unless `status` is OK; `context` says what was being done.
func check(_ status: strassen_status, _ context: @autoclosure () -> String) throws {
    guard status != STRASSEN_OK else { return }
    let code = StrassenError.Status(rawValue: Int32(status.rawValue)) ?? .argument
    throw StrassenError(code, "\(context()): \(String(cString: strassen_status_string(status)))")
}

/// Reads a text that the engine writes into a caller's buffer (the two-call convention of `strassen.h`).
func engineText(_ write: (UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<Int>) -> strassen_status) throws
    -> String
{
    var length = 0
    try check(write(nil, 0, &length), "sizing a text")
    var buffer = [CChar](repeating: 0, count: length + 1)
    try buffer.withUnsafeMutableBufferPointer { try check(write($0.baseAddress, $0.count, &length), "writing a text") }
    return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// The message of a `strassen_error`, with its place when it has one.
func describe(_ error: strassen_error) -> String {
    let message = withUnsafeBytes(of: error.message) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return error.line > 0 ? "line \(error.line), column \(error.column): \(message)" : message
}
