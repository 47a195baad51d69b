// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// `strassen scheme show`
struct SchemeShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Proves a scheme and shows its facts and equations.")

    @Argument(help: "Built-in name or file.") var scheme: String
    @OptionGroup var ring: RingOption
    @Flag(help: "Write the equations with shared sums.") var shared = false
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let imported = try SchemeSource(scheme).load(ring: ring.value)
        let programs = shared ? AdditionReduction.reduce(imported.scheme) : nil
        let equations = SchemeEquations(imported.scheme, programs: programs)
        let summary = SchemeSummary(imported)
        if json {
            return try JSON.print(
                Shown(scheme: summary, convention: imported.convention.description, equations: equations.lines))
        }
        let facts = [
            ("scheme", "\(summary.name) \(imported.scheme.shape)"),
            (
                "proved",
                "\(imported.report.equations) Brent equations hold over \(summary.rings.joined(separator: ", "))"
            ),
            ("convention", imported.convention.description), ("non-zeros", "\(summary.nonzeros)"),
            ("additions", "\(summary.additions)" + (summary.sharedAdditions.map { "; \($0) with shared sums" } ?? "")),
        ]
        let lines = facts.map { $0.0.padding(toLength: 12) + $0.1 }
        try Console.write((lines + [""] + equations.lines).joined(separator: "\n") + "\n")
        if imported.isMod2Only { Console.warn("this scheme holds only mod 2: it cannot multiply real matrices") }
    }

    private struct Shown: Encodable {
        let scheme: SchemeSummary
        let convention: String
        let equations: [String]
    }
}

extension String {
    /// The text followed by blanks up to `length` characters.
    fileprivate func padding(toLength length: Int) -> String {
        self + String(repeating: " ", count: max(0, length - count))
    }
}
