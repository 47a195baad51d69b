// SPDX-License-Identifier: AGPL-3.0-or-later

/// Files of trained factors.
public enum ModelFormat: String, Sendable, CaseIterable {
    case torch = "pt", safetensors, numpy = "npz"

    /// What the first bytes say; the file's name does not count.
    public init?(detecting bytes: [UInt8]) {
        if bytes.starts(with: [0x80, 0x02, 0x8A, 0x0A]) {
            self = .torch
        } else if ZipArchive.looksLikeOne(bytes) {
            guard let archive = try? ZipArchive(bytes) else {
                self = .torch
                return
            }
            self = archive.entries.contains { $0.name.hasSuffix(".npy") } ? .numpy : .torch
        } else if SafeTensors.looksLikeOne(bytes) {
            self = .safetensors
        } else {
            return nil
        }
    }
}

extension BilinearModel {
    /// Reads `.pt`, `.safetensors` or `.npz`, by content, whatever the file is called.
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
        case nil:
            throw InputError(
                "neither a PyTorch .pt, a .safetensors nor a .npz file",
                advice: "Save the tensors with torch.save({\"U\": U, \"V\": V, \"W\": W}, path) or numpy.savez(path, U=U, V=V, W=W).")
        }
    }

    /// Writes the model; the file appears complete or not at all, and reads back bit-identical.
    ///
    /// - Parameter format: `nil`: by the extension of `path`.
    /// - Throws: ``InputError`` for an unknown extension, ``FileSystemError``.
    public func write(to path: String, format: ModelFormat? = nil) throws {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let parts = name.split(separator: ".")
        guard let format = format ?? parts.last.flatMap({ ModelFormat(rawValue: $0.lowercased()) }) else {
            throw InputError("the extension says no format", advice: "Use .pt, .safetensors or .npz.", file: path)
        }
        switch format {
        case .torch: try AtomicFile.write(TorchCheckpoint.bytes(of: self, root: parts.first.map(String.init) ?? "strassen"), to: path)
        case .safetensors: try AtomicFile.write(SafeTensors.bytes(of: self), to: path)
        case .numpy: try AtomicFile.write(NumPyArchive.bytes(of: torchTensors), to: path)
        }
    }
}

extension NumPyArchive {
    /// The model in an archive, found as ``TorchCheckpoint`` does; it has no metadata.
    public static func model(_ bytes: [UInt8]) throws -> BilinearModel {
        var assembly = ModelAssembly()
        for case (let name, .numbers(let tensor)) in try read(bytes) {
            assembly.add([name], shape: tensor.shape) { tensor }
        }
        return try assembly.model()
    }
}
