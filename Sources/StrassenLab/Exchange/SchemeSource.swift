// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Where a command takes a scheme from: the name of a built-in one, or a file; the one resolver of all subcommands.
///
/// A name that is built in means that scheme; write `./strassen` for a file of that name. `FILE#3,4,5` chooses one
/// scheme of an `.npz` archive.
public enum SchemeSource: Sendable, Equatable {
    case builtin(String)
    case file(path: String, entry: String?)

    /// - Throws: ``InputError`` when `text` is neither a built-in name nor a file.
    public init(_ text: String) throws {
        if Scheme.builtinNames.contains(text) {
            self = .builtin(text)
            return
        }
        if !FileManager.default.fileExists(atPath: text), let hash = text.lastIndex(of: "#") {
            self = .file(path: String(text[..<hash]), entry: String(text[text.index(after: hash)...]))
            return
        }
        guard FileManager.default.fileExists(atPath: text) else {
            throw InputError(
                "\"\(text)\" is neither a built-in scheme nor a file",
                advice: "Built in: \(Scheme.builtinNames.joined(separator: ", ")).")
        }
        self = .file(path: text, entry: nil)
    }

    /// The scheme, proved.
    ///
    /// - Parameter format: Of a file; `nil`: by its name, else by its first bytes.
    /// - Throws: As ``SchemeFile/read(path:entry:format:ring:)``.
    public func load(format: SchemeFormat? = nil, ring: ImportRing = .rationals) throws -> ImportedScheme {
        switch self {
        case .builtin(let name): try ImportedScheme(proving: .builtin(name), over: ring)
        case .file(let path, let entry): try SchemeFile.read(path: path, entry: entry, format: format, ring: ring)
        }
    }

    /// The scheme that `text` names, proved over Q: what `--scheme` takes everywhere.
    public static func scheme(_ text: String) throws -> Scheme { try SchemeSource(text).load().scheme }
}
