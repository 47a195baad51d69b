// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// `strassen verify`: is this an algorithm, and what is it like?
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Makes a checkpoint's factors exact, proves them, and shows what they are like.",
        discussion: """
            Reads trained factors (.pt, .safetensors, .npz, .json) or a scheme in any format, or takes a built-in name. Factors \
            are rounded to -1, 0, 1, in the bases they have (round) or, for 2x2, after the change of bases that undoes training's \
            freedom (gauge); the first that proves ends it. Known coefficients are never substituted. The proof is that of all \
            Brent equations in exact integers. Exit code 1 when nothing was proved.
            """)

    @Argument(help: "Checkpoint or scheme: a file, FILE.npz#m,k,n, or a built-in name.") var file: String
    @Option(help: "round or gauge; by default round, then gauge.") var method: DiscretizationMethod?
    @Option(name: .shortAndLong, help: "Where to write the proved scheme, format by the name.") var output: String?
    @Option(help: "Name of the proved scheme. Default: that of the file's scheme, else learned.") var name: String?
    @Flag(inversion: .prefixedNo, help: "Expand to 2, 4, … 64 in float32, float64 and exact numbers.") var expansion =
        true
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let format = try output.map(SchemeFormat.init(output:))
        let methods = method.map { [$0] } ?? [.round, .gauge]
        let report = try VerificationReport(specimen(), methods: methods, name: name ?? "learned", expanding: expansion)
        if json { try JSON.print(report) } else { try Console.write(VerifyText.report(report)) }
        guard report.proved, let scheme = report.scheme else {
            if let output { Console.warn("\(output) was not written: nothing was proved") }
            throw ExitCode(ExitStatus.failed.rawValue)
        }
        if let output, let format {
            try SchemeFile.write(scheme, to: output, format: format)
            Console.note("\(output): \(scheme.name) \(scheme.shape), proved")
        }
    }

    private func specimen() throws -> Specimen {
        let specimen: Specimen =
            switch try SchemeSource(file) {
            case .builtin(let name): .scheme(try .builtin(name))
            case .file(let path, let entry): try Specimen(contentsOf: path, entry: entry)
            }
        guard case .scheme(let scheme) = specimen else { return specimen }
        guard method == nil else {
            throw Failure(.usage, "--method: \(file) is exact, there is nothing to round", advice: "leave it out")
        }
        guard let name else { return specimen }
        return .scheme(try scheme.renamed(name))
    }
}

extension DiscretizationMethod: ExpressibleByArgument {}
