// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite("Matrices in .npy files") struct MatrixFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("matrix-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    @Test(arguments: ["f8", "f8_fortran", "f4_big", "f8_big_fortran", "f2", "f8_version2"])
    func readsEveryLayout(name: String) throws {
        let file = Fixture.url("numpy/\(name).npy").path
        let double: Matrix<Double> = try NumPyFile.readMatrix(path: file)
        let single: Matrix<Float> = try NumPyFile.readMatrix(path: file)
        #expect(double.rows == 3 && double.columns == 4)
        #expect(Array(double.elements) == (0..<12).map { Double($0) - 5.5 })
        #expect(Array(single.elements) == (0..<12).map { Float($0) - 5.5 })
        #expect(double.firstNonFinite == nil)
    }

    @Test func findsNaN() throws {
        let matrix: Matrix<Float> = try NumPyFile.readMatrix(path: Fixture.url("numpy/nan.npy").path)
        #expect(matrix.firstNonFinite! == (1, 0))
    }

    @Test func writesAtomicallyAndReadsBack() throws {
        let file = path("a.npy")
        let matrix = try Matrix<Double>(rows: 37, columns: 23) { Double($0) / Double($1 + 1) }
        try NumPyFile.write(matrix, to: file)
        let back: Matrix<Double> = try NumPyFile.readMatrix(path: file)
        #expect(Array(back.elements) == Array(matrix.elements))
        let layout = try NumPyFile.matrixLayout(path: file)
        #expect(layout.rows == 37 && layout.columns == 23 && layout.type == .float64)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.npy"])
    }

    @Test func aFailedWriteLeavesTheOldFile() throws {
        let file = path("old")
        try AtomicFile.write(Array("old".utf8), to: file)
        #expect(throws: InputError.self) {
            try AtomicFile.write(to: file) { output in
                try output.write(Array("half of the new".utf8))
                throw InputError("changed my mind")
            }
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["old"])
        #expect(throws: FileSystemError.self) { try AtomicFile.write([1], to: folder.path) }
        #expect(throws: FileSystemError.self) { try AtomicFile.write([1], to: path("none/there")) }
    }

    @Test func refusesWhatIsNoMatrix() throws {
        func error(_ bytes: [UInt8]) throws -> String {
            try AtomicFile.write(bytes, to: path("x.npy"))
            do {
                let matrix: Matrix<Double> = try NumPyFile.readMatrix(path: path("x.npy"))
                return "read \(matrix.rows)"
            } catch { return "\(error)" }
        }
        let good = try NumPyFile.bytes(of: NumericTensor(shape: [2, 2], values: [1, 2, 3, 4]))
        #expect(try error(Array(good.dropLast())).contains("needs 160 bytes, the file has 159"))
        #expect(try error(good + [0]).contains("needs 160 bytes, the file has 161"))
        #expect(
            try error(NumPyFile.bytes(of: NumericTensor(shape: [4], values: [1, 2, 3, 4]))).contains("1 dimensions"))
        #expect(try error(Array("1 2\n3 4\n".utf8)).contains("numpy.save"))
        #expect(try error([]).contains("not a NumPy"))
        for name in ["", "missing.npy"] {
            #expect(throws: InputError.self) { try NumPyFile.matrixLayout(path: path(name)) }
        }
        #expect(throws: InputError.self) { try NumPyFile.matrixLayout(path: Fixture.url("numpy/objects.npy").path) }
    }
}
