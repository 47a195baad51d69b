// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import TOMLKit

extension Suite {
    /// Reads a suite file. Scheme files that it names lie relative to it.
    ///
    /// - Throws: ``InputError`` that names the file, the key and what it expects.
    public init(path: String) throws {
        let text = String(decoding: try FileInput.contents(of: path, limit: 1 << 20), as: UTF8.self)
        do {
            try self.init(toml: text)
        } catch let error as InputError { throw error.in(path) }
        let folder = URL(fileURLWithPath: path).absoluteURL.deletingLastPathComponent()
        for entry in entries.indices {
            for engine in entries[entry].engines.indices {
                entries[entry].engines[engine].schemes = entries[entry].engines[engine].schemes.map { name in
                    name.contains("/") ? URL(fileURLWithPath: name, relativeTo: folder).standardizedFileURL.path : name
                }
            }
        }
    }

    /// Reads the TOML text of a suite.
    public init(toml: String) throws {
        let table = try TOMLTable(input: toml)
        self.init()
        var common = Entry()
        for key in table.keys.sorted() where key != "case" {
            guard let value = table[key] else { continue }
            switch key {
            case "title": title = try Self.string(value, key)
            case "repeats": repeats = try Self.repeats(value, key)
            default: try common.set(key, value)
            }
        }
        guard let cases = table["case"]?.array, !cases.isEmpty else {
            throw InputError("a suite has at least one [[case]] table", field: "case")
        }
        for (index, value) in cases.enumerated() {
            guard let keys = value.table else { throw InputError("expected a table", field: "case \(index + 1)") }
            do {
                entries.append(try common.changed(by: keys))
            } catch let error as InputError { throw error.within("case \(index + 1)") }
        }
    }

    fileprivate static func string(_ value: TOMLValueConvertible, _ key: String) throws -> String {
        guard let text = value.string else { throw InputError("expected a string", field: key) }
        return text
    }

    private static func repeats(_ value: TOMLValueConvertible, _ key: String) throws -> Int {
        let allowed = BenchmarkProtocol.allowedRepeats
        guard let number = value.int, allowed.contains(number) else {
            throw InputError("expected a number from 1 to \(allowed.upperBound)", field: key)
        }
        return number
    }

    /// A list of at least one value, or a single value as a list of one; numbers as text.
    fileprivate static func list(_ value: TOMLValueConvertible, _ key: String) throws -> [String] {
        let values = value.array.map { array in array.map { $0 as TOMLValueConvertible } } ?? [value]
        guard !values.isEmpty else {
            throw InputError("expected at least one value, got an empty list", field: key, advice: "leave the key out")
        }
        return try values.map { value in
            if let text = value.string { return text }
            if let number = value.int { return String(number) }
            if let number = value.double { return String(number) }
            throw InputError("expected strings or numbers", field: key)
        }
    }
}

extension Suite.Entry {
    fileprivate func changed(by keys: TOMLTable) throws -> Suite.Entry {
        var copy = self
        guard keys["sizes"] == nil || keys["shapes"] == nil else {
            throw InputError(
                "sizes and shapes are one list", field: "shapes", advice: "write all of them as shapes")
        }
        for key in keys.keys.sorted() { if let value = keys[key] { try copy.set(key, value) } }
        guard !copy.shapes.isEmpty else { throw InputError("no sizes", field: "sizes", advice: "add sizes = [1024]") }
        guard !copy.engines.isEmpty else {
            throw InputError("no engines", field: "engines", advice: "add engines = [\"openblas\", \"turbo\"]")
        }
        return copy
    }

    fileprivate mutating func set(_ key: String, _ value: TOMLValueConvertible) throws {
        if key == "target" { target = try Self.target(value, key); return }
        if key == "baseline" { baseline = try Suite.string(value, key); return }
        let list = try Suite.list(value, key)
        func all<Value>(_ expected: String, _ read: (String) -> Value?) throws -> [Value] {
            try list.map { text in
                guard let value = read(text) else {
                    throw InputError("expected \(expected), got \"\(text)\"", field: key)
                }
                return value
            }
        }
        switch key {
        case "sizes", "shapes": shapes = try all("a size or MxKxN", Suite.Shape.init(text:))
        case "precisions": precisions = try all("float32 or float64", Precision.init(rawValue:))
        case "threads": threads = try all("a number from 1 to 1024, or \"all\"", Suite.ThreadCount.init(text:))
        case "data": distributions = try all("uniform or normal", Distribution.init(rawValue:))
        case "transpose": transposes = try all("NN, NT, TN or TT") { Self.transposes.contains($0) ? $0 : nil }
        case "beta": betas = try all(BenchmarkCase.betaExpected, BenchmarkCase.beta(text:))
        case "leading": leading = try all(BenchmarkCase.leadingExpected, BenchmarkCase.leading(text:))
        case "engines":
            engines = try list.map { text in
                do { return try ContenderSpec(text: text) } catch let error as InputError { throw error.within(key) }
            }
        default:
            throw InputError(
                "unknown key", field: key,
                advice:
                    "known keys: title, repeats, sizes, shapes, precisions, threads, data, transpose, beta, leading, "
                    + "engines, baseline, target")
        }
    }

    private static func target(_ value: TOMLValueConvertible, _ key: String) throws -> Double {
        guard let number = value.double ?? value.int.map(Double.init), number > 0, number.isFinite else {
            throw InputError("expected a ratio > 0", field: key)
        }
        return number
    }

    /// Ways of storing A and B.
    public static let transposes = ["NN", "NT", "TN", "TT"]
}
