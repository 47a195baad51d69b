// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

/// Damaged files end in an error or in a proved scheme, never in a crash.
@Suite("Damaged scheme files") struct SchemeFuzzTests {
    private func survives(_ bytes: [UInt8], _ format: SchemeFormat) {
        do {
            let imported = try SchemeFile.read(bytes, format: format, name: "x")
            #expect(imported.report.isExact)
        } catch let error as InputError {
            #expect(!error.message.isEmpty)
        } catch let error as StrassenError {
            #expect(error.status == .overflow || error.status == .argument, "\(error)")
        } catch { Issue.record("an error of another kind: \(error)") }
    }

    @Test(arguments: SchemeFormat.readable)
    func truncations(format: SchemeFormat) throws {
        let bytes = try SchemeFile.bytes(of: .builtin("strassen"), format: format)
        for length in stride(from: 0, to: bytes.count - 1, by: max(1, bytes.count / 150)) {
            survives(Array(bytes.prefix(length)), format)
        }
    }

    @Test(arguments: SchemeFormat.readable)
    func flippedBytes(format: SchemeFormat) throws {
        let bytes = try SchemeFile.bytes(of: .builtin("winograd"), format: format)
        var random = RandomSource(seed: 20_261_124)
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            survives(damaged, format)
        }
    }

    @Test(arguments: SchemeFormat.readable)
    func foreignContents(format: SchemeFormat) throws {
        for other in SchemeFormat.readable {
            survives(try SchemeFile.bytes(of: .builtin("strassen"), format: other), format)
        }
        survives(Array("not a scheme at all\n".utf8), format)
        survives([0], format)
        survives([UInt8](repeating: 0xFF, count: 1000), format)
    }

    @Test(arguments: [
        (SchemeFormat.json, #"{"n":[2,2],"m":7}"#, "n: expected three sizes, found 2"),
        (.json, #"{"n":[2,2,2],"m":0,"u":[],"v":[],"w":[]}"#, "m: the rank 0 is outside"),
        (.json, #"{"n":[2,2,99],"m":7,"u":[],"v":[],"w":[]}"#, "shape: the shape 2×2×99 has a side outside 1 … 16"),
        (.json, #"{"n":[2,2,2],"m":7,"u":[[1,"x"]],"v":[],"w":[]}"#, "u[0][1]"),
        (.json, #"{"n":[2,2,2],"m":7,"u":[[1]],"v":[[1]]}"#, "the key \"w\" is missing"),
        (
            .json,
            #"{"n":[2,2,2],"m":1,"u_fresh":[[{"index":9,"value":1}]],"u":[],"v_fresh":[],"v":[],"w_fresh":[],"w":[[],[],[],[]]}"#,
            "u, fresh form 1: index 9 is not one of the 4 variables so far"
        ),
        (.json, "[1, 2", "not JSON"), (.txt, "2 2 2 7\n1 0", "expected a number, found the end"),
        (.txt, "2 2 17 7\n", "n must be a whole number from 1 to 16"),
        (.txt, "1 1 1 1\n1\n1\n1\n1", "expected the end of the file, found \"1\""),
        (.txt, "1 1 1 1\n1/0\n1\n1\n", "expected a number"),
        (.m, "{{{{1, 0}}}}", "product 1: expected triples of matrices"),
        (.m, "{{{{1}},{{1}},{{1,2}}}}", "do not form a product"), (.mpl, "hello", "there is no TriadSet"),
        (.scheme, "strassen-scheme 2\n", "version \"2\" is not known here"), (.npz, "PK", "not a complete zip archive"),
        (.exp, "a11*b11\n", "expected (sum of a)*(sum of b)*(sum of c)"),
    ])
    func messages(format: SchemeFormat, text: String, expected: String) {
        do {
            _ = try SchemeFile.read(Array(text.utf8), format: format, name: "x")
            Issue.record("read without an error")
        } catch { #expect("\(error)".contains(expected), "\(error)") }
    }

    @Test func sourcesThatAreNone() throws {
        let unknown = #expect(throws: InputError.self) { try SchemeSource("no-such-scheme") }
        #expect(unknown?.description.contains("neither a built-in scheme nor a file") == true)
        #expect(unknown?.description.contains("winograd") == true)
        let folder = #expect(throws: InputError.self) { try SchemeSource.scheme("/tmp") }
        #expect(folder?.message.contains("directory") == true)
        let robust = #expect(throws: InputError.self) {
            try SchemeSource.scheme(Fixture.url("checkpoints/strassen_robust.pt").path)
        }
        #expect(robust?.message.contains("do not become a scheme: the model has collapsed") == true)
        #expect(try SchemeSource("winograd") == .builtin("winograd"))
        #expect(try SchemeSource("x.npz#2,2,2") == .file(path: "x.npz", entry: "2,2,2"))
    }
}
