// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite("Writing and reading schemes") struct SchemeRoundTripTests {
    @Test(arguments: SchemeFormat.readable, Scheme.builtinNames)
    func everyBuiltInSurvives(format: SchemeFormat, name: String) throws {
        let scheme = try Scheme.builtin(name)
        if format == .npz && name == "accurate-12.0662" {
            let error = #expect(throws: InputError.self) { try SchemeFile.bytes(of: scheme, format: .npz) }
            #expect(error?.message.contains("not a binary fraction") == true)
            return
        }
        let imported = try SchemeFile.read(SchemeFile.bytes(of: scheme, format: format), format: format, name: name)
        #expect(imported.scheme == scheme)
        #expect(imported.scheme.name == name)
    }

    @Test(arguments: SchemeFormat.readable.filter { $0 != .npz })
    func rationalsAndIndicesBeyondNineSurvive(format: SchemeFormat) throws {
        for file in ["2x3x7_m35_Q.json", "2x6x11_m104_ZT.txt"] {
            let scheme = try SchemeFile.read(path: Fixture.url("schemes/\(file)").path).scheme
            #expect(
                try SchemeFile.read(SchemeFile.bytes(of: scheme, format: format), format: format, name: "x").scheme
                    == scheme)
        }
    }

    @Test func sharedSumsSurvive() throws {
        let programs = try winogradsPrograms()
        let tables = try programs.tables()
        let scheme = try Scheme(name: "w", m: 2, k: 2, n: 2, u: tables[0], v: tables[1], w: tables[2])
        #expect(programs.additions == 15 && scheme.plainAdditions == 24)
        for format in [SchemeFormat.reduced, .eq] {
            let bytes = try SchemeFile.bytes(of: scheme, format: format, programs: programs)
            #expect(try SchemeFile.read(bytes, format: format, name: "w").scheme == scheme)
        }
        let text = String(decoding: try SchemeFile.bytes(of: scheme, format: .eq, programs: programs), as: UTF8.self)
        #expect(text.contains("s2 = a11 + s1") && text.contains("c22 = m1 + u2"))
    }

    @Test func latexHasEveryEquation() throws {
        let text = String(decoding: try SchemeFile.bytes(of: .builtin("accurate"), format: .tex), as: UTF8.self)
        #expect(text.contains("\\begin{align*}") && text.contains("\\tfrac{1}{2}\\,a_{12}"))
        #expect(text.components(separatedBy: "&=").count == 7 + 4 + 1)
        #expect(throws: InputError.self) { try SchemeFile.read(Array(text.utf8), format: .tex, name: "x") }
    }

    @Test func filesAppearUnderTheirNames() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let scheme = try Scheme.builtin("winograd")
        for format in SchemeFormat.readable {
            let path = folder.appendingPathComponent(format == .reduced ? "w_reduced.json" : "w.\(format.rawValue)")
                .path
            #expect(SchemeFormat(path: path) == format)
            try SchemeFile.write(scheme, to: path, format: format)
            #expect(try SchemeSource.scheme(path) == scheme)
        }
    }

    /// The fixture's sub-expressions: s1 = a21 + a22, s2 = a11 + s1, …
    private func winogradsPrograms() throws -> SchemePrograms {
        func form(_ terms: [(Int, Int64)]) -> [LinearTerm] {
            terms.map { LinearTerm(index: $0.0, value: Rational($0.1)) }
        }
        return SchemePrograms(
            u: LinearProgram(
                inputs: 4, fresh: [form([(2, 1), (3, 1)]), form([(0, 1), (4, 1)])],
                forms: [[(3, 1)], [(4, 1)], [(1, 1)], [(0, 1)], [(0, 1), (2, 1)], [(5, 1)], [(5, 1), (1, 1)]].map(form)),
            v: LinearProgram(
                inputs: 4, fresh: [form([(0, 1), (2, -1)]), form([(1, 1), (4, -1)])],
                forms: [[(3, 1), (5, -1)], [(0, 1), (1, -1)], [(3, 1)], [(1, 1)], [(4, 1)], [(5, -1)], [(2, 1)]].map(
                    form)),
            w: LinearProgram(
                inputs: 7, fresh: [form([(3, 1), (5, 1)]), form([(4, 1), (7, -1)])],
                forms: [[(1, -1), (7, 1), (6, 1)], [(2, 1), (3, 1)], [(1, 1), (8, 1)], [(0, 1), (8, 1)]].map(form)))
    }
}
