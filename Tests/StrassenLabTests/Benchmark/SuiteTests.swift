// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

@Suite("suites") struct SuiteTests {
    @Test func caseIsTheCrossProductOfItsLists() throws {
        let suite = try Suite(
            toml: """
                title = "t"
                repeats = 7
                engines = ["openblas", "turbo:levels=1"]
                [[case]]
                sizes = [8, "4x2x6"]
                threads = ["1", "all", 3]
                precisions = ["float64", "float32"]
                transpose = ["NN", "TN"]
                beta = [0, 0.5]
                leading = [0, 16]
                data = "normal"
                target = 1.25
                [[case]]
                sizes = 5
                engines = ["classical"]
                """)
        #expect(suite.title == "t" && suite.repeats == 7)
        let cases = suite.cases(allThreads: 3)
        #expect(cases.count == 2 * 2 * 2 * 2 * 2 * 2 + 1)
        let first = try #require(cases.first)
        #expect((first.m, first.k, first.n) == (8, 8, 8) && first.target == 1.25 && first.distribution == .normal)
        #expect((cases[1].m, cases[1].k, cases[1].n) == (4, 2, 6))
        #expect(Set(cases.map(\.threads)) == [1, 3])
        let last = try #require(cases.last)
        #expect(last.contenders == [ContenderSpec(.engine(.classical))] && last.target == nil)
    }

    @Test(arguments: [
        ("sizes = [8]", "case"), ("[[case]]\nengines = [\"turbo\"]", "case 1, sizes"),
        ("[[case]]\nsizes = [8]", "case 1, engines"),
        ("[[case]]\nsizes = [0]", "case 1, sizes"), ("[[case]]\nsizes = [\"8x\"]\ncolour = 1", "case 1, colour"),
        ("[[case]]\nthreads = [\"none\"]", "case 1, threads"), ("repeats = 0", "repeats"), ("title = 3", "title"),
        ("[[case]]\nengines = [\"fast\"]", "case 1, engines, engine \"fast\""), ("x = ", "line 1, column 5"),
        ("[[case]]\ntarget = -1", "case 1, target"), ("[[case]]\ntarget = inf", "case 1, target"),
        ("[[case]]\nbeta = nan", "case 1, beta"), ("[[case]]\nbeta = [0, -inf]", "case 1, beta"),
        ("[[case]]\nleading = 9223372036854775807", "case 1, leading"), ("repeats = 9223372036854775807", "repeats"),
        ("[[case]]\nbaseline = [\"best\", \"mkl\"]", "case 1, baseline"),
        ("[[case]]\nsizes = [8]\nshapes = [\"8x8x8\"]", "case 1, shapes"),
    ]) func whatIsWrongIsNamed(toml: String, field: String) {
        #expect { try Suite(toml: toml) } throws: { ($0 as? InputError)?.field == field }
    }

    @Test(arguments: ["sizes", "precisions", "threads", "data", "transpose", "beta", "leading", "engines"])
    func emptyListsAreRefused(key: String) {
        let toml = "\(key) = []\n[[case]]\nsizes = [8]\nengines = [\"turbo\"]"
        #expect { try Suite(toml: toml) } throws: { ($0 as? InputError)?.field == key }
    }

    /// Sizes whose bytes no integer holds count as more than any memory.
    @Test func bytesOfOperandsDoNotOverflow() {
        let longest = BenchmarkCase.longestSide
        var problem = BenchmarkCase(m: 3, k: 5, n: 7, precision: .float64, threads: 1, contenders: [])
        #expect(problem.operandBytes == (15 + 35 + 21) * 8)
        (problem.leading, problem.beta, problem.transposeA) = (10, 1, true)
        #expect(problem.operandBytes == (50 + 50 + 30 + 30) * 8)
        (problem.m, problem.leading, problem.transposeA) = (longest, longest, false)
        #expect(problem.operandBytes == .max)
    }

    @Test(arguments: ["quick", "paper", "targets", "shapes", "schemes", "nocliff", "small"])
    func suitesOfTheProjectAreReadable(name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../bench/suites").standardized
        let suite = try Suite(path: folder.appendingPathComponent("\(name).suite").path)
        let cases = suite.cases(allThreads: 2)
        #expect(!suite.title.isEmpty && !cases.isEmpty)
        for scheme in Set(cases.flatMap { $0.contenders.flatMap(\.schemes) }) {
            #expect(try SchemeSource.scheme(scheme).verify().isExact)
        }
    }

    @Test func schemeFilesLieBesideTheSuite() throws {
        try CommandLineTool.inTemporaryFolder { (folder: URL) throws -> Void in
            let file = folder.appendingPathComponent("a.suite")
            let text = "[[case]]\nsizes = [8]\nengines = [\"turbo:scheme=../x/y.scheme+strassen+/z.scheme\"]\n"
            try Data(text.utf8).write(to: file)
            let expected = folder.deletingLastPathComponent().appendingPathComponent("x/y.scheme").standardized.path
            let here = FileManager.default.currentDirectoryPath.split(separator: "/")
            let relative = String(repeating: "../", count: here.count) + file.path.dropFirst()
            for path in [file.path, relative] {
                let schemes = try Suite(path: path).entries[0].engines[0].schemes
                #expect(schemes == [expected, "strassen", "/z.scheme"])
            }
        }
    }
}
