// SPDX-License-Identifier: AGPL-3.0-or-later

/// A scheme from a file, proved, with what the file's conventions turned out to be.
public struct ImportedScheme: Sendable {
    public let scheme: Scheme
    /// The proof; over Q unless GF(2) was asked for.
    public let report: BrentReport
    public let convention: SchemeConvention
    /// Whether it holds over GF(2) and over no ring of numbers: it cannot multiply real matrices.
    public var isMod2Only: Bool { !report.isExact }
}

/// The ring over which an imported scheme has to hold.
public enum ImportRing: String, Sendable, CaseIterable {
    /// The rationals: the scheme multiplies real matrices.
    case rationals = "q"
    /// At least mod 2: such a scheme is data for research and cannot run on real matrices.
    case gf2
}

extension SchemeCandidate {
    /// Tries the conventions until the exact check accepts one.
    ///
    /// - Throws: ``InputError`` when none holds over `ring`: with the first equation that fails under the convention
    ///   that comes nearest, or with the news that the scheme holds only mod 2. ``StrassenError`` on overflow.
    func proved(over ring: ImportRing) throws -> ImportedScheme {
        var (mod2, nearest): (ImportedScheme?, ImportedScheme?) = (nil, nil)
        for convention in SchemeConvention.inOrder(from: preferred) {
            guard let scheme = try scheme(under: convention) else { continue }
            let imported = ImportedScheme(scheme: scheme, report: try scheme.verify(), convention: convention)
            if imported.report.isExact { return imported }
            if imported.report.rings.contains(.gf2) { mod2 = mod2 ?? imported }
            if imported.report.failed < nearest?.report.failed ?? .max { nearest = imported }
        }
        if let mod2 {
            if ring == .gf2 { return mod2 }
            throw mod2.refusal
        }
        guard let nearest else { throw sizeMismatch }
        throw InputError(
            "the coefficients do not multiply matrices under any convention; the nearest (\(nearest.convention)): "
                + nearest.report.describedFailure(k: k, n: n),
            advice: "The file is damaged, or it describes something other than \(m)×\(k) times \(k)×\(n).")
    }

    private var sizeMismatch: InputError {
        let sizes = tables.map { "\($0.count)×\($0[0].count)" }.joined(separator: ", ")
        return InputError(
            "U, V, W of sizes \(sizes) are not those of a scheme for \(m)×\(k) times \(k)×\(n): "
                + "expected r×\(m * k), r×\(k * n), r×\(m * n) or the transposes, r ≤ \(SchemeCandidate.maximumRank)")
    }
}

extension ImportedScheme {
    /// Proves a scheme whose convention is ``Scheme``'s own.
    ///
    /// - Throws: ``InputError`` when it does not hold over `ring`; ``StrassenError`` on overflow.
    public init(proving scheme: Scheme, over ring: ImportRing) throws {
        self.init(scheme: scheme, report: try scheme.verify(), convention: [])
        if report.isExact { return }
        guard report.rings.contains(.gf2) else {
            throw InputError(
                "\(scheme.shape) does not multiply matrices: " + report.describedFailure(k: scheme.k, n: scheme.n),
                advice: "A coefficient is wrong; fetch the file again, or correct the product that the equation names.")
        }
        if ring == .rationals { throw refusal }
    }

    /// Why a scheme that holds only mod 2 is refused.
    fileprivate var refusal: InputError {
        InputError(
            "\(scheme.shape) holds only mod 2; over the integers "
                + report.describedFailure(k: scheme.k, n: scheme.n),
            advice: "It cannot multiply real matrices. --ring gf2 takes it as data, labelled so.")
    }
}

extension BrentReport {
    /// `"4 of 64 equations fail, first that of a12, b21, c11: 3/2 instead of 1"`.
    ///
    /// - Parameters:
    ///   - k: Columns of A.
    ///   - n: Columns of B.
    public func describedFailure(k: Int, n: Int) -> String {
        guard let failure = firstFailure else { return "all \(equations) equations hold" }
        let entries = [("a", failure.a, k), ("b", failure.b, n), ("c", failure.c, n)]
            .map { EntryName($0).text(index: $1, columns: $2) }
        return "\(failed) of \(equations) equations fail, first that of \(entries.joined(separator: ", ")): "
            + "\(failure.value) instead of \(failure.expected)"
    }
}
