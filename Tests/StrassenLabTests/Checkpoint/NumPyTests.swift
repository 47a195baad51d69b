// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite("NumPy files") struct NumPyTests {
    /// The values of `grid` in Fixtures/numpy/make.py.
    private let grid = (0..<12).map { Double($0) - 5.5 }

    private func numbers(_ name: String) throws -> NumericTensor {
        guard case .numbers(let tensor) = try NumPyFile.read(path: Fixture.url("numpy/\(name).npy").path) else {
            throw InputError("\(name) holds objects")
        }
        return tensor
    }

    @Test(arguments: ["f8", "f8_fortran", "f4_big", "f8_big_fortran", "f2", "f8_version2"])
    func floatsInEveryOrder(name: String) throws {
        let tensor = try numbers(name)
        #expect(tensor.shape == [3, 4])
        #expect(tensor.doubles == grid)
    }

    @Test func integersBooleansScalarsAndNothing() throws {
        let cube = try numbers("i4_fortran_3d")
        #expect(cube.shape == [2, 3, 4] && cube.integers == (-12..<12).map(Int64.init))
        #expect(try numbers("u8_large").integers == nil)
        #expect(try numbers("u8_large").doubles == [0, 9.223372036854776e18])
        #expect(try numbers("bool").integers == [1, 0, 1])
        #expect(try numbers("scalar").shape == [] && numbers("scalar").doubles == [2.5])
        #expect(try numbers("empty").shape == [0, 5] && numbers("empty").doubles == [])
    }

    @Test func objectArrays() throws {
        guard case .objects(let shape, let items) = try NumPyFile.read(path: Fixture.url("numpy/objects.npy").path),
            case .array(let identity) = items[0]
        else {
            Issue.record("expected objects")
            return
        }
        #expect(shape == [3])
        #expect(identity.shape == [2, 2] && identity.integers == [1, 0, 0, 1])
        #expect(items[1] == .list([.int(1), .string("two"), .none, .float(3.5), .bytes([0x34])]))
        let tuple = PickleValue.tuple([.bool(true), .int(-(1 << 40))])
        #expect(items[2].textEntries?.first?.key == "five" && items[2].textEntries?.first?.value == tuple)
    }

    @Test(arguments: ["deflated", "stored"])
    func archives(name: String) throws {
        let arrays = try NumPyArchive.read(FileInput.contents(of: Fixture.url("numpy/\(name).npz").path))
        #expect(arrays.map(\.name) == ["U", "V"])
        guard case .numbers(let u) = arrays[0].array, case .numbers(let v) = arrays[1].array else {
            Issue.record("expected numbers")
            return
        }
        #expect(u.doubles == grid && v.transposed.doubles == grid)
    }

    @Test func alphaTensorArchives() throws {
        for (name, count) in [("r", 93), ("f2", 20)] {
            let url = Fixture.url("schemes/alphatensor_factorizations_\(name).npz")
            let arrays = try NumPyArchive.read(FileInput.contents(of: url.path))
            #expect(arrays.count == count, "\(arrays.count) arrays in \(name)")
            for (label, array) in arrays {
                switch array {
                case .numbers(let tensor): #expect(tensor.shape[0] == 3 && tensor.firstNonFinite == nil, "\(label)")
                case .objects(let shape, let items):
                    #expect(shape == [3] && items.count == 3, "\(label)")
                    for case .array(let factor) in items {
                        #expect(factor.integers != nil || factor.type.isFloatingPoint)
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ("complex", "dtype"), ("record", "expected text"),
    ]) func unsupportedTypesAreNamed(name: String, phrase: String) {
        let error = #expect(throws: InputError.self) { try numbers(name) }
        #expect(error?.description.contains(phrase) == true)
    }

    @Test func writtenArraysReadBackExactly() throws {
        let tensor = NumericTensor(shape: [2, 3], values: [-0.0, .infinity, .leastNonzeroMagnitude, 1, 2, 3])
        #expect(try NumPyFile.read(NumPyFile.bytes(of: tensor)) == .numbers(tensor))
        let archive = try NumPyArchive.bytes(of: [("a", tensor), ("b/c", tensor)])
        let back = try NumPyArchive.read(archive)
        #expect(back.map(\.name) == ["a", "b/c"])
        #expect(back.allSatisfy { $0.array == .numbers(tensor) })
    }

    @Test func damagedHeaders() throws {
        let good = try NumPyFile.bytes(of: NumericTensor(shape: [2, 2], values: [1, 2, 3, 4]))
        func altered(_ from: String, _ to: String) -> [UInt8] {
            let text = String(decoding: good[10..<128], as: UTF8.self).replacingOccurrences(of: from, with: to)
            return good[..<8] + [UInt8(text.utf8.count), 0] + Array(text.utf8) + good[128...]
        }
        for bytes in [
            [], [0x93], Array(good.prefix(9)), Array(good.prefix(100)), Array(good.dropLast()), good + [0],
            altered("(2, 2)", "(2, 3)"), altered("(2, 2)", "(4611686018427387904, 4)"), altered("(2, 2)", "(-2, -2)"),
            altered("(2, 2)", "(99999999999999999999,)"), altered("False", "Maybe"), altered("'descr'", "'x'"),
            altered("<f8", "|O"), altered("<f8", "<q9"), altered("}", ""),
            altered("(2, 2)", "(0, 4611686018427387904, 4)"),
        ] { #expect(throws: InputError.self) { try NumPyFile.read(bytes) } }
    }
}
