// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// `strassen scheme`: schemes as data.
struct SchemeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scheme",
        abstract: "Lists, shows, converts, composes, compares and sparsifies schemes.",
        discussion: """
            A scheme is the name of a built-in one or a file: .scheme, .json (FastMatrixMultiplication, full or reduced), \
            .npz (AlphaTensor; FILE#m,k,n chooses one), .m, .exp, .txt, .mpl, .eq. Every scheme is proved by the Brent \
            equations in exact integers before anything is done with it; conventions are found by the same check.
            """,
        subcommands: [
            SchemeListCommand.self, SchemeShowCommand.self, SchemeConvertCommand.self, SchemeComposeCommand.self,
            SchemeEquivalentCommand.self, SchemeSparsifyCommand.self,
        ])
}

/// Over which ring the schemes of a command must hold.
struct RingOption: ParsableArguments {
    @Option(name: .customLong("ring"), help: "q: over the rationals; gf2: mod 2 is enough, and is said in the output.")
    var value: ImportRing = .rationals
}

extension ImportRing: ExpressibleByArgument {}
extension SchemeFormat: ExpressibleByArgument {}

/// What every subcommand says about a scheme in JSON.
struct SchemeSummary: Encodable {
    let name: String
    let shape: [Int]
    let rank: Int
    /// Rings over which the equations hold: "z", "q", "gf2".
    let rings: [String]
    let nonzeros: Int
    /// Of one level without shared sums, and with those that a greedy search finds; `nil` where that would take long.
    let additions: Int
    let sharedAdditions: Int?

    /// - Parameter name: Another one than it was read with.
    init(_ imported: ImportedScheme, name: String? = nil) {
        let scheme = imported.scheme
        self.name = name ?? scheme.name
        shape = [scheme.m, scheme.k, scheme.n]
        rank = scheme.rank
        rings = imported.report.rings.names
        nonzeros = scheme.nonzeros
        additions = scheme.plainAdditions
        sharedAdditions = nonzeros > 2_000 ? nil : AdditionReduction.reduce(scheme).additions
    }
}
