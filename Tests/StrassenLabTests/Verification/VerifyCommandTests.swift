// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite("strassen verify") struct VerifyCommandTests {
    private func checkpoint(_ name: String) -> String { Fixture.url("checkpoints/\(name).pt").path }

    @Test(arguments: ["strassen_discrete_final", "strassen_exact", "strassen_grokked_weights"])
    func textbookCheckpointsRound(name: String) throws {
        let report = try VerificationReport(Specimen(contentsOf: checkpoint(name)), expanding: false)
        #expect(report.proved && report.attempts.map(\.method) == [.round] && report.model?.delta == 0)
    }

    @Test(arguments: [("strassen_grokkit", 0.500), ("strassen_result", 0.705), ("strassen_discovered", 0.495)])
    func learnedCheckpointsNeedTheGaugeFix(name: String, delta: Double) throws {
        let report = try VerificationReport(Specimen(contentsOf: checkpoint(name)), expanding: false)
        #expect(report.proved && report.attempts.map(\.proved) == [false, true])
        #expect(abs((report.model?.delta ?? 0) - delta) < 0.001 && report.slots?.count == 7)
        #expect(try report.canonicalHash == Scheme.builtin("strassen").canonicalForm().hash)
    }

    @Test func theCollapsedCheckpointIsRefused() throws {
        let outcome = try CommandLineTool.run(["verify", checkpoint("strassen_robust")])
        #expect(outcome.status == 1 && outcome.output.hasPrefix("⟨2,2,2;8⟩: not proved"))
        #expect(outcome.output.contains("the model has collapsed"))
    }

    @Test func aLearnedCheckpointBecomesAFile() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let outcome = try CommandLineTool.run(
                ["verify", checkpoint("strassen_discovered"), "-o", "d.scheme", "--name", "discovered", "--json"],
                in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let json = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            #expect(json["proved"] as? Bool == true)
            let rows = try #require((json["expansion"] as? [String: Any])?["rows"] as? [[String: Any]])
            #expect(rows.map { $0["n"] as? Int } == [2, 4, 8, 16, 32, 64])
            #expect(rows.allSatisfy { $0["exact"] as? Bool == true && ($0["float32_error"] as? Double ?? 1) < 1e-5 })
            let scheme = try SchemeSource.scheme(folder.appendingPathComponent("d.scheme").path)
            #expect(scheme.name == "discovered" && scheme.nonzeros == 36)
        }
    }

    @Test func aSchemeGetsItsName() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            for (options, name) in [(["--name", "mine"], "mine"), ([], "strassen")] {
                let outcome = try CommandLineTool.run(
                    ["verify", "strassen", "--no-expansion", "-o", "s.scheme"] + options, in: folder)
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(try SchemeSource.scheme(folder.appendingPathComponent("s.scheme").path).name == name)
            }
        }
    }

    @Test(arguments: [
        ("2x2x2_m7_ZT.json", Int32(0), "⟨2,2,2;7⟩: proved"), ("4x4x4_m49_ZT.m", 0, "⟨4,4,4;49⟩: proved"),
        ("2x6x11_m104_ZT.txt", 0, "⟨2,6,11;104⟩: proved"),
        ("alphatensor_factorizations_r.npz#3,4,5", 0, "⟨3,4,5;47⟩: proved"),
        ("alphatensor_factorizations_f2.npz#4,4,4", 1, "the scheme holds mod 2 only"),
        ("alphatensor_factorizations_f2.npz", 65, "the archive has 20 schemes"),
    ])
    func publishedSchemes(file: String, status: Int32, text: String) throws {
        let outcome = try CommandLineTool.run(["verify", Fixture.url("schemes").path + "/" + file, "--no-expansion"])
        #expect(outcome.status == status && (outcome.output + outcome.errors).contains(text), "\(outcome)")
    }

    @Test func badInputLeavesNothingBehind() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let bytes = try FileInput.contents(of: checkpoint("strassen_exact"))
            try Data(bytes.prefix(bytes.count / 2)).write(to: folder.appendingPathComponent("cut.pt"))
            try Data("hello\n".utf8).write(to: folder.appendingPathComponent("text.pt"))
            let wrong = try Scheme.builtin("strassen").text.replacing("p1 |  1  0  0  1", with: "p1 |  1  0  0  2")
            try Data(wrong.utf8).write(to: folder.appendingPathComponent("wrong.scheme"))
            let cases: [(file: String, status: Int32, message: String)] = [
                ("cut.pt", 65, "cut.pt"), ("text.pt", 65, "neither trained factors"),
                ("none.pt", 65, "neither a built-in"),
                (".", 65, "directory"), ("wrong.scheme#nonsense", 65, "only .npz archives have entries"),
                (checkpoint("strassen_exact") + "#nonsense", 65, "only .npz archives have entries"),
                ("wrong.scheme", 1, "4 of 64 equations fail, first that of a22, b11, c11"),
            ]
            for (file, status, message) in cases {
                let outcome = try CommandLineTool.run(["verify", file, "-o", "out.scheme"], in: folder)
                #expect(
                    outcome.status == status && (outcome.output + outcome.errors).contains(message),
                    "\(file): \(outcome)")
                #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out.scheme").path))
            }
            #expect(try CommandLineTool.run(["verify", "strassen", "-o", "out.xyz"], in: folder).status == 64)
        }
    }
}
