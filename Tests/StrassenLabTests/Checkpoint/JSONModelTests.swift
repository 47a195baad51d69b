// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab
import Testing

@Suite("Models as JSON") struct JSONModelTests {
    private static let factors = """
        "u": [[1, 0], [0, 1]], "v": [[1, 0], [0, 1]], "w": [[1, 1]]
        """

    private func read(_ text: String) throws -> BilinearModel { try JSONModel.model(Array(text.utf8)) }

    private func message(_ text: String) -> String {
        do {
            _ = try read(text)
            return "nothing was wrong"
        } catch { return "\(error)" }
    }

    @Test func anObjectIsRecognisedByItsBrace() {
        #expect(JSONModel.looksLikeOne(Array("{}".utf8)) && JSONModel.looksLikeOne(Array(" \r\n\t{".utf8)))
        for text in ["", " ", "[1]", "PK{", "\u{FEFF}{"] { #expect(!JSONModel.looksLikeOne(Array(text.utf8))) }
    }

    @Test func nestedObjectsAndTexts() throws {
        let model = try read(
            """
            {"model": {"state_dict": {\(Self.factors)}}, "note": "a \\"word\\" \\u00e9", "verified": true,
             "epochs": 300, "loss": 1.5e-7, "nothing": null, "list": ["x"], "shape": [1, 2, 1]}
            """)
        #expect(model.shape == "⟨1,2,1;2⟩" && model.u == [1, 0, 0, 1] && model.w == [1, 1] && model.mask == nil)
        #expect(
            model.metadata == ["note": "a \"word\" é", "verified": "true", "epochs": "300", "loss": "1.5e-07"])
    }

    @Test func aMaskIsAVector() throws {
        #expect(try read("{\(Self.factors), \"slot_mask\": [1, 0]}").mask == [1, 0])
    }

    @Test func digitsReadBackToTheSameNumbers() throws {
        let values = [0.1 + 0.2, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1.0 / 3, -5e-324, 1e22, .pi]
        let model = BilinearModel(
            m: 2, k: 2, n: 2, u: values, v: values.reversed(), w: values.map { -$0 },
            metadata: ["control": "\u{1}\t\\ \"", "name": "x"])
        let bytes = try JSONModel.bytes(of: model)
        let back = try JSONModel.model(bytes)
        for (old, new) in [(model.u, back.u), (model.v, back.v), (model.w, back.w)] {
            #expect(old.map(\.bitPattern) == new.map(\.bitPattern))
        }
        #expect(back.shape == "⟨2,2,2;2⟩" && back.metadata == model.metadata)
        #expect(try JSONModel.bytes(of: back) == bytes)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func whatJSONCannotHoldIsNotWritten(value: Double) {
        let model = BilinearModel(m: 1, k: 1, n: 1, u: [value], v: [1], w: [1])
        #expect(throws: InputError.self) { try JSONModel.bytes(of: model) }
    }

    @Test(arguments: [
        ("{", "not JSON"), ("{\"u\": [1,}", "not JSON"), ("", "not JSON"), ("{} {}", "not JSON"),
        ("{\"u\": [[1, 2], [3]]}", "row 1 has 1 numbers, row 0 has 2"),
        ("{\"u\": [[]], \"v\": [[]], \"w\": [[]]}", "must be matrices"), ("{\"u\": 1}", "no tensors U, V and W"),
        ("{\"u\": [[1e999]]}", "no tensors U, V and W"), ("[]", "no tensors U, V and W"),
        ("3", "no tensors U, V and W"),
        ("{\"u\": {\"u\": {}}}", "no tensors U, V and W"),
    ])
    func damagedTexts(text: String, phrase: String) {
        #expect(throws: InputError.self) { try read(text) }
        #expect(message(text).contains(phrase), "\(message(text))")
    }

    @Test func depthAndSizeAreBounded() {
        let deep = String(repeating: "{\"a\":", count: 100_000) + "1" + String(repeating: "}", count: 100_000)
        #expect(throws: InputError.self) { try read(deep) }
        let large = [UInt8](repeating: 0x20, count: JSONModel.limit + 1)
        let error = #expect(throws: InputError.self) { try JSONModel.model(large) }
        #expect("\(error!)".contains("\(JSONModel.limit) are the most"))
    }
}
