// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab

/// Plots as files, their format by the name's end.
enum PictureFile {
    /// - Throws: ``Failure`` for another ending than .svg and .png.
    static func terminal(of path: String) throws -> Gnuplot.Terminal {
        guard let terminal = Gnuplot.Terminal.allCases.first(where: { path.lowercased().hasSuffix("." + $0.rawValue) })
        else { throw Failure(.usage, "\(path): expected a name that ends in .svg or .png") }
        return terminal
    }

    /// Finds out before the measurement what would keep its picture from being drawn or written.
    static func check(_ path: String) throws {
        _ = try terminal(of: path)
        try OutputFile.check(path)
        try Gnuplot.program()
    }

    /// - Parameter script: A plot's script for a terminal.
    static func write(_ script: (Gnuplot.Terminal) -> String, to path: String) throws {
        try AtomicFile.write(Gnuplot.draw(script(terminal(of: path))), to: path)
        Console.note("wrote \(path)")
    }
}
