// SPDX-License-Identifier: AGPL-3.0-or-later

/// What a `.npy` file holds.
public enum NumPyArray: Sendable, Equatable {
    case numbers(NumericTensor)
    /// An array of objects, as a restricted pickle gives them.
    case objects(shape: [Int], [PickleValue])
}

/// Reads and writes NumPy's `.npy`: numbers of every plain type, both byte orders, C and Fortran order, object arrays.
public enum NumPyFile {
    /// Reads a file in memory.
    ///
    /// - Throws: ``InputError``: no `.npy`, an unknown type, more or fewer bytes than the shape needs, a refused pickle.
    public static func read(_ bytes: [UInt8]) throws -> NumPyArray {
        let (prefix, length) = try NumPyHeader.layout(Array(bytes.prefix(12)))
        guard bytes.count >= prefix + length else { throw InputError("the file ends inside its header") }
        let header = try NumPyHeader(dictionary: Array(bytes[prefix..<prefix + length]))
        let payload = bytes[(prefix + length)...]
        guard header.type.isObject else {
            return .numbers(try header.type.tensor(shape: header.shape, fortran: header.fortran, bytes: Array(payload)))
        }
        let (value, used) = try PickleReader.readPrefix(payload)
        guard used == payload.count else {
            throw InputError("\(payload.count - used) bytes follow the pickled objects")
        }
        guard case .objects(let shape, let items) = value, shape == header.shape else {
            throw InputError("the pickled objects are not an array of shape \(header.shape)")
        }
        return .objects(shape: shape, items)
    }

    /// Reads a file of at most ``ArchiveLimits/fileBytes``.
    public static func read(path: String) throws -> NumPyArray {
        do {
            return try read(FileInput.contents(of: path))
        } catch let error as InputError { throw error.in(path) }
    }

    /// The `.npy` form of a tensor.
    ///
    /// - Throws: ``InputError`` for bfloat16, which NumPy has not.
    public static func bytes(of tensor: NumericTensor) throws -> [UInt8] {
        try NumPyHeader.bytes(shape: tensor.shape, type: tensor.type) + tensor.bytes
    }

    /// Writes a tensor; the file appears complete or not at all.
    public static func write(_ tensor: NumericTensor, to path: String) throws {
        try AtomicFile.write(bytes(of: tensor), to: path)
    }
}

/// Reads and writes NumPy's `.npz`: a zip of `.npy` files.
public enum NumPyArchive {
    /// All arrays, in the order of the archive; names without `.npy`.
    ///
    /// - Throws: ``InputError``, with the entry.
    public static func read(_ bytes: [UInt8], limits: ArchiveLimits = ArchiveLimits()) throws
        -> [(name: String, array: NumPyArray)]
    {
        let archive = try ZipArchive(bytes, limits: limits)
        return try arrays(in: archive).map { ($0.name, try array(archive, $0.entry)) }
    }

    /// Names, without `.npy`, and entries of the arrays.
    static func arrays(in archive: ZipArchive) -> [(name: String, entry: ZipArchive.Entry)] {
        archive.entries.filter { $0.name.hasSuffix(".npy") }.map { (String($0.name.dropLast(4)), $0) }
    }

    static func array(_ archive: ZipArchive, _ entry: ZipArchive.Entry) throws -> NumPyArray {
        do {
            return try NumPyFile.read(archive.contents(of: entry))
        } catch let error as InputError {
            throw error.field?.hasPrefix("entry") == true ? error : error.within("entry \"\(entry.name)\"")
        }
    }

    /// An uncompressed archive of these tensors.
    public static func bytes(of tensors: [(name: String, tensor: NumericTensor)]) throws -> [UInt8] {
        var writer = ZipWriter()
        for (name, tensor) in tensors { try writer.add(name + ".npy", NumPyFile.bytes(of: tensor)) }
        return writer.finish()
    }
}
