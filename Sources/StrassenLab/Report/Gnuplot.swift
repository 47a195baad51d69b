// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Draws pictures by the gnuplot program.
public enum Gnuplot {
    public enum Terminal: String, Sendable, CaseIterable {
        case svg, png

        /// The `set terminal` line, sizes in pixels.
        func command(width: Int, height: Int) -> String {
            switch self {
            case .svg: "set terminal svg size \(width),\(height) dynamic background '#ffffff' font 'sans,12'"
            case .png: "set terminal pngcairo size \(width),\(height) font 'sans,10'"
            }
        }
    }

    /// gnuplot is missing or refused a script.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    /// A string constant of gnuplot's language.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''").replacing("\n", with: " ") + "'"
    }

    /// Runs a script and returns the picture.
    ///
    /// - Throws: ``Failure`` when gnuplot is not installed or refuses the script.
    public static func draw(_ script: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = try program()
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
        do { try process.run() } catch { throw Failure(description: "gnuplot cannot be started: \(error)") }
        input.fileHandleForWriting.write(Data(script.utf8))
        try? input.fileHandleForWriting.close()
        let picture = output.fileHandleForReading.readDataToEndOfFile()
        let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0, !picture.isEmpty else {
            throw Failure(description: "gnuplot refused the script: \(message)")
        }
        return Array(picture)
    }

    /// The program on the PATH.
    private static func program() throws -> URL {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        guard let path = folders.map({ "\($0)/gnuplot" }).first(where: FileManager.default.isExecutableFile(atPath:))
        else {
            throw Failure(description: "gnuplot is not installed; on Debian: apt-get install gnuplot-nox")
        }
        return URL(fileURLWithPath: path)
    }
}
