// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab

/// Whether matrices fit in memory, found out before anything is measured.
enum MemoryCheck {
    /// - Parameters:
    ///   - bytes: Of the matrices.
    ///   - what: The problem, for the error.
    /// - Throws: ``Failure`` when less memory is free.
    static func require(_ bytes: Int, for what: String) throws {
        guard let free = Allowance().memoryBytes, bytes > free else { return }
        let needed = (bytes == .max ? "more than " : "") + Format.bytes(bytes)
        throw Failure(
            .unavailable, "\(what) needs \(needed) for its matrices, \(Format.bytes(free)) are free",
            advice: "choose smaller sizes or float32")
    }
}
