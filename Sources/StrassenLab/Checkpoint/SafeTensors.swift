// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Reads and writes `.safetensors`: a length, a JSON header, and one block of little-endian numbers.
public enum SafeTensors {
    /// What a file holds; tensors in the order of their data.
    public struct Contents: Sendable {
        public var tensors: [(name: String, tensor: NumericTensor)]
        /// `__metadata__`.
        public var metadata: [String: String]
    }

    /// Bytes of the longest header read.
    static let longestHeader = 16 << 20

    /// Whether bytes begin like a `.safetensors` file, complete or not.
    public static func looksLikeOne(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else { return false }
        return bytes[..<8].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) } <= longestHeader
    }

    /// - Throws: ``InputError``: a header that is no JSON or too long, an unknown type, offsets that do not cover the
    ///   data exactly, sizes that do not fit their shapes.
    public static func read(_ bytes: [UInt8]) throws -> Contents {
        var reader = ByteReader(bytes)
        let length = try reader.length64()
        guard length <= longestHeader, length <= reader.remaining else {
            throw InputError("a header of \(length) bytes does not fit in a file of \(bytes.count)", field: "header")
        }
        let header: Header
        do { header = try JSONDecoder().decode(Header.self, from: Data(try reader.take(length))) } catch {
            throw InputError("the header is not the JSON of a .safetensors file", field: "header")
        }
        let data = try reader.take(reader.remaining)
        var tensors: [(name: String, tensor: NumericTensor)] = []
        var expected = 0
        for (name, entry) in header.tensors.sorted(by: { ($0.value.start, $0.key) < ($1.value.start, $1.key) }) {
            tensors.append((name, try entry.tensor(data, expected: expected, name: name)))
            expected = entry.end
        }
        guard expected == data.count else {
            throw InputError("\(data.count - expected) bytes follow the last tensor", field: "data_offsets")
        }
        return Contents(tensors: tensors, metadata: header.metadata)
    }

    /// The model in a file, found as ``TorchCheckpoint`` does.
    public static func model(_ bytes: [UInt8]) throws -> BilinearModel {
        let contents = try read(bytes)
        var assembly = ModelAssembly()
        for (name, tensor) in contents.tensors { try assembly.add([name], tensor) }
        for (key, value) in contents.metadata where key != "format" { assembly.describe([key], value) }
        return try assembly.model()
    }

    /// A file with the tensors of ``TorchCheckpoint/bytes(of:root:)``. The keys `format` and `shape` of the metadata are
    /// the writer's own.
    public static func bytes(of model: BilinearModel) throws -> [UInt8] {
        var metadata = model.metadata
        metadata["format"] = "pt"
        metadata["shape"] = "\(model.m)x\(model.k)x\(model.n)"
        var entries = [
            "\"__metadata__\":{\(metadata.sorted { $0.key < $1.key }.map { "\(jsonText($0)):\(jsonText($1))" }.joined(separator: ","))}"
        ]
        var data: [UInt8] = []
        for (name, tensor) in model.torchTensors {
            let (start, end) = (data.count, data.count + tensor.bytes.count)
            entries.append(
                "\(jsonText(name)):{\"dtype\":\"F64\",\"shape\":\(tensor.shape),\"data_offsets\":[\(start),\(end)]}")
            data += tensor.bytes
        }
        var header = Array("{\(entries.joined(separator: ","))}".utf8)
        header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
        return little(UInt64(header.count)) + header + data
    }
}

/// The JSON header.
private struct Header: Decodable {
    struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let data_offsets: [Int]
        var start: Int { data_offsets.first ?? -1 }
        var end: Int { data_offsets.last ?? -1 }
    }

    var tensors: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: JSONKey.self)
        for key in container.allKeys {
            if key.stringValue == "__metadata__" {
                metadata = try container.decode([String: String].self, forKey: key)
            } else {
                tensors[key.stringValue] = try container.decode(Entry.self, forKey: key)
            }
        }
    }
}

extension Header.Entry {
    /// The numbers, which must begin at `expected`.
    func tensor(_ data: ArraySlice<UInt8>, expected: Int, name: String) throws -> NumericTensor {
        let field = "tensor \"\(name)\""
        guard let type = ElementType(safetensorsName: dtype) else {
            throw InputError("the type \"\(dtype.prefix(20))\" is not read", field: field)
        }
        guard data_offsets.count == 2, start == expected, end >= start, end <= data.count else {
            throw InputError(
                "the offsets \(data_offsets) do not follow the tensor before, or leave the file", field: field)
        }
        do {
            return try NumericTensor(
                shape: shape, type: type, bytes: Array(data[data.startIndex + start..<data.startIndex + end]))
        } catch let error as InputError { throw error.within(field) }
    }
}
