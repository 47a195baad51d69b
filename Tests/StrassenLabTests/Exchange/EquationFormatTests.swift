// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab
import Testing

@Suite("Equations as text") struct EquationFormatTests {
    private func scheme(_ text: String, _ format: SchemeFormat = .eq) throws -> Scheme {
        try SchemeFile.read(Array(text.utf8), format: format, name: "x").scheme
    }

    private func message(_ text: String, _ format: SchemeFormat = .eq) -> String {
        do {
            _ = try SchemeFile.read(Array(text.utf8), format: format, name: "x")
            return "read without an error"
        } catch { return "\(error)" }
    }

    @Test func winogradsProgramAsTheLiteratureWritesIt() throws {
        let text = """
            s1 = a21 + a22; s2 = s1 - a11; s3 = a11 - a21; s4 = a12 - s2
            t1 = b12 - b11; t2 = b22 - t1; t3 = b22 - b12; t4 = t2 - b21
            p1 := a11 * b11;  p2 := a12 * b21
            p3 = s4 * b22
            p4 = a22 * t4
            p5 = s1 * t1
            p6 = s2 * t2
            p7 = s3 * t3
            u2 = p1 + p6
            u3 = u2 + p7
            u4 = u2 + p5
            c11 = p1 + p2
            c12 = u4 + p3
            c21 = u3 - p4
            c22 = u3 + p5
            """
        #expect(try scheme(text).rank == 7)
        #expect(try scheme(text).nonzeros == 42)
    }

    @Test func numbersSignsAndParentheses() throws {
        let text = """
            x = (2*a11)*(b11/2)
            c11 = 1/2*(x - -(x)) + 0.5x*0 + 3/4y - 0.75*y
            """
        #expect(message(text).contains("\"y\" is neither an entry such as a12 nor defined above"))
        #expect(try scheme("x = (2*a11)*(b11/2)\nc11 = 1/2*(x - -(x))\n").rank == 1)
        #expect(try scheme("c11 = a11 * b11").shape == "⟨1,1,1;1⟩")
    }

    @Test func factorsOfATripleInAnyOrder() throws {
        let text = try String(decoding: SchemeFile.bytes(of: .builtin("strassen"), format: .exp), as: UTF8.self)
        #expect(text.hasPrefix("(a11+a22)*(b11+b22)*(c11+c22)\n"))
        let turned = text.split(separator: "\n").map { $0.split(separator: "*").reversed().joined(separator: " * ") }
        #expect(try scheme(turned.joined(separator: "\n"), .exp) == Scheme.builtin("strassen"))
    }

    @Test(arguments: [
        ("m1 = (a11 + b11) * b11", "only linear forms of one matrix"), ("m1 = a11 * a11", "expected a sum, or"),
        ("m1 = a11 * b11\nm1 = a11 * b11", "m1 a second time"), ("c11 = a11", "only entries of C are results"),
        ("a11 = a11 * b11", "only entries of C are results"),
        ("m1 = a11 * b11 m2 = a11", "expected the end of the line"),
        ("m1 = a11 / 0", "expected a number other than 0"), ("m1 = a11 * (b11", "expected \")\", found the end"),
        ("m1 = a99_1 * b11", "neither an entry"), ("= a11", "expected the name of a sum"),
        ("m1 = a11 * b11 * b11 * b11", "more than three factors"), ("s = a11 + a12", "there is no product"),
        ("m1 = a11 * b22\nc11 = m1", "do not form a product"),
        ("m1 = 99999999999999999999 * a11 * b11", "expected a name"),
    ])
    func errorsSayWhatIsWrong(text: String, expected: String) {
        #expect(message(text).contains(expected), "\(message(text))")
    }

    @Test func depthAndWorkAreBounded() {
        #expect(message("m1 = " + String(repeating: "(", count: 100_000)).contains("more than 32 parentheses"))
        #expect(message("s = a11" + String(repeating: "*-1", count: 200_000)).contains("there is no product"))
        #expect(message(String(repeating: "a11*b11*c11\n", count: 4097), .exp).contains("more than 4096 products"))
        let products = (0...4096).map { "m\($0) = a11 * b11\n" }.joined()
        #expect(message(products).contains("more than 4096 products"))
        let doubled = (1...400).map { "s\($0) = s\($0 - 1) + s\($0 - 1)" }.joined(separator: "\n")
        #expect(message("s0 = a11\n\(doubled)\nc11 = s400 * b11").contains("does not fit in 64 bits"))
    }
}
