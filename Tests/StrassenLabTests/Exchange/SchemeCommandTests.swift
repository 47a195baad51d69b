// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite("strassen scheme") struct SchemeCommandTests {
    private func json(_ arguments: String...) throws -> [String: Any] {
        let outcome = try CommandLineTool.run(["scheme"] + arguments + ["--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    private func fixture(_ file: String) -> String { Fixture.url("schemes/\(file)").path }

    @Test func listHasEveryBuiltIn() throws {
        let schemes = try #require(try json("list")["schemes"] as? [[String: Any]])
        #expect(schemes.map { $0["name"] as? String } == Scheme.builtinNames)
        let strassen = try #require(schemes.first { $0["name"] as? String == "strassen" })
        #expect(strassen["rank"] as? Int == 7 && strassen["shape"] as? [Int] == [2, 2, 2])
        #expect(strassen["nonzeros"] as? Int == 36 && strassen["additions"] as? Int == 18)
        #expect(strassen["rings"] as? [String] == ["z", "q", "gf2"])
    }

    @Test func listOfAnArchiveNeedsTheRing() throws {
        let path = fixture("alphatensor_factorizations_f2.npz")
        #expect(try CommandLineTool.run(["scheme", "list", path]).status == 65)
        let outcome = try CommandLineTool.run(["scheme", "list", path, "--ring", "gf2"])
        #expect(outcome.status == 0 && outcome.output.contains("⟨4,4,4;47⟩  gf2"))
    }

    @Test func showPrintsEquations() throws {
        let outcome = try CommandLineTool.run(["scheme", "show", "strassen"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("\nm1 = (a11 + a22) * (b11 + b22)\n"))
        #expect(outcome.output.contains("64 Brent equations hold over z, q, gf2"))
        let shown = try json("show", fixture("4x4x4_m49_ZT.m"))
        #expect(shown["convention"] as? String == "rows, Cᵀ")
        #expect((shown["equations"] as? [String])?.count == 49 + 16)
    }

    @Test func convertGoesRoundEveryFormat() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let files = [
                "a.scheme", "a.json", "a_reduced.json", "a.npz", "a.m", "a.exp", "a.txt", "a.mpl", "a.eq", "z.scheme",
            ]
            var source = fixture("2x3x4_m20_ZT.json")
            for file in files {
                let outcome = try CommandLineTool.run(["scheme", "convert", source, file, "--name", "a"], in: folder)
                #expect(outcome.status == 0 && outcome.output.isEmpty, "\(file): \(outcome.errors)")
                source = file
            }
            let (first, last) = ("a.scheme", "z.scheme")
            let texts = try [first, last].map {
                try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
            }
            #expect(texts[0] == texts[1])
            let renamed = try CommandLineTool.run(
                ["scheme", "convert", first, "b.scheme", "--name", "b", "--json"], in: folder)
            let object = try JSONSerialization.jsonObject(with: Data(renamed.output.utf8)) as? [String: Any]
            #expect((object?["scheme"] as? [String: Any])?["name"] as? String == "b", "\(renamed.output)")
            let latex = try CommandLineTool.run(["scheme", "convert", first, "-", "--to", "tex"], in: folder)
            #expect(latex.output.contains("\\begin{align*}"))
        }
    }

    @Test func composeProvesTheProduct() throws {
        #expect(try json("compose", "strassen", "winograd")["rank"] as? Int == 49)
        let outcome = try CommandLineTool.run(["scheme", "compose", "strassen", "2x2x3-11", "--name", "both"])
        #expect(try Scheme(text: outcome.output).shape == "⟨4,4,6;77⟩")
        let large = try CommandLineTool.run(["scheme", "compose", "4x4x4-none", "strassen"])
        #expect(large.status == 65 && large.errors.contains("neither a built-in scheme nor a file"))
    }

    @Test func equivalentShowsTheTransformationOrTheInvariant() throws {
        let same = try json("equivalent", "strassen", "winograd")
        #expect(same["verdict"] as? String == "same" && (same["transform"] as? [String: Any])?["p"] != nil)
        let cases: [(first: String, second: String, status: Int32, text: String)] = [
            ("accurate", "accurate-turned", 0, "the same algorithm: P = [["), ("strassen", "strassen", 0, "identical"),
            ("strassen", fixture("2x2x2_tensor.mpl"), 0, "the same algorithm"),
            ("2x3x3-15", "3x3x2-15", 0, "the same algorithm"),
            ("3x3x3-23", fixture("3x3x3_m23_Z.json"), 1, "different algorithms: the rank pattern differs"),
            ("strassen", "2x2x3-11", 1, "different algorithms: the shape differs"),
            ("strassen", fixture("alphatensor_factorizations_f2.npz") + "#2,2,2", 65, "holds only mod 2"),
        ]
        for (first, second, status, text) in cases {
            let outcome = try CommandLineTool.run(["scheme", "equivalent", first, second])
            #expect(
                outcome.status == status && (outcome.output + outcome.errors).contains(text),
                "\(first) \(second): \(outcome)")
        }
    }

    @Test func sparsifyWritesWhatItFound() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let outcome = try CommandLineTool.run(["scheme", "sparsify", "winograd", "-o", "s.scheme"], in: folder)
            #expect(outcome.status == 0 && outcome.errors.contains("non-zeros 42 to 36, additions 24 to 18"))
            #expect(try SchemeSource.scheme(folder.appendingPathComponent("s.scheme").path).nonzeros == 36)
        }
    }

    @Test func whatIsNoSchemeIsRefused() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let text = try Scheme.builtin("strassen").text
            let wrong = text.replacing("p1 |  1  0  0  1", with: "p1 |  1  0  0  2")
            #expect(wrong != text)
            try wrong.write(to: folder.appendingPathComponent("wrong.scheme"), atomically: true, encoding: .utf8)
            // What is wrong is told before the walk, which would not end.
            let long = ["sparsify", "strassen", "--rounds", "10000", "--steps", "1000000000"]
            let cases: [(arguments: [String], status: Int32, message: String)] = [
                (
                    ["show", "wrong.scheme"], 65,
                    "wrong.scheme: ⟨2,2,2;7⟩ does not multiply matrices: 4 of 64 equations fail, first"
                ),
                (["convert", "wrong.scheme", "out.json"], 65, "equations fail, first that of a"),
                (["convert", "strassen", "out.xyz"], 64, "the format is not known from the name"),
                (["convert", "strassen", "nowhere/out.json"], 73, "cannot create it"),
                (["convert", "strassen", "-", "--to", "npz"], 64, "an .npz archive is not text"),
                (["convert", fixture("2x3x7_m35_Q.json"), "out.npz"], 65, "not a binary fraction"),
                (
                    ["show", fixture("alphatensor_factorizations_f2.npz") + "#4,4,4"], 65,
                    "⟨4,4,4;47⟩ holds only mod 2; over the integers"
                ),
                (["show", "."], 65, "expected a file, found a directory"), (["show"], 64, "Missing expected argument"),
                (["sparsify", "strassen", "--rounds", "0"], 64, "expected 1...10000"),
                (long + ["-o", "x.unknown"], 64, "the format is not known from the name"),
                (long + ["-o", "nowhere/x.scheme"], 73, "there is no folder"),
                (long + ["--name", "not a name"], 64, "name"),
                (["compose", "strassen", "strassen", "-o", "x.unknown"], 64, "the format is not known"),
                (["compose", "strassen", "strassen", "-o", "nowhere/x.scheme"], 73, "there is no folder"),
            ]
            for (arguments, status, message) in cases {
                let outcome = try CommandLineTool.run(["scheme"] + arguments, in: folder)
                #expect(outcome.status == status && outcome.output.isEmpty, "\(arguments): \(outcome)")
                #expect(outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["wrong.scheme"])
        }
    }
}
