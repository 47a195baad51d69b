// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// `strassen scheme equivalent`
struct SchemeEquivalentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "equivalent", abstract: "Says whether two schemes are the same algorithm, and what shows it.",
        discussion: """
            The same algorithm: a symmetry of matrix multiplication (other bases, another order, other scales, cyclic \
            exchange, transposition) turns A into B; the transformation is printed. Different: an invariant differs; it is \
            named. For <2,2,2;7> the answer is always decided, else it may be that only the invariants agree.
            Exit code 0: the same; 1: different or undecided.
            """)

    @Argument(help: "Built-in name or file.") var first: String
    @Argument(help: "The scheme to compare with.") var second: String
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let schemes = try [first, second].map(SchemeSource.scheme)
        let equivalence = try schemes[0].equivalence(to: schemes[1])
        if json {
            try JSON.print(Verdict(schemes: schemes.map(\.name), equivalence))
        } else {
            try Console.write("\(schemes[0].name) and \(schemes[1].name): \(equivalence)\n")
        }
        if equivalence.isEquivalent != true { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    /// What JSON says.
    private struct Verdict: Encodable {
        let schemes: [String]
        /// "same", "different", "undecided".
        let verdict: String
        let reason: String
        let transform: Transform?

        init(schemes: [String], _ equivalence: Equivalence) {
            self.schemes = schemes
            verdict = equivalence.isEquivalent.map { $0 ? "same" : "different" } ?? "undecided"
            reason = equivalence.description
            if case .transformed(let found) = equivalence { transform = Transform(found) } else { transform = nil }
        }
    }

    /// A transformation, numbers as exact text.
    private struct Transform: Encodable {
        let symmetry: String
        /// U → PᵀUQ⁻ᵀ, V → QᵀVR⁻ᵀ, W → P⁻¹WR; row-major.
        let p, q, r: [String]
        /// Product i of the second scheme comes from product `order[i]` of the first, its factors scaled.
        let order: [Int]
        let scales: [[String]]

        init(_ transform: SchemeTransform) {
            symmetry = transform.symmetry.rawValue
            (p, q, r) = (texts(transform.p), texts(transform.q), texts(transform.r))
            order = transform.order
            scales = transform.scales.map(texts)
        }
    }
}

private func texts(_ values: [Rational]) -> [String] { values.map(\.description) }
