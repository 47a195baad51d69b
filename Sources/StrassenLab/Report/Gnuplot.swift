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

    /// A string constant of gnuplot's language.
    ///
    /// The text may come from someone else's results, and a script can start programs: a constant ends at a line's end, so no
    /// control character is left, and quotes are doubled scalar by scalar, since `'` may be part of a longer character.
    static func quoted(_ text: String) -> String {
        var constant = "'"
        for scalar in text.onOneLine.unicodeScalars {
            if scalar == "'" { constant.unicodeScalars.append(scalar) }
            constant.unicodeScalars.append(scalar)
        }
        constant.unicodeScalars.append("'")
        return constant
    }

    /// Whether there is a gnuplot on the PATH.
    public static var isInstalled: Bool { Tool.path("gnuplot") != nil }

    /// The program's path.
    ///
    /// - Throws: ``UnavailableError`` when it is not installed.
    @discardableResult
    public static func program() throws -> String {
        guard let program = Tool.path("gnuplot") else {
            throw UnavailableError(
                "gnuplot, which draws plots, is not installed", advice: "apt-get install gnuplot-nox")
        }
        return program
    }

    /// Runs a script and returns the picture.
    ///
    /// gnuplot reads the script from a file: a pipe to a program that has ended already would end this one too.
    ///
    /// - Throws: ``UnavailableError`` when gnuplot is not installed or refuses the script; ``FileSystemError`` when
    ///   there is no room for the script in the temporary folder.
    public static func draw(_ script: String) throws -> [UInt8] {
        let program = try program()
        let result = try inTemporaryFolder { folder in
            let file = folder.appendingPathComponent("plot.gp").path
            try AtomicFile.write(Array(script.utf8), to: file)
            return try Tool.run(program, [file])
        }
        guard result.status == 0, !result.output.isEmpty else {
            let reason = result.errors.trimmed
            throw UnavailableError(
                "\(program) drew no plot: it ended with \(result.status)\(reason.isEmpty ? "" : ": \(reason)")",
                advice: "does `gnuplot --version` work? If so, please report it with the message above")
        }
        return Array(result.output)
    }
}
