// SPDX-License-Identifier: AGPL-3.0-or-later

/// The names that a pickle may refer to; all others are refused.
enum PickleGlobal: Equatable {
    /// `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)` and its elder.
    case rebuildTensor
    /// `torch._utils._rebuild_parameter(tensor, requires_grad, hooks)`.
    case rebuildParameter
    /// `torch.FloatStorage` and its kin.
    case torchStorage(ElementType)
    /// `torch.Size((2, 3))`.
    case torchSize
    /// `torch.device("cpu")`.
    case torchDevice
    /// `torch.float32` and its kin: stands for itself.
    case torchType(String)
    case orderedDictionary
    /// `numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), b"b")`; its state comes by BUILD.
    case reconstructArray
    /// `numpy.core.multiarray.scalar(dtype, bytes)`.
    case numpyScalar
    /// `numpy.core.numeric._frombuffer(bytes, dtype, shape, order)` (protocol 5).
    case arrayFromBuffer
    case numpyArray
    case numpyType
    /// `_codecs.encode(text, "latin1")`: how protocol 2 writes bytes.
    case encode

    /// - Throws: ``InputError`` that names the global, when it is not on the list.
    init(module: String, name: String) throws {
        let full = "\(module).\(name)"
        if let plain = PickleGlobal.plain[full] {
            self = plain
        } else if module == "torch", let type = ElementType(torchStorage: name) {
            self = .torchStorage(type)
        } else if module == "torch", PickleGlobal.torchTypes.contains(name) {
            self = .torchType(full)
        } else {
            throw PickleGlobal.refusal(full, module: module)
        }
    }

    private static let plain: [String: PickleGlobal] = [
        "torch._utils._rebuild_tensor_v2": .rebuildTensor, "torch._utils._rebuild_tensor": .rebuildTensor,
        "torch._utils._rebuild_parameter": .rebuildParameter, "torch.Size": .torchSize, "torch.device": .torchDevice,
        "collections.OrderedDict": .orderedDictionary,
        "numpy.core.multiarray._reconstruct": .reconstructArray,
        "numpy._core.multiarray._reconstruct": .reconstructArray,
        "numpy.core.multiarray.scalar": .numpyScalar, "numpy._core.multiarray.scalar": .numpyScalar,
        "numpy.core.numeric._frombuffer": .arrayFromBuffer, "numpy._core.numeric._frombuffer": .arrayFromBuffer,
        "numpy.ndarray": .numpyArray, "numpy.dtype": .numpyType, "_codecs.encode": .encode,
    ]

    private static let torchTypes: Set<String> = [
        "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
    ]

    private static func refusal(_ full: String, module: String) -> InputError {
        let printable = String(full.unicodeScalars.prefix(120).map { $0.value >= 32 ? Character($0) : "?" })
        let advice =
            module.hasPrefix("torch.nn") || module.hasPrefix("__main__")
            ? "This is a whole pickled module. Save plain tensors: torch.save(model.state_dict(), path)."
            : "Only tensors, arrays and plain data are read; nothing in a file is ever executed. "
                + "If you trust the file, save it again as plain tensors: torch.save({\"U\": U, \"V\": V, \"W\": W}, path)."
        return InputError("the pickle asks for \(printable), which is refused", advice: advice)
    }
}
