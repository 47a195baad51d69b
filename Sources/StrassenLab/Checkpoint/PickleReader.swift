// SPDX-License-Identifier: AGPL-3.0-or-later

/// How much a pickle may make the reader do.
public struct PickleLimits: Sendable {
    /// Containers inside containers.
    public var depth = 100
    /// Values that the result has when everything shared is counted at each place it occurs.
    public var nodes = 1_000_000
    /// Opcodes, each of which makes at most one value.
    public var operations = 2_000_000
    public init() {}
}

/// Reads pickles of protocols 2–5 into a tree of plain data; a stack machine that calls nothing.
///
/// Python's unpickler may call any function that the file names. This one knows the short list of names that
/// PyTorch and NumPy write for tensors and arrays (``PickleGlobal``) and refuses every other by its name. Work and
/// memory are bounded by the size of the input.
public struct PickleReader {
    /// A value on the machine's stack; containers live in `objects`, so that cycles cannot leak or recurse.
    enum Item {
        case none, bool(Bool), int(Int64), float(Double), string(String), bytes([UInt8])
        case global(PickleGlobal)
        case object(Int)
    }

    /// What `Item.object` points to.
    enum Object {
        case list([Item])
        case tuple([Item])
        case dictionary([(Item, Item)])
        case storage(type: ElementType, key: String, count: Int)
        case tensor(TorchTensor)
        case dtype(NumPyType)
        case blankArray
        case array(NumericTensor)
        case objectArray(shape: [Int], [Item])
    }

    var reader: ByteReader
    let limits: PickleLimits
    var stack: [Item] = []
    var marks: [Int] = []
    var memo: [UInt64: Item] = [:]
    var objects: [Object] = []
    /// Bytes and pairs that calls may still copy. What the memo hands out costs a few bytes of the file each time, so
    /// without it a call repeated on a large value would work without end.
    var copyBudget: Int

    /// The value that `bytes` holds.
    ///
    /// - Throws: ``InputError`` with the byte where reading stopped, and the name of a refused global.
    public static func read(_ bytes: [UInt8], limits: PickleLimits = PickleLimits()) throws -> PickleValue {
        try readPrefix(bytes[...], limits: limits).value
    }

    /// As ``read(_:limits:)``, with the number of bytes that the pickle takes.
    static func readPrefix(_ bytes: ArraySlice<UInt8>, limits: PickleLimits = PickleLimits()) throws
        -> (value: PickleValue, length: Int)
    {
        var machine = PickleReader(reader: ByteReader(Array(bytes)), limits: limits, copyBudget: 4 * bytes.count + 4096)
        return (try machine.run(), machine.reader.offset)
    }

    private init(reader: ByteReader, limits: PickleLimits, copyBudget: Int) {
        (self.reader, self.limits, self.copyBudget) = (reader, limits, copyBudget)
    }

    private mutating func run() throws -> PickleValue {
        var start = 0
        do {
            guard try reader.byte() == 0x80 else { throw InputError("expected a pickle of protocol 2 or later") }
            let version = try reader.byte()
            guard (2...5).contains(version) else { throw InputError("pickle protocol \(version); 2 to 5 are read") }
            var operations = 0
            while true {
                start = reader.offset
                operations += 1
                guard operations <= limits.operations else {
                    throw InputError("the pickle has more than \(limits.operations) operations")
                }
                let opcode = try reader.byte()
                if opcode == 0x2E { break }
                try execute(opcode)
            }
            guard stack.count == 1, marks.isEmpty else {
                throw InputError("the pickle ends with \(stack.count) values on its stack, expected one")
            }
            var freezer = PickleFreezer(objects: objects, limits: limits)
            return try freezer.freeze(stack[0])
        } catch let error as InputError {
            throw error.field?.hasPrefix("byte") == true ? error : error.within("byte \(start)")
        }
    }

    // MARK: stack

    mutating func push(_ item: Item) { stack.append(item) }

    mutating func push(_ object: Object) {
        objects.append(object)
        push(.object(objects.count - 1))
    }

    /// Takes `count` from the budget of copies.
    mutating func charge(_ count: Int) throws {
        copyBudget -= count
        guard copyBudget >= 0 else { throw InputError("the pickle copies the same data again and again") }
    }

    /// Takes one value; never one below the last mark.
    mutating func pop() throws -> Item {
        guard stack.count > marks.last ?? 0 else { throw InputError("the pickle's stack is empty") }
        return stack.removeLast()
    }

    /// Takes everything above the last mark, and the mark.
    mutating func popToMark() throws -> [Item] {
        guard let mark = marks.popLast() else { throw InputError("the pickle has no mark on its stack") }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    /// Index of the object on top.
    func topObject() throws -> Int {
        guard stack.count > marks.last ?? 0, case .object(let index)? = stack.last else {
            throw InputError("the pickle changes something that is not a container")
        }
        return index
    }

    /// Looks at the value on top.
    func top() throws -> Item {
        guard stack.count > marks.last ?? 0, let item = stack.last else {
            throw InputError("the pickle's stack is empty")
        }
        return item
    }
}
