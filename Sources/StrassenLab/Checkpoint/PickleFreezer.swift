// SPDX-License-Identifier: AGPL-3.0-or-later

/// Turns the machine's objects into a tree, each object once; refuses cycles, great depth, and trees that sharing
/// would blow up ("memo bombs").
struct PickleFreezer {
    private enum State {
        case open
        case done(PickleValue, nodes: Int, depth: Int)
    }

    private let objects: [PickleReader.Object]
    private let limits: PickleLimits
    private var states: [Int: State] = [:]

    init(objects: [PickleReader.Object], limits: PickleLimits) {
        (self.objects, self.limits) = (objects, limits)
    }

    mutating func freeze(_ item: PickleReader.Item) throws -> PickleValue { try visit(item, level: 0).value }

    private mutating func visit(_ item: PickleReader.Item, level: Int) throws -> (
        value: PickleValue, nodes: Int, depth: Int
    ) {
        switch item {
        case .none: return (.none, 1, 0)
        case .bool(let value): return (.bool(value), 1, 0)
        case .int(let value): return (.int(value), 1, 0)
        case .float(let value): return (.float(value), 1, 0)
        case .string(let value): return (.string(value), 1, 0)
        case .bytes(let value): return (.bytes(value), 1, 0)
        case .global(.torchType(let name)): return (.name(name), 1, 0)
        case .global: throw InputError("a function or type stands where data is expected")
        case .object(let index): return try visit(object: index, level: level)
        }
    }

    private mutating func visit(object index: Int, level: Int) throws -> (value: PickleValue, nodes: Int, depth: Int) {
        switch states[index] {
        case .open: throw InputError("a container contains itself")
        case .done(let value, let nodes, let depth):
            guard level + depth <= limits.depth else { throw tooDeep }
            return (value, nodes, depth)
        case nil: break
        }
        guard level < limits.depth else { throw tooDeep }
        states[index] = .open
        let result = try freeze(objects[index], level: level)
        guard result.nodes <= limits.nodes else {
            throw InputError("shared parts expand to more than \(limits.nodes) values")
        }
        states[index] = .done(result.value, nodes: result.nodes, depth: result.depth)
        return result
    }

    private var tooDeep: InputError { InputError("containers are nested more than \(limits.depth) deep") }

    private mutating func freeze(_ object: PickleReader.Object, level: Int) throws
        -> (value: PickleValue, nodes: Int, depth: Int)
    {
        switch object {
        case .tensor(let tensor): return (.tensor(tensor), 1, 0)
        case .array(let array): return (.array(array), 1, 0)
        case .dtype(let type): return (.name("numpy.\(type.element?.rawValue ?? "object")"), 1, 0)
        case .list(let items):
            let (values, nodes, depth) = try freeze(items, level: level)
            return (.list(values), nodes, depth)
        case .tuple(let items):
            let (values, nodes, depth) = try freeze(items, level: level)
            return (.tuple(values), nodes, depth)
        case .objectArray(let shape, let items):
            let (values, nodes, depth) = try freeze(items, level: level)
            return (.objects(shape: shape, values), nodes, depth)
        case .dictionary(let pairs):
            let (keys, keyNodes, keyDepth) = try freeze(pairs.map(\.0), level: level)
            let (values, nodes, depth) = try freeze(pairs.map(\.1), level: level)
            let entries = zip(keys, values).map { PickleEntry(key: $0, value: $1) }
            return (.dictionary(entries), keyNodes + nodes, max(keyDepth, depth))
        case .storage: throw InputError("a bare storage stands where data is expected")
        case .blankArray: throw InputError("an array without its numbers")
        }
    }

    private mutating func freeze(_ items: [PickleReader.Item], level: Int) throws
        -> (values: [PickleValue], nodes: Int, depth: Int)
    {
        var (values, nodes, deepest) = ([PickleValue](), 1, 0)
        values.reserveCapacity(items.count)
        for item in items {
            let (value, count, depth) = try visit(item, level: level + 1)
            values.append(value)
            nodes += count
            deepest = max(deepest, depth + 1)
            guard nodes <= limits.nodes else {
                throw InputError("shared parts expand to more than \(limits.nodes) values")
            }
        }
        return (values, nodes, deepest)
    }
}
