// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// `strassen scheme convert`
struct SchemeConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Reads a scheme in one format, proves it, and writes it in another.",
        discussion: """
            Formats go by the ends of the names: .scheme, .json, _reduced.json, .npz, .m, .exp, .txt, .mpl, .eq, and .tex \
            for writing. Whether C is transposed, and whether rows or columns are products, is found by the exact check.
            """)

    @Argument(help: "Built-in name or file.") var input: String
    @Argument(help: "File to write, or - for stdout.") var output: String
    @Option(help: "Format of the input.") var from: SchemeFormat?
    @Option(help: "Format of the output.") var to: SchemeFormat?
    @Option(help: "Name of the scheme in the output.") var name: String?
    @OptionGroup var ring: RingOption
    @Flag(help: "Share sums in .eq (in _reduced.json they always are).") var shared = false
    @Flag(help: "Print one JSON object about the scheme.") var json = false

    func run() throws {
        let format = try outputFormat()
        let imported = try SchemeSource(input).load(format: from, ring: ring.value)
        let scheme = try name.map(imported.scheme.renamed) ?? imported.scheme
        let programs = shared || format == .reduced ? AdditionReduction.reduce(scheme) : nil
        let bytes = try SchemeFile.bytes(of: scheme, format: format, programs: programs, mod2: imported.isMod2Only)
        if output == "-" { return try Console.write(String(decoding: bytes, as: UTF8.self)) }
        try AtomicFile.write(bytes, to: output)
        if imported.isMod2Only && ![.scheme, .json, .reduced].contains(format) {
            Console.warn("\(output) cannot say that the scheme holds only mod 2; .scheme and .json do")
        }
        if json {
            return try JSON.print(
                Converted(
                    scheme: SchemeSummary(imported, name: scheme.name), convention: imported.convention.description,
                    output: output))
        }
        Console.note(
            "\(output): \(scheme.name) \(scheme.shape), \(imported.report.equations) equations hold over "
                + "\(imported.report.rings.names.joined(separator: ", ")) (input: \(imported.convention))")
    }

    /// The format to write, once the flags are known to agree with it.
    private func outputFormat() throws -> SchemeFormat {
        guard let format = to ?? SchemeFormat(path: output) else {
            let names = SchemeFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(
                .usage, "\(output): the format is not known from the name", advice: "add --to with one of \(names)")
        }
        if output == "-" && format == .npz { throw Failure(.usage, "an .npz archive is not text: name a file") }
        if output == "-" && json { throw Failure(.usage, "--json and the scheme cannot both go to stdout") }
        if shared && format != .eq && format != .reduced {
            throw Failure(.usage, "--shared: only .eq and _reduced.json have a place for shared sums")
        }
        return format
    }

    private struct Converted: Encodable {
        let scheme: SchemeSummary
        let convention, output: String
    }
}
