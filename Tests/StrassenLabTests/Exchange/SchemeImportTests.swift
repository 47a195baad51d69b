// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite("Import of published schemes") struct SchemeImportTests {
    static let published: [(file: String, shape: String, convention: SchemeConvention)] = [
        ("2x2x2_m7_ZT.json", "⟨2,2,2;7⟩", .transposedC), ("2x3x4_m20_ZT.json", "⟨2,3,4;20⟩", .transposedC),
        ("2x3x7_m35_Q.json", "⟨2,3,7;35⟩", .transposedC), ("3x3x3_m23_Z.json", "⟨3,3,3;23⟩", .transposedC),
        ("4x4x4_m49_ZT.json", "⟨4,4,4;49⟩", .transposedC), ("4x4x4_m49_ZT.m", "⟨4,4,4;49⟩", .transposedC),
        ("2x2x2_m7_cr15_cn24_ZT_reduced.json", "⟨2,2,2;7⟩", .transposedC),
        ("2x2x2_tensor.mpl", "⟨2,2,2;7⟩", .transposedC), ("2x6x11_m104_ZT.txt", "⟨2,6,11;104⟩", .transposedC),
    ]

    private func path(_ file: String) -> String { Fixture.url("schemes/\(file)").path }

    @Test(arguments: published)
    func proves(file: String, shape: String, convention: SchemeConvention) throws {
        let imported = try SchemeFile.read(path: path(file))
        #expect(imported.scheme.shape == shape)
        #expect(imported.report.isExact && imported.report.rings.contains(.rationals))
        #expect(imported.convention == convention)
    }

    @Test func theFullAndTheNestedListFormsOfOneSchemeAgree() throws {
        #expect(
            try SchemeFile.read(path: path("4x4x4_m49_ZT.json")).scheme
                == SchemeFile.read(path: path("4x4x4_m49_ZT.m")).scheme)
    }

    @Test func theReducedFormHasWinogradsFifteenAdditions() throws {
        let imported = try SchemeFile.read(path: path("2x2x2_m7_cr15_cn24_ZT_reduced.json"))
        #expect(imported.scheme.plainAdditions == 24 && imported.scheme.nonzeros == 42)
    }

    @Test func everyAlphaTensorSchemeOverQProves() throws {
        let archive = path("alphatensor_factorizations_r.npz")
        let names = try SchemeFile.entries(path: archive)
        #expect(names.count == 93)
        for name in names {
            let imported = try SchemeFile.read(path: archive, entry: name)
            #expect(imported.report.isExact, "\(name)")
            #expect(
                [imported.scheme.m, imported.scheme.k, imported.scheme.n].map(String.init).joined(separator: ",")
                    == name)
        }
    }

    @Test func everyAlphaTensorSchemeMod2IsRefusedOverQ() throws {
        let archive = path("alphatensor_factorizations_f2.npz")
        let names = try SchemeFile.entries(path: archive)
        #expect(names.count == 20)
        for name in names {
            do {
                _ = try SchemeFile.read(path: archive, entry: name)
                Issue.record("\(name) was taken for a scheme over Q")
            } catch let error as InputError {
                #expect(error.message.contains("holds only mod 2; over the integers"), "\(error)")
                #expect(error.message.contains("equations fail, first that of a"), "\(error)")
                #expect(error.file == archive)
            }
            let mod2 = try SchemeFile.read(path: archive, entry: name, ring: .gf2)
            #expect(mod2.isMod2Only && mod2.report.rings == .gf2, "\(name)")
        }
    }

    @Test func aMod2SchemeKeepsItsLabel() throws {
        let mod2 = try SchemeFile.read(path: path("alphatensor_factorizations_f2.npz"), entry: "2,2,2", ring: .gf2)
        let text = try SchemeFile.bytes(of: mod2.scheme, format: .scheme, mod2: true)
        #expect(String(decoding: text, as: UTF8.self).contains("\n# Holds only mod 2"))
        #expect(try SchemeFile.read(text, format: .scheme, name: "x", ring: .gf2).isMod2Only)
        #expect(throws: InputError.self) { try SchemeFile.read(text, format: .scheme, name: "x") }
        let json = String(decoding: try SchemeFile.bytes(of: mod2.scheme, format: .json, mod2: true), as: UTF8.self)
        #expect(json.contains("\"z2\": true"))
    }

    @Test func anArchiveAsksWhichScheme() throws {
        let error = #expect(throws: InputError.self) {
            try SchemeFile.read(path: path("alphatensor_factorizations_r.npz"))
        }
        #expect(error?.message.contains("93 schemes: 2,2,2  2,2,3") == true)
        #expect(throws: InputError.self) {
            try SchemeFile.read(path: path("alphatensor_factorizations_r.npz"), entry: "9,9,8")
        }
    }

    @Test(arguments: [[3, .max, 0], [3, 1_000_000_000, 0], [3, 0, 7]])
    func emptyArraysOfAnArchiveAreRefused(shape: [Int]) throws {
        let tensor = try NumericTensor(shape: shape, type: .int64, bytes: [])
        let bytes = try NumPyArchive.bytes(of: [("2,2,2", tensor)])
        let error = #expect(throws: InputError.self) { try SchemeFile.read(bytes, format: .npz, name: "x") }
        #expect(error?.description.contains("expected shape [3, mk, r] without a 0, found \(shape)") == true)
    }

    @Test func aCheckpointIsASource() throws {
        let scheme = try SchemeSource.scheme(Fixture.url("checkpoints/strassen_discovered.pt").path)
        #expect(scheme.name == "strassen_discovered" && scheme.shape == "⟨2,2,2;7⟩")
        #expect(try scheme.verify().isExact)
    }

    @Test(arguments: ["2x2x2_m7_ZT.json", "4x4x4_m49_ZT.m", "2x2x2_tensor.mpl", "2x6x11_m104_ZT.txt"])
    func contentsTellTheFormat(file: String) throws {
        let bytes = try FileInput.contents(of: path(file))
        #expect(SchemeFormat(bytes: bytes) == SchemeFormat(path: file))
    }
}
