// SPDX-License-Identifier: AGPL-3.0-or-later

/// Reads and writes PyTorch's `.pt` (a zip with a pickle and one file per storage) without executing anything.
public enum TorchCheckpoint {
    /// The pickle's value, and the tensors in it as numbers.
    public struct Contents {
        /// `data.pkl` as a tree; tensors in it refer to storages.
        public let value: PickleValue
        private let archive: ZipArchive
        private let root: String
        private let bigEndian: Bool

        init(value: PickleValue, archive: ZipArchive, root: String, bigEndian: Bool) {
            (self.value, self.archive, self.root, self.bigEndian) = (value, archive, root, bigEndian)
        }

        /// The numbers of a tensor.
        ///
        /// - Throws: ``InputError`` when its storage is missing, or is not as large as the pickle says.
        public func numbers(of tensor: TorchTensor) throws -> NumericTensor {
            let name = "\(root)data/\(tensor.storage)"
            guard let entry = archive.entry(name) else {
                throw InputError("the storage is missing", field: "entry \"\(name)\"")
            }
            guard entry.size == tensor.storageCount * tensor.type.bytes else {
                throw InputError(
                    "\(tensor.storageCount) elements of \(tensor.type.rawValue) need \(tensor.storageCount * tensor.type.bytes) bytes, the storage has \(entry.size)",
                    field: "entry \"\(name)\"")
            }
            return try NumericTensor(
                storage: try archive.contents(of: entry), type: tensor.type, offset: tensor.offset, shape: tensor.shape,
                strides: tensor.strides, bigEndian: bigEndian)
        }
    }

    /// Opens a checkpoint in memory.
    ///
    /// - Throws: ``InputError``: not a PyTorch archive, TorchScript, the format of before PyTorch 1.6, damage, or a
    ///   pickle that asks for more than tensors and plain data.
    public static func open(_ bytes: [UInt8]) throws -> Contents {
        if bytes.starts(with: [0x80, 0x02, 0x8A, 0x0A]) {
            throw InputError(
                "this is PyTorch's format of before version 1.6, which is not read",
                advice: "Convert it: torch.save(torch.load(path, weights_only=True), new_path).")
        }
        guard ZipArchive.looksLikeOne(bytes) else {
            throw InputError(
                "not a PyTorch checkpoint (no zip archive)",
                advice: "Expected a file that torch.save(state_dict, path) wrote.")
        }
        return try open(ZipArchive(bytes, limits: ModelAssembly.archiveLimits))
    }

    static func open(_ archive: ZipArchive) throws -> Contents {
        let pickles = archive.entries.filter { $0.name == "data.pkl" || $0.name.hasSuffix("/data.pkl") }
        guard let entry = pickles.first, pickles.count == 1 else {
            throw InputError(
                pickles.isEmpty
                    ? "a zip archive without data.pkl: not a PyTorch checkpoint"
                    : "the archive has \(pickles.count) data.pkl")
        }
        let root = String(entry.name.dropLast("data.pkl".count))
        if archive.entry(root + "constants.pkl") != nil
            || archive.entries.contains(where: { $0.name.hasPrefix(root + "code/") })
        {
            throw InputError(
                "this is a TorchScript archive (it contains code)",
                advice: "Save the tensors instead: torch.save(module.state_dict(), path).")
        }
        let order = try archive.entry(root + "byteorder").map {
            String(decoding: try archive.contents(of: $0), as: UTF8.self)
        }
        guard ["little", "big", nil].contains(order) else {
            throw InputError("the byte order \"\(order!.prefix(20))\" is unknown", field: "entry \"\(root)byteorder\"")
        }
        do {
            let value = try PickleReader.read(archive.contents(of: entry))
            return Contents(value: value, archive: archive, root: root, bigEndian: order == "big")
        } catch let error as InputError { throw error.within("data.pkl") }
    }

    /// The model that a checkpoint holds: U, V, W under any usual name, at the top or in a nested dictionary.
    ///
    /// U is r×(m·k), V r×(k·n), W (m·n)×r as PyTorch code has it; see ``ModelAssembly`` for what else is understood.
    public static func model(_ bytes: [UInt8]) throws -> BilinearModel { try model(open(bytes)) }

    static func model(_ contents: Contents) throws -> BilinearModel {
        var assembly = ModelAssembly()
        try collect(contents.value, path: [], contents, into: &assembly)
        return try assembly.model()
    }

    /// Walks nested dictionaries: tensors and arrays are candidates, short values are metadata.
    private static func collect(
        _ value: PickleValue, path: [String], _ contents: Contents, into assembly: inout ModelAssembly
    ) throws {
        switch value {
        case .dictionary:
            for (key, value) in value.textEntries ?? [] {
                try collect(value, path: path + [key], contents, into: &assembly)
            }
        case .tensor(let tensor):
            try assembly.add(path, shape: tensor.shape) {
                do { return try contents.numbers(of: tensor) } catch let error as InputError {
                    throw error.within(path.joined(separator: "."))
                }
            }
        case .array(let array): try assembly.add(path, array)
        default:
            if let text = value.text { assembly.describe(path, text) }
        }
    }
}
