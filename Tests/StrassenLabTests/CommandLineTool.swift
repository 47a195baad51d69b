// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Runs the built `strassen` for end-to-end tests.
enum CommandLineTool {
    struct Outcome {
        let status: Int32
        let output, errors: String
    }

    /// The program that the tests' build made.
    static var url: URL {
        Bundle.module.bundleURL.deletingLastPathComponent().appendingPathComponent("strassen")
    }

    /// Runs `strassen` with these arguments, without a terminal, in `folder`.
    ///
    /// - Parameters:
    ///   - environment: Variables that differ from this process's; nil: not set.
    ///   - meanwhile: Called while it runs.
    static func run(
        _ arguments: [String], in folder: URL? = nil, environment: [String: String?] = [:],
        meanwhile: (Process) -> Void = { _ in }
    ) throws -> Outcome {
        try inTemporaryFolder { scratch in
            let process = Process()
            process.executableURL = url
            process.arguments = arguments
            process.currentDirectoryURL = folder ?? scratch
            process.environment = environment.reduce(into: ProcessInfo.processInfo.environment) {
                $0[$1.key] = $1.value
            }
            let files = try ["out", "err"].map { name in
                let url = scratch.appendingPathComponent(name)
                try Data().write(to: url)
                return url
            }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: files[0])
            process.standardError = try FileHandle(forWritingTo: files[1])
            try process.run()
            meanwhile(process)
            process.waitUntilExit()
            let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
            return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
        }
    }

    /// Calls `body` with a new folder that is removed afterwards.
    static func inTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("strassen-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
