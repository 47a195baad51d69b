// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

extension SchemeSearch {
    private static let format = "strassen-search-state"
    private static let version = 1
    /// Largest state file that is read, bytes.
    private static let maximumBytes = 64 << 20

    /// The content of a state file.
    private struct Saved: Codable {
        var format: String
        var version: Int
        var seed: UInt64
        var problem: SearchProblem
        var walkers: [SearchWalker]
    }

    /// Everything needed to go on to the same result: JSON. May be called while the search runs.
    public func savedState() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let saved = Saved(
            format: SchemeSearch.format, version: SchemeSearch.version, seed: seed, problem: problem, walkers: walkers)
        return Array(try encoder.encode(saved)) + [UInt8(ascii: "\n")]
    }

    /// Writes ``savedState()``; the file is replaced whole or not at all.
    public func save(to path: String) throws { try AtomicFile.write(savedState(), to: path) }

    /// Reads what ``save(to:)`` wrote.
    ///
    /// - Throws: ``InputError`` naming the file and the field, ``FileSystemError``.
    public convenience init(path: String) throws {
        let bytes = try FileInput.contents(of: path, limit: SchemeSearch.maximumBytes)
        do { try self.init(savedState: bytes) } catch let error as InputError { throw error.in(path) }
    }

    /// Restores a search from ``savedState()``.
    ///
    /// - Throws: ``InputError`` when the bytes are no state, or one that no search can have been in.
    public convenience init(savedState bytes: [UInt8]) throws {
        let saved: Saved
        do {
            saved = try JSONDecoder().decode(Saved.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw SchemeSearch.describe(error)
        }
        guard saved.format == SchemeSearch.format, saved.version == SchemeSearch.version else {
            throw InputError(
                "\"\(saved.format.prefix(40))\" version \(saved.version), expected \"\(SchemeSearch.format)\" version "
                    + "\(SchemeSearch.version)", field: "format", advice: SchemeSearch.advice)
        }
        do {
            try saved.problem.validate()
        } catch {
            throw InputError("\(error)", field: "problem", advice: SchemeSearch.advice)
        }
        guard (1...SchemeSearch.maximumWalkers).contains(saved.walkers.count) else {
            throw InputError(
                "expected 1 to \(SchemeSearch.maximumWalkers) walkers, found \(saved.walkers.count)", field: "walkers",
                advice: SchemeSearch.advice)
        }
        for (index, walker) in saved.walkers.enumerated() {
            if let (field, flaw) = walker.flaw(in: saved.problem) {
                throw InputError(flaw, field: "walkers[\(index)].\(field)", advice: SchemeSearch.advice)
            }
        }
        self.init(problem: saved.problem, seed: saved.seed, resuming: saved.walkers)
    }

    private static let advice = "Name a file that discover has saved, or begin a new search without --resume."

    private static func describe(_ error: DecodingError) -> InputError {
        let context: DecodingError.Context
        var message: String?
        switch error {
        case .keyNotFound(let key, let place):
            (context, message) = (place, "\"\(key.stringValue)\" is missing")
        case .typeMismatch(_, let place), .valueNotFound(_, let place), .dataCorrupted(let place): context = place
        @unknown default: return InputError("not a search state", advice: advice)
        }
        let field = context.codingPath.reduce(into: "") { text, key in
            text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? key.stringValue : ".\(key.stringValue)")
        }
        return InputError(
            message ?? (field.isEmpty ? "not a search state: no JSON" : "not a value that belongs here"),
            field: field.isEmpty ? nil : field, advice: advice)
    }
}
