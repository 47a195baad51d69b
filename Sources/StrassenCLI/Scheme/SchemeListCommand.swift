// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// `strassen scheme list`
struct SchemeListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the built-in schemes, or those of an .npz archive.")

    @Argument(help: "An .npz archive; without it the built-in schemes are listed.") var archive: String?
    @OptionGroup var ring: RingOption
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let sources = try archive.map { path in try SchemeFile.entries(path: path).map { "\(path)#\($0)" } }
        let progress = Progress("proving", total: sources?.count ?? 0)
        let summaries = try (sources ?? Scheme.builtinNames).enumerated().map { index, source in
            progress.update(index, source)
            return SchemeSummary(try SchemeSource(source).load(ring: ring.value))
        }
        Progress.clear()
        if json { return try JSON.print(["schemes": summaries]) }
        var table = Table("name", "shape", "holds over", ">non-zeros", ">additions", ">shared")
        for scheme in summaries {
            table.add(
                scheme.name, "⟨\(scheme.shape.map(String.init).joined(separator: ","));\(scheme.rank)⟩",
                scheme.rings.joined(separator: " "), "\(scheme.nonzeros)", "\(scheme.additions)",
                scheme.sharedAdditions.map { "\($0)" } ?? "–")
        }
        try Console.write(table.plain)
    }
}
