// SPDX-License-Identifier: AGPL-3.0-or-later

/// What the allowed calls mean.
extension PickleReader {
    /// REDUCE and NEWOBJ: a callable and its arguments become a value.
    mutating func reduce() throws {
        let arguments = try tuple(try pop(), "the arguments of a call")
        guard case .global(let callable) = try pop() else {
            throw InputError("the pickle calls what is not a function")
        }
        switch callable {
        case .orderedDictionary: push(.dictionary(try initialPairs(arguments)))
        case .rebuildTensor: push(.tensor(try tensor(arguments)))
        case .rebuildParameter:
            guard let tensor = arguments.first else { throw InputError("a parameter without its tensor") }
            push(tensor)
        case .torchSize: push(.tuple(try tuple(try argument(arguments, 0), "torch.Size")))
        case .torchDevice: push(try argument(arguments, 0))
        case .numpyType: push(.dtype(try NumPyType(code: try string(try argument(arguments, 0), "a dtype"))))
        case .reconstructArray: push(Object.blankArray)
        case .numpyScalar: try pushScalar(arguments)
        case .arrayFromBuffer: try pushArrayFromBuffer(arguments)
        case .encode: try pushEncoded(arguments)
        case .torchStorage, .torchType, .numpyArray: throw InputError("the pickle calls \(callable), a type")
        }
    }

    /// BUILD: gives an object its state.
    mutating func build() throws {
        let state = try pop()
        let index = try topObject()
        switch objects[index] {
        case .dictionary, .tensor: break  // attributes such as `_metadata`; of no use here
        case .dtype(let type):
            objects[index] = .dtype(
                try type.applying(order: try string(try argument(try tuple(state, "a dtype"), 1), "a dtype")))
        case .blankArray: objects[index] = try array(try tuple(state, "an array"))
        default: throw InputError("the pickle gives a state to an object that has none")
        }
    }

    /// BINPERSID: PyTorch's reference to a storage, `("storage", type, key, location, count)`.
    mutating func persistentIdentifier() throws {
        let parts = try tuple(try pop(), "a persistent identifier")
        guard parts.count == 5, try string(parts[0], "a persistent identifier") == "storage",
            case .global(.torchStorage(let type)) = parts[1]
        else { throw InputError("a persistent identifier that is not a PyTorch storage") }
        let count = try integer(parts[4], "the size of a storage")
        guard count >= 0, count <= 1 << 48 else { throw InputError("a storage of \(count) elements") }
        push(.storage(type: type, key: try string(parts[2], "the key of a storage"), count: count))
    }

    // MARK: PyTorch

    private func tensor(_ arguments: [Item]) throws -> TorchTensor {
        guard arguments.count >= 4, case .object(let index) = arguments[0],
            case .storage(let type, let key, let count) = objects[index]
        else { throw InputError("a tensor without its storage") }
        let offset = try integer(arguments[1], "the offset of a tensor")
        let shape = try integers(arguments[2], "the shape of a tensor")
        let strides = try integers(arguments[3], "the strides of a tensor")
        do {
            _ = try viewCount(shape: shape, strides: strides, offset: offset, storage: count)
        } catch let error as InputError {
            throw error.within("tensor of storage \"\(key)\"")
        }
        return TorchTensor(
            storage: key, type: type, storageCount: count, offset: offset, shape: shape, strides: strides)
    }

    // MARK: NumPy

    /// State of an array: (version, shape, dtype, Fortran order, bytes or list).
    private mutating func array(_ state: [Item]) throws -> Object {
        guard state.count >= 4 else { throw InputError("an array with an incomplete state") }
        let parts = state.count == 4 ? [.int(1)] + state : state
        let shape = try integers(parts[1], "the shape of an array")
        guard case .bool(let fortran) = try flag(parts[3]) else { throw InputError("an array without its order") }
        let type = try numpyType(parts[2])
        if type.isObject {
            let count = try elementCount(of: shape)
            guard case .object(let index) = parts[4], case .list(let items) = objects[index], items.count == count
            else {
                throw InputError("an object array of shape \(shape) without its \(count) objects")
            }
            guard !fortran || shape.count < 2 else { throw InputError("an object array in Fortran order") }
            return .objectArray(shape: shape, items)
        }
        return .array(try tensor(type, shape, fortran: fortran, parts[4], "an array"))
    }

    private mutating func pushScalar(_ arguments: [Item]) throws {
        let type = try numpyType(try argument(arguments, 0))
        let value = try tensor(type, [], fortran: false, try argument(arguments, 1), "a scalar")
        if value.type == .bool {
            push(.bool(value.doubles[0] != 0))
        } else if !value.type.isFloatingPoint, let integer = value.integers?.first {
            push(.int(integer))
        } else {
            push(.float(value.doubles[0]))
        }
    }

    private mutating func pushArrayFromBuffer(_ arguments: [Item]) throws {
        guard arguments.count == 4 else { throw InputError("an array with an incomplete buffer") }
        let shape = try integers(arguments[2], "the shape of an array")
        let order = try string(arguments[3], "the order of an array")
        let type = try numpyType(arguments[1])
        push(.array(try tensor(type, shape, fortran: order == "F", arguments[0], "an array")))
    }

    /// Numbers from a bytes object; reordering them copies.
    private mutating func tensor(_ type: NumPyType, _ shape: [Int], fortran: Bool, _ data: Item, _ what: String) throws
        -> NumericTensor
    {
        let data = try bytes(data, what)
        try charge(data.count)
        return try type.tensor(shape: shape, fortran: fortran, bytes: data)
    }

    private mutating func pushEncoded(_ arguments: [Item]) throws {
        let text = try string(try argument(arguments, 0), "encoded text")
        guard try string(try argument(arguments, 1), "an encoding") == "latin1" else {
            throw InputError("bytes written in an encoding other than latin1")
        }
        try charge(text.utf8.count + 1)
        let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
        guard bytes.count == text.unicodeScalars.count else { throw InputError("text that is not latin1") }
        push(.bytes(bytes))
    }

    // MARK: arguments

    private func argument(_ arguments: [Item], _ index: Int) throws -> Item {
        guard index < arguments.count else { throw InputError("a call with too few arguments") }
        return arguments[index]
    }

    private func tuple(_ item: Item, _ what: String) throws -> [Item] {
        guard case .object(let index) = item, case .tuple(let items) = objects[index] else {
            throw InputError("\(what): expected a tuple")
        }
        return items
    }

    private func integers(_ item: Item, _ what: String) throws -> [Int] {
        let items: [Item]
        if case .object(let index) = item, case .list(let list) = objects[index] {
            items = list
        } else {
            items = try tuple(item, what)
        }
        guard items.count <= 16 else { throw InputError("\(what): \(items.count) dimensions are more than 16") }
        return try items.map { try integer($0, what) }
    }

    private func integer(_ item: Item, _ what: String) throws -> Int {
        guard case .int(let value) = item else { throw InputError("\(what): expected an integer") }
        return Int(value)
    }

    private func string(_ item: Item, _ what: String) throws -> String {
        guard case .string(let value) = item else { throw InputError("\(what): expected text") }
        return value
    }

    private func bytes(_ item: Item, _ what: String) throws -> [UInt8] {
        guard case .bytes(let value) = item else { throw InputError("\(what): expected bytes") }
        return value
    }

    private func numpyType(_ item: Item) throws -> NumPyType {
        guard case .object(let index) = item, case .dtype(let type) = objects[index] else {
            throw InputError("an array without its dtype")
        }
        return type
    }

    /// Python 2 wrote truth values as integers.
    private func flag(_ item: Item) throws -> Item {
        if case .int(let value) = item { return .bool(value != 0) }
        return item
    }

    /// `OrderedDict()` or `OrderedDict([[key, value], …])`.
    private mutating func initialPairs(_ arguments: [Item]) throws -> [(Item, Item)] {
        guard let first = arguments.first else { return [] }
        guard case .object(let index) = first, case .list(let items) = objects[index] else {
            throw InputError("an OrderedDict made from what is not a list of pairs")
        }
        try charge(items.count)
        return try items.map { item in
            guard case .object(let index) = item else { throw InputError("an OrderedDict made from what is not pairs") }
            switch objects[index] {
            case .list(let pair) where pair.count == 2: return (pair[0], pair[1])
            case .tuple(let pair) where pair.count == 2: return (pair[0], pair[1])
            default: throw InputError("an OrderedDict made from what is not pairs")
            }
        }
    }
}
