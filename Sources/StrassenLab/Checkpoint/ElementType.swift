// SPDX-License-Identifier: AGPL-3.0-or-later

/// Type of one number in a stored tensor.
public enum ElementType: String, Sendable, CaseIterable {
    case float64, float32, float16, bfloat16
    case int64, int32, int16, int8, uint64, uint32, uint16, uint8, bool

    /// Bytes of one element.
    public var bytes: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    public var isFloatingPoint: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        default: false
        }
    }

    /// NumPy's kind and size, such as `f8`; `nil` for bfloat16, which NumPy has not.
    public var numpyCode: String? {
        switch self {
        case .float64: "f8"
        case .float32: "f4"
        case .float16: "f2"
        case .bfloat16: nil
        case .int64: "i8"
        case .int32: "i4"
        case .int16: "i2"
        case .int8: "i1"
        case .uint64: "u8"
        case .uint32: "u4"
        case .uint16: "u2"
        case .uint8: "u1"
        case .bool: "b1"
        }
    }

    /// The type of a NumPy code without byte order, such as `f8`.
    public init?(numpyCode code: String) {
        guard let type = ElementType.allCases.first(where: { $0.numpyCode == code }) else { return nil }
        self = type
    }

    /// Name in `.safetensors` headers, such as `F64`.
    public var safetensorsName: String {
        switch self {
        case .bfloat16: "BF16"
        case .bool: "BOOL"
        default: rawValue.first!.uppercased() + rawValue.filter(\.isNumber)
        }
    }

    public init?(safetensorsName name: String) {
        guard let type = ElementType.allCases.first(where: { $0.safetensorsName == name }) else { return nil }
        self = type
    }

    /// Class name of PyTorch's typed storage, such as `DoubleStorage`; `nil` where PyTorch has none.
    public var torchStorage: String? {
        switch self {
        case .float64: "DoubleStorage"
        case .float32: "FloatStorage"
        case .float16: "HalfStorage"
        case .bfloat16: "BFloat16Storage"
        case .int64: "LongStorage"
        case .int32: "IntStorage"
        case .int16: "ShortStorage"
        case .int8: "CharStorage"
        case .uint8: "ByteStorage"
        case .bool: "BoolStorage"
        case .uint64, .uint32, .uint16: nil
        }
    }

    public init?(torchStorage name: String) {
        guard let type = ElementType.allCases.first(where: { $0.torchStorage == name }) else { return nil }
        self = type
    }
}
