// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Reads and writes a model as JSON: an object with U, V, W as lists of rows, W (m·n)×r as in PyTorch code.
///
/// Lists of numbers are vectors (`slot_mask`), a `shape` of three integers is the size, objects nest, everything
/// else is metadata. Numbers are written with the digits that read back to the same float64.
public enum JSONModel {
    /// Bytes of the largest file read.
    public static let limit = 64 << 20

    /// Whether the first character that is not blank is a brace.
    public static func looksLikeOne(_ bytes: [UInt8]) -> Bool {
        bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
    }

    /// The model in a file, found as ``TorchCheckpoint`` does.
    public static func model(_ bytes: [UInt8]) throws -> BilinearModel {
        guard bytes.count <= limit else {
            throw InputError("\(bytes.count) bytes of JSON; \(limit) are the most that is read")
        }
        let document: Node
        do { document = try JSONDecoder().decode(Node.self, from: Data(bytes)) } catch let error as DecodingError {
            throw JSONModel.inputError(error)
        }
        var assembly = ModelAssembly()
        try collect(document, path: [], into: &assembly)
        return try assembly.model()
    }

    /// The text of a model, one row of a factor a line.
    ///
    /// - Throws: ``InputError`` when a parameter is not finite: JSON has no such numbers.
    public static func bytes(of model: BilinearModel) throws -> [UInt8] {
        guard model.isFinite else {
            throw InputError(
                "a parameter is NaN or infinite, which JSON cannot hold", advice: "Write .safetensors, .pt or .npz.")
        }
        var members = ["  \"shape\": [\(model.m), \(model.k), \(model.n)]"]
        for (name, tensor) in model.torchTensors {
            let values = tensor.doubles.map { "\($0)" }
            let width = tensor.shape.last!
            let rows = stride(from: 0, to: values.count, by: width).map {
                values[$0..<$0 + width].joined(separator: ", ")
            }
            members.append(
                tensor.shape.count == 1
                    ? "  \"\(name)\": [\(rows[0])]"
                    : "  \"\(name)\": [\n" + rows.map { "    [\($0)]" }.joined(separator: ",\n") + "\n  ]")
        }
        let metadata = model.metadata.sorted { $0.key < $1.key }.map { "\(jsonText($0)): \(jsonText($1))" }
        if !metadata.isEmpty { members.append("  \"metadata\": {\(metadata.joined(separator: ", "))}") }
        return Array("{\n\(members.joined(separator: ",\n"))\n}\n".utf8)
    }

    private static func collect(_ node: Node, path: [String], into assembly: inout ModelAssembly) throws {
        switch node {
        case .object(let members):
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                try collect(value, path: path + [name], into: &assembly)
            }
        case .vector(let values):
            if path.last == "shape", assembly.takeSize(values) { return }
            try assembly.add(path, NumericTensor(shape: [values.count], values: values))
        case .matrix(let rows):
            let width = rows.first?.count ?? 0
            if let bad = rows.firstIndex(where: { $0.count != width }) {
                throw InputError(
                    "row \(bad) has \(rows[bad].count) numbers, row 0 has \(width)", field: path.joined(separator: "."))
            }
            try assembly.add(path, NumericTensor(shape: [rows.count, width], values: rows.flatMap { $0 }))
        case .text(let text): assembly.describe(path, text)
        case .other: break
        }
    }

    private static func inputError(_ error: DecodingError) -> InputError {
        guard case .dataCorrupted(let context) = error else { return InputError("not the JSON of a model") }
        let reason =
            (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] ?? context.debugDescription
        return InputError("not JSON: \(reason)")
    }
}

/// The parts of JSON that a model can be in.
private enum Node: Decodable {
    case object([String: Node]), vector([Double]), matrix([[Double]]), text(String), other

    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: JSONKey.self) {
            var members: [String: Node] = [:]
            for key in container.allKeys { members[key.stringValue] = try container.decode(Node.self, forKey: key) }
            self = .object(members)
            return
        }
        let container = try decoder.singleValueContainer()
        if let values = try? container.decode([Double].self) {
            self = .vector(values)
        } else if let rows = try? container.decode([[Double]].self) {
            self = .matrix(rows)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let flag = try? container.decode(Bool.self) {
            self = .text("\(flag)")
        } else if let number = try? container.decode(Double.self) {
            self = .text(number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)")
        } else {
            self = .other
        }
    }
}

/// Any key of a JSON object.
struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// A text as a JSON string.
func jsonText(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar -> String in
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case _ where scalar.value < 32: "\\u" + String(format: "%04x", scalar.value)
        default: String(scalar)
        }
    }
    return "\"\(escaped.joined())\""
}
