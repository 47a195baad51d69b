// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// `--scheme` of the commands that run one product: a scheme for every level.
struct SchemeListOption: ParsableArguments {
    @Option(
        name: .customLong("scheme"),
        help: ArgumentHelp(
            "Schemes by level, outermost first, joined by +; built in, or files.", valueName: "name|file"))
    var text: String?

    /// Names or files, outermost first; empty: the planner's own.
    var names: [String] { text.flatMap(ContenderSpec.schemes(text:)) ?? [] }

    func validate() throws {
        guard let text, ContenderSpec.schemes(text: text) == nil else { return }
        throw ValidationError(
            "--scheme \"\(text)\": expected \(ContenderSpec.schemesExpected), such as strassen+winograd")
    }

    /// Refuses schemes where there is no level to be, or fewer than schemes.
    func check(levels: Int?) throws {
        guard let levels, names.count > levels else { return }
        guard levels > 0 else { throw ValidationError("--scheme: no level is there to use it with --levels 0") }
        throw ValidationError("--scheme names \(names.count) levels, --levels asks for \(levels)")
    }

    /// The schemes, each proved.
    ///
    /// - Throws: What ``SchemeSource`` throws for a name or a file that is no scheme.
    func schemes() throws -> [Scheme] { try names.map(SchemeSource.scheme) }
}
