// SPDX-License-Identifier: AGPL-3.0-or-later

/// Reads and writes schemes in every format of ``SchemeFormat``.
public enum SchemeFile {
    /// Largest file that is read, bytes.
    static let maximumBytes = 64 << 20

    /// Reads and proves the scheme in a file.
    ///
    /// - Parameters:
    ///   - entry: Which scheme of an archive; `nil`: its only one.
    ///   - format: `nil`: by the name of the file, else by its first bytes.
    ///   - ring: Over which the scheme must hold.
    /// - Throws: ``InputError`` (no file, damaged, no scheme: which equation fails; only mod 2), ``FileSystemError``,
    ///   ``StrassenError``.
    public static func read(
        path: String, entry: String? = nil, format: SchemeFormat? = nil, ring: ImportRing = .rationals
    ) throws -> ImportedScheme {
        let bytes = try FileInput.contents(of: path, limit: maximumBytes)
        do {
            let format = try format ?? SchemeFormat(path: path) ?? SchemeFormat(bytes: bytes) ?? unknown()
            return try read(bytes, format: format, name: name(path, entry), entry: entry, ring: ring)
        } catch let error as InputError { throw error.in(path) }
    }

    /// As ``read(path:entry:format:ring:)``, of bytes in memory; `name` is for the scheme.
    public static func read(
        _ bytes: [UInt8], format: SchemeFormat, name: String, entry: String? = nil, ring: ImportRing = .rationals
    ) throws -> ImportedScheme {
        guard entry == nil || format == .npz else { throw noEntries }
        switch format {
        case .scheme: return try proved(text: String(decoding: bytes, as: UTF8.self), ring)
        case .json, .reduced: return try JSONFormat.read(bytes, name: name).proved(over: ring)
        case .npz: return try AlphaTensorFormat.read(bytes, entry: entry, name: name).proved(over: ring)
        case .m: return try NestedListFormat.readBraces(bytes, name: name).proved(over: ring)
        case .mpl: return try NestedListFormat.readMaple(bytes, name: name).proved(over: ring)
        case .txt: return try PlainTextFormat.read(bytes, name: name).proved(over: ring)
        case .exp: return try EquationFormat.readTriples(bytes, name: name).proved(over: ring)
        case .eq: return try EquationFormat.readEquations(bytes, name: name).proved(over: ring)
        case .tex: throw InputError("LaTeX is written only", advice: "Convert from one of the other formats.")
        }
    }

    /// Why `FILE#ENTRY` is refused for other files.
    static let noEntries = InputError(
        "only .npz archives have entries to choose from", advice: "Leave out the # and what follows it.")

    /// Names of the schemes in an `.npz` archive.
    public static func entries(path: String) throws -> [String] {
        do {
            return try AlphaTensorFormat.entries(FileInput.contents(of: path, limit: maximumBytes))
        } catch let error as InputError { throw error.in(path) }
    }

    /// The file form of a proved scheme.
    ///
    /// - Parameters:
    ///   - programs: Its additions with shared sums, for `reduced` and `eq`; `nil`: without.
    ///   - mod2: Whether it holds only mod 2; said in the file where the format has a place for it.
    /// - Throws: ``InputError`` when the format cannot hold the coefficients.
    public static func bytes(
        of scheme: Scheme, format: SchemeFormat, programs: SchemePrograms? = nil, mod2: Bool = false
    ) throws -> [UInt8] {
        let text: String
        switch format {
        case .npz: return try AlphaTensorFormat.write(scheme)
        case .scheme: text = try labelled(scheme.text, mod2: mod2)
        case .json: text = JSONFormat.write(scheme, mod2: mod2)
        case .reduced: text = JSONFormat.writeReduced(scheme, programs: programs ?? SchemePrograms(scheme), mod2: mod2)
        case .m: text = NestedListFormat.writeBraces(scheme)
        case .mpl: text = NestedListFormat.writeMaple(scheme)
        case .txt: text = PlainTextFormat.write(scheme)
        case .exp: text = EquationFormat.writeTriples(scheme)
        case .eq: text = SchemeEquations(scheme, programs: programs).lines.joined(separator: "\n") + "\n"
        case .tex: text = LaTeXFormat.write(scheme)
        }
        return Array(text.utf8)
    }

    /// Writes a proved scheme; the file appears complete or not at all.
    public static func write(
        _ scheme: Scheme, to path: String, format: SchemeFormat, programs: SchemePrograms? = nil, mod2: Bool = false
    ) throws {
        try AtomicFile.write(bytes(of: scheme, format: format, programs: programs, mod2: mod2), to: path)
    }

    private static func proved(text: String, _ ring: ImportRing) throws -> ImportedScheme {
        do {
            return try ImportedScheme(proving: Scheme(text: text), over: ring)
        } catch let error as StrassenError where error.status == .format { throw InputError(error.message) }
    }

    private static func labelled(_ text: String, mod2: Bool) -> String {
        guard mod2, let line = text.firstIndex(of: "\n") else { return text }
        return text[...line] + "# Holds only mod 2: not for real matrices.\n" + text[text.index(after: line)...]
    }

    private static func name(_ path: String, _ entry: String?) -> String {
        let file = path.split(separator: "/").last ?? ""
        let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
        return entry.map { $0.replacing(",", with: "x") } ?? String(stem)
    }

    private static func unknown() throws -> SchemeFormat {
        let names = SchemeFormat.readable.map(\.rawValue).joined(separator: ", ")
        throw InputError(
            "the format is not known from its name or contents", advice: "Say which it is: --from \(names).")
    }
}
