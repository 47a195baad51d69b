// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// `strassen scheme compose`
struct SchemeComposeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose", abstract: "Kronecker product A ⊗ B: A on blocks, B inside; proved.")

    @Argument(help: "Outer scheme: built-in name or file.") var outer: String
    @Argument(help: "Inner scheme.") var inner: String
    @OptionGroup var result: SchemeOutput
    @Flag(help: "Print one JSON object about the result.") var json = false

    func run() throws {
        let target = try result.target()
        let product = try SchemeSource.scheme(outer).composed(with: SchemeSource.scheme(inner))
        let scheme = try result.name.map(product.renamed) ?? product
        let proved = try ImportedScheme(proving: scheme, over: .rationals)
        try target?.write(scheme)
        if json { return try JSON.print(SchemeSummary(proved)) }
        guard let target else { return try Console.write(scheme.text) }
        Console.note("\(target.path): \(scheme.name) \(scheme.shape), \(proved.report.equations) equations hold")
    }
}
