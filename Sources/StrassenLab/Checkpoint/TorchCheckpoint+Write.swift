// SPDX-License-Identifier: AGPL-3.0-or-later

extension TorchCheckpoint {
    /// A `.pt` file that `torch.load(path, weights_only=True)` reads: U, V, W (transposed, as PyTorch code has it) in
    /// float64, `slot_mask` if there is one, `shape` and `metadata`.
    ///
    /// - Parameter root: Folder inside the archive; PyTorch uses the file's stem.
    public static func bytes(of model: BilinearModel, root: String = "strassen") throws -> [UInt8] {
        let tensors = model.torchTensors
        var pickle = PickleWriter()
        pickle.beginDictionary()
        for (index, (name, tensor)) in tensors.enumerated() {
            pickle.string(name)
            pickle.tensor(storage: index, shape: tensor.shape)
        }
        pickle.string("shape")
        pickle.list([model.m, model.k, model.n])
        pickle.string("metadata")
        pickle.beginDictionary()
        for (key, value) in model.metadata.sorted(by: { $0.key < $1.key }) {
            pickle.string(key)
            pickle.string(value)
        }
        pickle.endDictionary()
        pickle.endDictionary()
        var writer = ZipWriter(alignment: 64)
        try writer.add("\(root)/data.pkl", pickle.finish())
        try writer.add("\(root)/byteorder", Array("little".utf8))
        for (index, (_, tensor)) in tensors.enumerated() { try writer.add("\(root)/data/\(index)", tensor.bytes) }
        try writer.add("\(root)/version", Array("3\n".utf8))
        return writer.finish()
    }
}

extension BilinearModel {
    /// The tensors of a checkpoint in PyTorch's orientation: U r×mk, V r×kn, W mn×r, the mask if any.
    var torchTensors: [(name: String, tensor: NumericTensor)] {
        var tensors = [
            ("U", NumericTensor(shape: [rank, m * k], values: u)),
            ("V", NumericTensor(shape: [rank, k * n], values: v)),
            ("W", NumericTensor(shape: [rank, m * n], values: w).transposed),
        ]
        if let mask { tensors.append(("slot_mask", NumericTensor(shape: [rank], values: mask))) }
        return tensors
    }
}

/// Writes the pickle of a checkpoint (protocol 2).
private struct PickleWriter {
    private var bytes: [UInt8] = [0x80, 2]

    mutating func beginDictionary() { bytes += Array("}(".utf8) }
    mutating func endDictionary() { bytes += Array("u".utf8) }

    mutating func string(_ text: String) {
        let utf8 = Array(text.utf8)
        bytes += [0x58] + little(UInt32(utf8.count)) + utf8
    }

    mutating func list(_ values: [Int]) {
        bytes += Array("](".utf8)
        values.forEach { integer($0) }
        bytes += Array("e".utf8)
    }

    /// A contiguous float64 tensor that fills its storage.
    mutating func tensor(storage: Int, shape: [Int]) {
        bytes += Array("ctorch._utils\n_rebuild_tensor_v2\n((".utf8)
        string("storage")
        bytes += Array("ctorch\nDoubleStorage\n".utf8)
        string("\(storage)")
        string("cpu")
        integer(shape.reduce(1, *))
        bytes += Array("tQ".utf8)
        integer(0)
        tuple(shape)
        tuple(shape.indices.map { shape[($0 + 1)...].reduce(1, *) })
        bytes += [0x89] + Array("ccollections\nOrderedDict\n)RtR".utf8)
    }

    mutating func finish() -> [UInt8] { bytes + Array(".".utf8) }

    private mutating func tuple(_ values: [Int]) {
        bytes += Array("(".utf8)
        values.forEach { integer($0) }
        bytes += Array("t".utf8)
    }

    private mutating func integer(_ value: Int) { bytes += [0x4A] + little(Int32(value)) }
}
