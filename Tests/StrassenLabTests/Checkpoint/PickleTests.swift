// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab
import Testing

@Suite("Restricted pickle") struct PickleTests {
    private func read(_ body: [UInt8], limits: PickleLimits = PickleLimits()) throws -> PickleValue {
        try PickleReader.read([0x80, 2] + body + [0x2E], limits: limits)
    }

    private func message(_ body: [UInt8]) -> String {
        do { return "read: \(try read(body))" } catch { return "\(error)" }
    }

    private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func plainValues() throws {
        #expect(try read(ascii("N")) == .none)
        #expect(try read([0x4A, 0xFE, 0xFF, 0xFF, 0xFF]) == .int(-2))
        #expect(try read([0x8A, 0]) == .int(0))
        #expect(try read([0x8A, 2, 0x00, 0xFF]) == .int(-256))
        #expect(try read([0x8A, 8] + [UInt8](repeating: 0xFF, count: 7) + [0x7F]) == .int(.max))
        #expect(try read([0x47, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0]) == .float(1.5))
        #expect(try read(ascii("K\u{1}K\u{2}") + [0x86]) == .tuple([.int(1), .int(2)]))
        #expect(try read(ascii("](K\u{1}K\u{2}e")) == .list([.int(1), .int(2)]))
        #expect(try read(ascii("}K\u{1}Ns")) == .dictionary([PickleEntry(key: .int(1), value: .none)]))
        #expect(try read(ascii("ccollections\nOrderedDict\n)R")) == .dictionary([]))
    }

    @Test(arguments: [
        "cos\nsystem\n(X\u{2}\0\0\0ls", "cposix\nsystem\n", "c__builtin__\neval\n", "cbuiltins\nexec\n",
        "csubprocess\nPopen\n", "ctorch._utils\n_rebuild_tensor_v3\n", "c__main__\nStrassen\n",
    ]) func refusesOtherGlobalsByName(text: String) {
        let parts = text.dropFirst().split(separator: "\n", omittingEmptySubsequences: false)
        let error = message(ascii(text))
        #expect(error.contains("\(parts[0]).\(parts[1]), which is refused"), "\(error)")
    }

    @Test func refusesStackGlobals() {
        let body =
            [0x8C, 2] + ascii("os") + [0x8C, 6] + ascii("system") + [0x93] + [0x8C, 2] + ascii("ls") + [0x85, 0x52]
        #expect(message(body).contains("os.system"))
    }

    @Test func refusesCyclesDepthAndBombs() {
        #expect(message(ascii("]q\0h\0a")).contains("contains itself"))
        #expect(message(ascii("}q\0K\u{1}h\0s")).contains("contains itself"))
        let deep = [UInt8](repeating: 0x29, count: 1) + [UInt8](repeating: 0x85, count: 100_000)
        #expect(message(deep).contains("deep"))
        // Each level holds the one before it twice: 2⁶⁰ values in a few hundred bytes.
        var bomb = ascii("]")
        for _ in 0..<60 { bomb += ascii("2") + [0x86] }
        #expect(message(bomb).contains("expand"))
        // The same text encoded a million times.
        let text = [0x58] + [0, 0, 1, 0] + [UInt8](repeating: 0x41, count: 65536) + ascii("q\0")
        let head = ascii("c_codecs\nencode\nq\u{1}X\u{6}\0\0\0latin1q\u{2}(")
        let call: [UInt8] = ascii("h\u{1}h\0h\u{2}") + [0x86, 0x52]
        let calls = [[UInt8]](repeating: call, count: 1000).joined()
        #expect(message(text + head + calls + ascii("t")).contains("again and again"))
    }

    @Test(arguments: [
        "", "(", "0", "1", "a", "e", "s", "u", "t", "b", "R", "Q", "h\0", "q\0", "NN", "(N", "N(0", "]N(ae", "Na", "Nb",
        "NNR",
        "N(u", "](Nu", "}(Nu", "K", "X\u{ff}\u{7f}\0\0ab", "c", "cos", "I1\n", "F1.0\n", "S'x'\n", "\u{82}\u{1}",
        "ctorch\nFloatStorage\n", "ccollections\nOrderedDict\nNR", "cnumpy\ndtype\n)R", "cnumpy\nndarray\n)R",
        "cnumpy.core.multiarray\n_reconstruct\n)R", "X\u{2}\0\0\0abQ", "(X\u{7}\0\0\0storagetQ",
    ]) func malformedProgramsAreErrors(text: String) {
        #expect(throws: InputError.self) { try read(Array(text.unicodeScalars.map { UInt8($0.value) })) }
    }

    @Test func refusesIntegersAndProtocolsBeyondItsReach() {
        #expect(message([0x8A, 9] + [UInt8](repeating: 1, count: 9)).contains("integer of 9 bytes"))
        #expect(message([0x8B, 0xFF, 0xFF, 0xFF, 0xFF]).contains("integer of"))
        #expect(message([0x8D] + [UInt8](repeating: 0xFF, count: 8)).contains("impossible"))
        #expect(throws: InputError.self) { try PickleReader.read([0x80, 6, 0x4E, 0x2E]) }
        #expect(throws: InputError.self) { try PickleReader.read(Array("(lp0\n.".utf8)) }
        #expect(throws: InputError.self) { try PickleReader.read([]) }
    }
}
