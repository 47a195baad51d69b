// SPDX-License-Identifier: AGPL-3.0-or-later

extension PickleReader {
    /// Executes one opcode. The names in the comments are those of Python's `pickletools`.
    mutating func execute(_ opcode: UInt8) throws {
        switch opcode {
        case 0x4E: push(.none)  // NONE
        case 0x88: push(.bool(true))  // NEWTRUE
        case 0x89: push(.bool(false))  // NEWFALSE
        case 0x4A: try push(.int(Int64(Int32(bitPattern: reader.little(UInt32.self)))))  // BININT
        case 0x4B: try push(.int(Int64(reader.byte())))  // BININT1
        case 0x4D: try push(.int(Int64(reader.little(UInt16.self))))  // BININT2
        case 0x8A: try push(.int(long(Int(reader.byte()))))  // LONG1
        case 0x8B: try push(.int(long(Int(reader.little(UInt32.self)))))  // LONG4
        case 0x47: try push(.float(Double(bitPattern: reader.little(UInt64.self).byteSwapped)))  // BINFLOAT
        case 0x58: try push(.string(text(Int(reader.little(UInt32.self)))))  // BINUNICODE
        case 0x8C: try push(.string(text(Int(reader.byte()))))  // SHORT_BINUNICODE
        case 0x8D: try push(.string(text(reader.length64())))  // BINUNICODE8
        case 0x55: try push(.string(text(Int(reader.byte()))))  // SHORT_BINSTRING (Python 2)
        case 0x54: try push(.string(text(Int(reader.little(UInt32.self)))))  // BINSTRING (Python 2)
        case 0x43: try push(.bytes(Array(reader.take(Int(reader.byte())))))  // SHORT_BINBYTES
        case 0x42: try push(.bytes(Array(reader.take(Int(reader.little(UInt32.self))))))  // BINBYTES
        case 0x8E, 0x96: try push(.bytes(Array(reader.take(reader.length64()))))  // BINBYTES8, BYTEARRAY8
        case 0x95: _ = try reader.length64()  // FRAME
        default: try executeContainer(opcode)
        }
    }

    private mutating func executeContainer(_ opcode: UInt8) throws {
        switch opcode {
        case 0x28: marks.append(stack.count)  // MARK
        case 0x30: _ = try pop()  // POP
        case 0x31: _ = try popToMark()  // POP_MARK
        case 0x32: try push(top())  // DUP
        case 0x5D: push(.list([]))  // EMPTY_LIST
        case 0x7D: push(.dictionary([]))  // EMPTY_DICT
        case 0x29: push(.tuple([]))  // EMPTY_TUPLE
        case 0x74: try push(.tuple(popToMark()))  // TUPLE
        case 0x6C: try push(.list(popToMark()))  // LIST
        case 0x64: try push(.dictionary(pairs(popToMark())))  // DICT
        case 0x85: try pushTuple(1)  // TUPLE1
        case 0x86: try pushTuple(2)  // TUPLE2
        case 0x87: try pushTuple(3)  // TUPLE3
        case 0x61: try append([try pop()])  // APPEND
        case 0x65: try append(try popToMark())  // APPENDS
        case 0x73: try setSingleItem()  // SETITEM
        case 0x75: try setItems(try pairs(try popToMark()))  // SETITEMS
        default: try executeReference(opcode)
        }
    }

    private mutating func executeReference(_ opcode: UInt8) throws {
        switch opcode {
        case 0x71: memo[UInt64(try reader.byte())] = try top()  // BINPUT
        case 0x72: memo[UInt64(try reader.little(UInt32.self))] = try top()  // LONG_BINPUT
        case 0x94: memo[UInt64(memo.count)] = try top()  // MEMOIZE
        case 0x68: try push(recall(UInt64(reader.byte())))  // BINGET
        case 0x6A: try push(recall(UInt64(reader.little(UInt32.self))))  // LONG_BINGET
        case 0x63: try push(.global(lineGlobal()))  // GLOBAL
        case 0x93: try push(.global(stackGlobal()))  // STACK_GLOBAL
        case 0x52, 0x81: try reduce()  // REDUCE, NEWOBJ
        case 0x62: try build()  // BUILD
        case 0x51: try persistentIdentifier()  // BINPERSID
        default:
            throw InputError(
                "opcode 0x\(String(opcode, radix: 16)) is not one that PyTorch and NumPy write",
                advice: "The file is damaged, or not a checkpoint of plain tensors.")
        }
    }

    // MARK: helpers

    /// A two's-complement integer of `count` bytes.
    private mutating func long(_ count: Int) throws -> Int64 {
        guard count <= 8 else { throw InputError("an integer of \(count) bytes; 8 are the most that is read") }
        let bytes = try reader.take(count)
        guard let last = bytes.last else { return 0 }
        return bytes.reversed().reduce(last >= 0x80 ? -1 : 0) { $0 << 8 | Int64($1) }
    }

    private mutating func text(_ count: Int) throws -> String {
        String(decoding: try reader.take(count), as: UTF8.self)
    }

    private mutating func pushTuple(_ count: Int) throws {
        var items: [Item] = []
        for _ in 0..<count { items.append(try pop()) }
        push(.tuple(items.reversed()))
    }

    private func pairs(_ items: [Item]) throws -> [(Item, Item)] {
        guard items.count.isMultiple(of: 2) else { throw InputError("a dictionary with a key that has no value") }
        return stride(from: 0, to: items.count, by: 2).map { (items[$0], items[$0 + 1]) }
    }

    private mutating func append(_ items: [Item]) throws {
        let index = try topObject()
        guard case .list(var list) = objects[index] else {
            throw InputError("the pickle appends to what is not a list")
        }
        objects[index] = .list([])  // so that appending does not copy
        list += items
        objects[index] = .list(list)
    }

    private mutating func setSingleItem() throws {
        let value = try pop()
        let key = try pop()
        try setItems([(key, value)])
    }

    private mutating func setItems(_ pairs: [(Item, Item)]) throws {
        let index = try topObject()
        guard case .dictionary(var entries) = objects[index] else {
            throw InputError("the pickle sets items of what is not a dictionary")
        }
        objects[index] = .dictionary([])
        entries += pairs
        objects[index] = .dictionary(entries)
    }

    private func recall(_ key: UInt64) throws -> Item {
        guard let item = memo[key] else { throw InputError("the pickle recalls memo \(key), which it never stored") }
        return item
    }

    private mutating func lineGlobal() throws -> PickleGlobal {
        let module = String(decoding: try reader.line(limit: 256), as: UTF8.self)
        let name = String(decoding: try reader.line(limit: 256), as: UTF8.self)
        return try PickleGlobal(module: module, name: name)
    }

    private mutating func stackGlobal() throws -> PickleGlobal {
        guard case .string(let name) = try pop(), case .string(let module) = try pop() else {
            throw InputError("a global whose name is not text")
        }
        return try PickleGlobal(module: module, name: name)
    }
}
