// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

extension BenchmarkResults {
    /// Keeps the run as `FOLDER/MACHINE/NAME-DATE.json` with its table (`.md`) and plot (`.svg`, where gnuplot is);
    /// a second run of a day gets `-2` behind the date, and so on: no result is overwritten.
    ///
    /// - Returns: The paths written.
    public func store(in folder: String, name: String) throws -> [String] {
        let home = URL(fileURLWithPath: folder).appendingPathComponent(Self.slug(machine))
        try OutputFolder.create(home.path)
        let base = Self.free(home.appendingPathComponent("\(name)-\(created.prefix(10))").path)
        let plot = BenchmarkPlot(self)
        let picture = plot.isEmpty ? nil : try? Gnuplot.draw(plot.script(.svg))
        let link = picture == nil ? "" : (base as NSString).lastPathComponent + ".svg"
        let report = BenchmarkReport([self]).markdown(plots: [link])
        var files = [
            (base + ".json", Array(try JSONText.encode(self).utf8)), (base + ".md", Array(report.utf8)),
        ]
        if let picture { files.append((base + ".svg", picture)) }
        for (path, bytes) in files { try AtomicFile.write(bytes, to: path) }
        return files.map(\.0)
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
