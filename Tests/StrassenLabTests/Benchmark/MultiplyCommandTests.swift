// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite("strassen multiply") struct MultiplyCommandTests {
    /// A folder with A (7×5), B (5×9), float32 copies of both, and D (4×4).
    private func inFolder(_ body: (URL) throws -> Void) throws {
        try CommandLineTool.inTemporaryFolder { (folder: URL) throws -> Void in
            func save<Element: MatrixElement>(_ matrix: Matrix<Element>, _ name: String) throws {
                try NumPyFile.write(matrix, to: folder.appendingPathComponent(name).path)
            }
            try save(Matrix<Double>(rows: 7, columns: 5) { Double($0 * 3 - $1) }, "a.npy")
            try save(Matrix<Double>(rows: 5, columns: 9) { Double($0 + 2 * $1) }, "b.npy")
            try save(Matrix<Float>(rows: 7, columns: 5) { Float($0 * 3 - $1) }, "a32.npy")
            try save(Matrix<Float>(rows: 5, columns: 9) { Float($0 + 2 * $1) }, "b32.npy")
            try save(Matrix<Double>(rows: 4, columns: 4) { _, _ in 1 }, "d.npy")
            try save(Matrix<Double>(rows: 5, columns: 9) { $0 == 2 && $1 == 3 ? .nan : 1 }, "nan.npy")
            try body(folder)
        }
    }

    private func expected(_ i: Int, _ j: Int) -> Double {
        (0..<5).reduce(0) { $0 + Double(i * 3 - $1) * Double($1 + 2 * j) }
    }

    @Test(arguments: ["auto", "classical", "basic", "optimal", "turbo", "reference"])
    func everyEngineMultiplies(engine: String) throws {
        try inFolder { (folder: URL) throws -> Void in
            let levels =
                ["basic", "optimal", "turbo"].contains(engine) ? ["--levels", "1", "--scheme", "winograd"] : []
            let outcome = try CommandLineTool.run(
                ["multiply", "a.npy", "b.npy", "-o", "c.npy", "--engine", engine, "--check", "--json"] + levels,
                in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let c = try NumPyFile.readMatrix(path: folder.appendingPathComponent("c.npy").path, as: Double.self)
            #expect((c.rows, c.columns) == (7, 9))
            for i in 0..<7 { for j in 0..<9 { #expect(abs(c[i, j] - expected(i, j)) < 1e-12) } }
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            #expect(object["m"] as? Int == 7 && object["precision"] as? String == "float64")
        }
    }

    @Test func singlePrecisionStaysAndMixedBecomesDouble() throws {
        try inFolder { (folder: URL) throws -> Void in
            let type = { (name: String) in
                try NumPyFile.matrixLayout(path: folder.appendingPathComponent(name).path).type
            }
            #expect(try CommandLineTool.run(["multiply", "a32.npy", "b32.npy", "-o", "c.npy"], in: folder).status == 0)
            #expect(try type("c.npy") == .float32)
            #expect(try CommandLineTool.run(["multiply", "a32.npy", "b.npy", "-o", "c.npy"], in: folder).status == 0)
            #expect(try type("c.npy") == .float64)
        }
    }

    @Test func transposesAreTaken() throws {
        try inFolder { (folder: URL) throws -> Void in
            let outcome = try CommandLineTool.run(
                ["multiply", "b.npy", "a.npy", "--transpose-a", "--transpose-b", "-o", "c.npy"], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let c = try NumPyFile.readMatrix(path: folder.appendingPathComponent("c.npy").path, as: Double.self)
            #expect((c.rows, c.columns) == (9, 7) && abs(c[4, 3] - expected(3, 4)) < 1e-12)
        }
    }

    @Test(arguments: [([], true), (["--levels", "1"], false)])
    func itIsSaidWhenASchemeIsNotUsed(levels: [String], isSaid: Bool) throws {
        try inFolder { (folder: URL) throws -> Void in
            let outcome = try CommandLineTool.run(
                ["multiply", "a.npy", "b.npy", "-o", "c.npy", "--scheme", "strassen"] + levels, in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("the scheme is not used") == isSaid)
        }
    }

    @Test func learnedSchemeMultiplies() throws {
        try inFolder { (folder: URL) throws -> Void in
            let checkpoint = Fixture.url("checkpoints/strassen_discovered.pt").path
            let outcome = try CommandLineTool.run(
                [
                    "multiply", "a.npy", "b.npy", "-o", "c.npy", "--engine", "turbo", "--levels", "1", "--scheme",
                    checkpoint, "--check",
                ],
                in: folder)
            #expect(outcome.status == 0 && outcome.output.contains("1 level"), "\(outcome.errors)")
        }
    }

    /// Trained factors are told by their content, whatever they lie in.
    @Test(arguments: ["npz", "json", "safetensors"]) func trainedFactorsOfEveryFormatMultiply(format: String) throws {
        try inFolder { (folder: URL) throws -> Void in
            let checkpoint = Fixture.url("checkpoints/strassen_discovered.pt")
            let path = folder.appendingPathComponent("net.\(format)").path
            try BilinearModel(bytes: [UInt8](Data(contentsOf: checkpoint))).write(to: path)
            let outcome = try CommandLineTool.run(
                ["multiply", "a.npy", "b.npy", "-o", "c.npy", "--levels", "1", "--scheme", path, "--check"], in: folder)
            #expect(outcome.status == 0 && outcome.output.contains("1 level"), "\(outcome.errors)")
        }
    }

    private static let badInputs: [(arguments: String, status: Int32, says: String)] = [
        ("a.npy d.npy", 65, "4 rows, expected 5"), ("a.npy nan.npy", 65, "(2, 3) is nan"), ("a.npy .", 65, "directory"),
        ("a.npy none.npy", 65, "no such file"), ("a.npy b.npy --threads 0", 64, "--threads"),
        ("a.npy b.npy --kernel none", 64, "there are"), ("a.npy b.npy --scheme none", 65, "Built in"),
        ("a.npy b.npy --levels=-1", 64, "--levels"), ("a.npy b.npy --levels 9", 64, "0 to 8"),
        ("a.npy b.npy --check --allow-nonfinite", 64, "finite"), ("a.npy b.npy --engine fast", 64, "engine"),
        ("a.npy b.npy --scheme +", 64, "expected names or files joined by +"),
        ("a.npy b.npy --scheme strassen++winograd", 64, "expected names or files joined by +"), ("a.npy", 64, "<b>"),
    ]

    @Test(arguments: badInputs)
    func badInputLeavesNothingBehind(arguments: String, status: Int32, says: String) throws {
        try inFolder { (folder: URL) throws -> Void in
            let words = arguments.split(separator: " ").map(String.init)
            let outcome = try CommandLineTool.run(["multiply"] + words + ["-o", "c.npy"], in: folder)
            #expect(outcome.status == status && outcome.output.isEmpty, "\(outcome.errors)")
            #expect(outcome.errors.contains(says), "\(outcome.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("c.npy").path))
        }
    }

    @Test(arguments: ["scalar.npy", "complex.npy", "objects.npy", "record.npy", "i4_fortran_3d.npy"])
    func wrongRanksAndTypesAreNamed(file: String) throws {
        try inFolder { (folder: URL) throws -> Void in
            let path = Fixture.url("numpy/\(file)").path
            let outcome = try CommandLineTool.run(["multiply", path, "b.npy", "-o", "c.npy"], in: folder)
            #expect(outcome.status == 65 && outcome.errors.contains(file), "\(outcome.errors)")
        }
    }

    @Test func outputIsCheckedBeforeTheWork() throws {
        try inFolder { (folder: URL) throws -> Void in
            #expect(try CommandLineTool.run(["multiply", "a.npy", "b.npy", "-o", "."], in: folder).status == 73)
            #expect(try CommandLineTool.run(["multiply", "a.npy", "b.npy", "-o", "no/c.npy"], in: folder).status == 73)
            #expect(
                try CommandLineTool.run(
                    ["multiply", "a.npy", "nan.npy", "-o", "c.npy", "--allow-nonfinite"], in: folder
                ).status == 0)
        }
    }
}
