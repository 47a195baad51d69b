// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

extension BenchmarkResults {
    /// What ``store(in:name:)`` wrote.
    public struct Stored {
        public fileprivate(set) var paths: [String]
        /// Why there is no plot although gnuplot is installed.
        public fileprivate(set) var plotFailure: (any Error)?
    }

    /// Finds out before a long run whether this machine's folder below `folder` can be made and written to.
    ///
    /// - Throws: ``FileSystemError``; what ``MachineInfo/current()`` throws.
    public static func checkStore(in folder: String) throws {
        try OutputFolder.check(home(in: folder, of: .current()).path)
    }

    private static func home(in folder: String, of machine: MachineInfo) -> URL {
        URL(fileURLWithPath: folder).appendingPathComponent(slug(machine))
    }

    /// Keeps the run as `FOLDER/MACHINE/NAME-DATE.json` with its table (`.md`) and plot (`.svg`, where gnuplot is);
    /// a second run of a day gets `-2` behind the date, and so on: no result is overwritten.
    ///
    /// - Throws: ``FileSystemError``; what keeps gnuplot from drawing is returned, for the numbers are kept without it.
    public func store(in folder: String, name: String) throws -> Stored {
        let home = Self.home(in: folder, of: machine)
        try OutputFolder.create(home.path)
        let base = Self.free(home.appendingPathComponent("\(name)-\(created.prefix(10))").path)
        var stored = Stored(paths: [base + ".json", base + ".md"])
        try AtomicFile.write(Array(try JSONText.encode(self).utf8), to: stored.paths[0])
        try writeTable(to: stored.paths[1])
        let plot = BenchmarkPlot(self)
        guard !plot.isEmpty, Gnuplot.isInstalled else { return stored }
        do {
            try AtomicFile.write(Gnuplot.draw(plot.script(.svg)), to: base + ".svg")
            stored.paths.append(base + ".svg")
            try writeTable(to: stored.paths[1], plot: (base as NSString).lastPathComponent + ".svg")
        } catch { stored.plotFailure = error }
        return stored
    }

    /// Writes the Markdown of this run; `plot`: the name of the picture it shows.
    private func writeTable(to path: String, plot: String = "") throws {
        try AtomicFile.write(Array(BenchmarkReport([self]).markdown(plots: [plot]).utf8), to: path)
    }

    /// The path, or with the first number behind it under which no run is kept yet.
    private static func free(_ path: String) -> String {
        let taken = { FileManager.default.fileExists(atPath: $0 + ".json") }
        return taken(path) ? path + "-\((2...).first { !taken(path + "-\($0)") }!)" : path
    }

    /// The CPU and its best instruction set, since a virtual machine's name may stand for many: `"amd-epyc-avx512"`, lower
    /// case letters, digits and single dashes.
    static func slug(_ machine: MachineInfo) -> String {
        "\(machine.cpu) \(machine.isas.max()?.rawValue ?? "")".lowercased()
            .split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "-")
    }
}
