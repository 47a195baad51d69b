// SPDX-License-Identifier: AGPL-3.0-or-later

/// Files of trained factors.
public enum ModelFormat: String, Sendable, CaseIterable {
    case torch = "pt", safetensors, numpy = "npz", json

    /// What the first bytes say; the file's name does not count.
    public init?(detecting bytes: [UInt8]) {
        if bytes.starts(with: [0x80, 0x02, 0x8A, 0x0A]) {
            self = .torch
        } else if ZipArchive.looksLikeOne(bytes) {
            guard let archive = try? ZipArchive(bytes, limits: ModelAssembly.archiveLimits) else {
                self = .torch
                return
            }
            self = archive.entries.contains { $0.name.hasSuffix(".npy") } ? .numpy : .torch
        } else if SafeTensors.looksLikeOne(bytes) {
            self = .safetensors
        } else if JSONModel.looksLikeOne(bytes) {
            self = .json
        } else {
            return nil
        }
    }
}

extension BilinearModel {
    /// Reads `.pt`, `.safetensors`, `.npz` or JSON, by content, whatever the file is called.
    ///
    /// - Throws: ``InputError``, ``FileSystemError``.
    public init(contentsOf path: String) throws {
        do {
            try self.init(bytes: FileInput.contents(of: path))
        } catch let error as InputError { throw error.in(path) }
    }

    /// As ``init(contentsOf:)``, from memory.
    public init(bytes: [UInt8]) throws {
        switch ModelFormat(detecting: bytes) {
        case .torch: self = try TorchCheckpoint.model(bytes)
        case .safetensors: self = try SafeTensors.model(bytes)
        case .numpy: self = try NumPyArchive.model(bytes)
        case .json: self = try JSONModel.model(bytes)
        case nil:
            throw InputError(
                "not a file of trained factors: neither .pt, .safetensors, .npz nor JSON",
                advice:
                    "Save the tensors with torch.save({\"U\": U, \"V\": V, \"W\": W}, path) or numpy.savez(path, U=U, V=V, W=W)."
            )
        }
    }

    /// Writes the model; the file appears complete or not at all, and reads back bit-identical.
    ///
    /// - Parameter format: `nil`: by the extension of `path`.
    /// - Throws: ``InputError`` for an unknown extension or metadata that would not be read back; ``FileSystemError``.
    public func write(to path: String, format: ModelFormat? = nil) throws {
        let parts = (path.split(separator: "/").last ?? "").split(separator: ".")
        guard let format = format ?? parts.last.flatMap({ ModelFormat(rawValue: $0.lowercased()) }) else {
            throw InputError(
                "the extension says no format", advice: "Use .pt, .safetensors, .npz or .json.", file: path)
        }
        try ModelAssembly.check(metadata)
        switch format {
        case .torch:
            let root = parts.first.map(String.init) ?? "strassen"
            try AtomicFile.write(TorchCheckpoint.bytes(of: self, root: root), to: path)
        case .safetensors: try AtomicFile.write(SafeTensors.bytes(of: self), to: path)
        case .numpy: try AtomicFile.write(NumPyArchive.bytes(of: self), to: path)
        case .json: try AtomicFile.write(JSONModel.bytes(of: self), to: path)
        }
    }
}

extension NumPyArchive {
    /// The model in an archive, found as ``TorchCheckpoint`` does. Entries with other names are not unpacked.
    public static func model(_ bytes: [UInt8]) throws -> BilinearModel {
        let archive = try ZipArchive(bytes, limits: ModelAssembly.archiveLimits)
        var assembly = ModelAssembly()
        for (name, entry) in arrays(in: archive) {
            guard name == "shape" || ModelAssembly.isWanted(name) else {
                try assembly.add([name], shape: []) { throw InputError("not a part of a model") }
                continue
            }
            guard case .numbers(let tensor) = try array(archive, entry) else { continue }
            if name == "shape", assembly.takeSize(tensor.doubles) { continue }
            try assembly.add([name], tensor)
        }
        return try assembly.model()
    }

    /// U, V, W, the mask if any, and the size; an archive has no place for the metadata.
    static func bytes(of model: BilinearModel) throws -> [UInt8] {
        let size = NumericTensor(shape: [3], values: [model.m, model.k, model.n].map(Double.init))
        return try bytes(of: model.torchTensors + [("shape", size)])
    }
}
