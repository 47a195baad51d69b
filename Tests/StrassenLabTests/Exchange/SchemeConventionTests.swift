// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab
import Testing

@Suite("Conventions of scheme files") struct SchemeConventionTests {
    private let names = ["2x3x4-20", "3x3x3-23"]

    private func text(_ scheme: Scheme, _ turned: Set<Scheme.Factor>) -> [UInt8] {
        func turn(_ rows: [[Rational]], _ height: Int, _ width: Int) -> [[Rational]] {
            rows.map { row in (0..<width).flatMap { column in (0..<height).map { row[$0 * width + column] } } }
        }
        let sizes: [(Scheme.Factor, Int, Int)] = [
            (.u, scheme.m, scheme.k), (.v, scheme.k, scheme.n), (.w, scheme.m, scheme.n),
        ]
        let lines = sizes.map { factor, height, width in
            let rows = turned.contains(factor) ? turn(scheme.rows(of: factor), height, width) : scheme.rows(of: factor)
            return rows.joined().map(\.description).joined(separator: " ")
        }
        return Array("\(scheme.m) \(scheme.k) \(scheme.n) \(scheme.rank)\n\(lines.joined(separator: "\n"))\n".utf8)
    }

    @Test(arguments: ["2x3x4-20", "3x3x3-23"])
    func everyTurnedMatrixIsRecognised(name: String) throws {
        let scheme = try Scheme.builtin(name)
        let turns: [(Set<Scheme.Factor>, SchemeConvention)] = [
            ([], []), ([.w], .transposedC), ([.u], .transposedA), ([.v], .transposedB),
            ([.u, .v], [.transposedA, .transposedB]), ([.u, .v, .w], [.transposedA, .transposedB, .transposedC]),
        ]
        for (turned, convention) in turns {
            let imported = try SchemeFile.read(text(scheme, turned), format: .txt, name: "x")
            #expect(imported.scheme == scheme && imported.convention == convention, "\(convention)")
        }
    }

    @Test func aSchemeThatIsNoneNamesTheEquation() throws {
        let strassen = try Scheme.builtin("strassen")
        var u = strassen.rows(of: .u)
        u[0][0] = 2
        let wrong = try Scheme(
            name: "wrong", m: 2, k: 2, n: 2, u: u, v: strassen.rows(of: .v), w: strassen.rows(of: .w))
        for format in [SchemeFormat.scheme, .json, .m, .txt, .exp, .eq, .mpl] {
            let error = #expect(throws: InputError.self) {
                try SchemeFile.read(SchemeFile.bytes(of: wrong, format: format), format: format, name: "x")
            }
            #expect(
                error?.message.contains("of 64 equations fail, first that of a11, b11, c11: 2 instead of 1") == true,
                "\(format): \(error!)")
        }
    }
}
