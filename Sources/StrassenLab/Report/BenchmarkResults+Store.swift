// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

extension BenchmarkResults {
    /// Keeps the run as `FOLDER/MACHINE/NAME-DATE.json` with its table (`.md`) and plot (`.svg`, where gnuplot is).
    ///
    /// - Returns: The paths written.
    public func store(in folder: String, name: String) throws -> [String] {
        let home = URL(fileURLWithPath: folder).appendingPathComponent(Self.slug(machine.cpu))
        do { try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true) } catch {
            throw FileSystemError(operation: .create, path: home.path, reason: error.localizedDescription)
        }
        let base = home.appendingPathComponent("\(name)-\(created.prefix(10))").path
        var files = [
            (base + ".json", Array(try JSONText.encode(self).utf8)),
            (base + ".md", Array(BenchmarkReport([self]).markdown(plots: [URL(fileURLWithPath: base + ".svg").lastPathComponent]).utf8)),
        ]
        let plot = BenchmarkPlot(self)
        if !plot.isEmpty { files.append((base + ".svg", try Gnuplot.draw(plot.script(.svg)))) }
        for (path, bytes) in files { try AtomicFile.write(bytes, to: path) }
        return files.map(\.0)
    }

    /// `"amd-epyc-7763-64-core-processor"`: lower case letters, digits and single dashes.
    static func slug(_ text: String) -> String {
        let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.isEmpty ? "unknown" : words.joined(separator: "-")
    }
}
