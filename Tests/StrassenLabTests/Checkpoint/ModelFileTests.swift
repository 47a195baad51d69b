// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite("Files of trained factors") struct ModelFileTests {
    /// Every kind of float64 that a file has to keep: −0, subnormal, largest, and with `special` NaN and infinity too.
    private func model(special: Bool = false) -> BilinearModel {
        var random = RandomSource(seed: 7)
        func numbers(_ count: Int) -> [Double] { (0..<count).map { _ in random.uniform(-2, 2) } }
        var model = BilinearModel(
            m: 2, k: 3, n: 4, u: numbers(5 * 6), v: numbers(5 * 12), w: numbers(5 * 8), mask: [1, 0, 0.5, 1, 1],
            metadata: ["seed": "42", "note": "a \"quoted\" line\nand ⟨2,3,4⟩", "empty": ""])
        model.u.replaceSubrange(0..<4, with: [-0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1 + 0.2])
        if special { model.v.replaceSubrange(0..<3, with: [.nan, .infinity, -.infinity]) }
        return model
    }

    private func bits(_ model: BilinearModel) -> [UInt64] {
        [model.u, model.v, model.w, model.mask ?? []].joined().map(\.bitPattern)
    }

    @Test(arguments: ModelFormat.allCases)
    func whatIsWrittenReadsBackBitIdentically(format: ModelFormat) throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let model = model(special: format != .json)
            // The name says another format: content counts.
            let path = folder.appendingPathComponent("model.bin").path
            try model.write(to: path, format: format)
            let back = try BilinearModel(contentsOf: path)
            #expect(back.shape == "⟨2,3,4;5⟩" && bits(back) == bits(model))
            #expect(back.metadata == (format == .numpy ? [:] : model.metadata))
            let bytes = try FileInput.contents(of: path)
            try model.write(to: path, format: format)
            #expect(try FileInput.contents(of: path) == bytes)
        }
    }

    @Test func theExtensionChoosesTheFormat() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            for format in ModelFormat.allCases {
                let path = folder.appendingPathComponent("m.\(format.rawValue)").path
                try model().write(to: path)
                #expect(try ModelFormat(detecting: FileInput.contents(of: path)) == format)
            }
            #expect(throws: InputError.self) { try model().write(to: folder.appendingPathComponent("m.xyz").path) }
            #expect(throws: InputError.self) {
                try model(special: true).write(to: folder.appendingPathComponent("nan.json").path)
            }
            var talkative = model()
            talkative.metadata["note"] = String(repeating: "x", count: 1 << 17)
            #expect(throws: InputError.self) { try talkative.write(to: folder.appendingPathComponent("t.pt").path) }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(names.sorted() == ["m.json", "m.npz", "m.pt", "m.safetensors"])
        }
    }

    @Test func orientationsAreToldByTheShapes() throws {
        func load(_ u: String, _ v: String, _ w: String, _ rest: String = "") throws -> BilinearModel {
            try BilinearModel(
                bytes: Array("{\"u\": \(u), \"model\": 1, \"V_coefs\": \(v), \"W.weight\": \(w)\(rest)}".utf8))
        }
        let column = "[[1], [2]]"
        // r = 1, ⟨2,1,2⟩: U 1×2, V 1×2, W 4×1.
        let model = try load("[[3, 4]]", "[[5, 6]]", "[[1], [2], [3], [4]]")
        #expect(model.shape == "⟨2,1,2;1⟩" && model.w == [1, 2, 3, 4])
        #expect(try load("[[3, 4]]", "[[5, 6]]", "[[1, 2, 3, 4]]").w == [1, 2, 3, 4])
        #expect(try load(column, column, "[[1], [2], [3], [4]]").u == [1, 2])
        for (w, rest, phrase) in [
            ("[[1, 2, 3]]", "", "do not fit together"), ("[1, 2]", "", "must be matrices"),
            ("[[1, 2], [3]]", "", "row 1 has 1 numbers"), ("[[1, 2, 3, 4]]", ", \"shape\": [1, 2, 1]", "⟨1,2,1⟩"),
            ("[[1, 2, 3, 4]]", ", \"mask\": [1, 0]", "one entry for each of 1 slots"),
            ("[[1, 2, 3, 4]]", ", \"w\": [[1]]", "two tensors could be W"),
        ] {
            let error = #expect(throws: InputError.self, "\(w) \(rest)") { try load("[[3, 4]]", "[[5, 6]]", w, rest) }
            #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
        }
    }

    @Test func aFileWithoutFactorsListsWhatItHas() throws {
        let bytes = try NumPyArchive.bytes(of: [("x", NumericTensor(shape: [2, 2], values: [1, 2, 3, 4]))])
        let error = #expect(throws: InputError.self) { try BilinearModel(bytes: bytes) }
        #expect(error?.description.contains("no tensors U, V and W; it has x") == true)
    }
}
