// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Where a command takes a scheme from: the name of a built-in one, or a file; the one resolver of all subcommands.
///
/// A name that is built in means that scheme; write `./strassen` for a file of that name. `FILE#3,4,5` chooses one
/// scheme of an `.npz` archive. Trained factors (`.pt`, `.safetensors`, `.npz`, `.json`) mean what they become: by the gauge
/// fix for 2×2, else by rounding.
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
        case .builtin(let name): return try ImportedScheme(proving: .builtin(name), over: ring)
        case .file(let path, let entry):
            if format == nil, entry == nil, let learned = try SchemeSource.learned(path) { return learned }
            return try SchemeFile.read(path: path, entry: entry, format: format, ring: ring)
        }
    }

    /// The scheme that `text` names, proved over Q: what `--scheme` takes everywhere.
    public static func scheme(_ text: String) throws -> Scheme { try SchemeSource(text).load().scheme }

    /// The scheme of a file's trained factors; `nil` when it holds none.
    private static func learned(_ path: String) throws -> ImportedScheme? {
        let bytes = try FileInput.contents(of: path, limit: SchemeFile.maximumBytes)
        guard Specimen.isModel(bytes, SchemeFormat(path: path) ?? SchemeFormat(bytes: bytes)) else { return nil }
        do {
            let model = try BilinearModel(bytes: bytes)
            let method = [model.m, model.k, model.n] == [2, 2, 2] ? DiscretizationMethod.gauge : .round
            let name = validName(String((path as NSString).lastPathComponent.prefix { $0 != "." }))
            return try ImportedScheme(proving: model.discretized(method, name: name).scheme, over: .rationals)
        } catch let error as InputError {
            throw error.in(path)
        } catch let error as DiscretizationError {
            throw InputError(
                "the trained factors do not become a scheme: \(error)",
                advice: "`strassen verify \(path)` shows how far they are from one.", file: path)
        }
    }
}
