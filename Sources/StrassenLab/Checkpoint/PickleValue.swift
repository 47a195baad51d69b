// SPDX-License-Identifier: AGPL-3.0-or-later

/// What a restricted pickle holds: plain data, tensors and arrays; never code.
public enum PickleValue: Sendable, Equatable {
    case none
    case bool(Bool)
    case int(Int64)
    case float(Double)
    case string(String)
    case bytes([UInt8])
    case tuple([PickleValue])
    case list([PickleValue])
    case dictionary([PickleEntry])
    /// A PyTorch tensor; its numbers lie in a storage beside the pickle.
    case tensor(TorchTensor)
    /// A NumPy array of numbers.
    case array(NumericTensor)
    /// A NumPy array of objects.
    case objects(shape: [Int], [PickleValue])
    /// An allowed name that stands for itself, such as `torch.float32`.
    case name(String)
}

/// One key and its value, in the order of the file.
public struct PickleEntry: Sendable, Equatable {
    public let key: PickleValue
    public let value: PickleValue

    public init(key: PickleValue, value: PickleValue) { (self.key, self.value) = (key, value) }
}

/// A view of a PyTorch storage; proved to lie inside the `count` elements that the storage claims.
public struct TorchTensor: Sendable, Equatable {
    /// Name of the storage, the file `data/<storage>` of the archive.
    public let storage: String
    public let type: ElementType
    /// Elements of the whole storage.
    public let storageCount: Int
    /// All in elements.
    public let offset: Int, shape: [Int], strides: [Int]
}

extension PickleValue {
    /// Bytes of the longest key and the longest text that are looked at.
    static let longestText = 65_536

    /// The entries with text keys, when this is a dictionary; the last of equal keys counts, as in Python, and stands
    /// where the first one stood. Keys beyond ``longestText`` are left out.
    public var textEntries: [(key: String, value: PickleValue)]? {
        guard case .dictionary(let entries) = self else { return nil }
        var (result, places): ([(key: String, value: PickleValue)], [String: Int]) = ([], [:])
        for entry in entries {
            guard case .string(let key) = entry.key, key.utf8.count <= PickleValue.longestText else { continue }
            if let place = places[key] {
                result[place].value = entry.value
            } else {
                places[key] = result.count
                result.append((key, entry.value))
            }
        }
        return result
    }

    /// The elements of a list or tuple.
    public var elements: [PickleValue]? {
        switch self {
        case .list(let items), .tuple(let items): items
        default: nil
        }
    }

    /// A text for values that are not containers or arrays, or are short lists of such; at most ``longestText`` long.
    public var text: String? {
        switch self {
        case .none: return "none"
        case .bool(let value): return "\(value)"
        case .int(let value): return "\(value)"
        case .float(let value): return "\(value)"
        case .string(let value), .name(let value): return value.utf8.count <= PickleValue.longestText ? value : nil
        case .list(let items), .tuple(let items):
            let texts = items.prefix(65).compactMap { $0.elements == nil ? $0.text : nil }
            let length = texts.reduce(2 * items.count) { $0 + $1.utf8.count }
            guard items.count <= 64, texts.count == items.count, length <= PickleValue.longestText else { return nil }
            return "[\(texts.joined(separator: ", "))]"
        case .bytes, .dictionary, .tensor, .array, .objects: return nil
        }
    }
}
