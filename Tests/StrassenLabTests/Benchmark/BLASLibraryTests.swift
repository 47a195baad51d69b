// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

@Suite("BLAS libraries") struct BLASLibraryTests {
    @Test func linkedOpenBLASSaysWhoItIs() {
        #expect(BLASLibrary.linked.name == "openblas" && BLASLibrary.linked.version.hasPrefix("OpenBLAS "))
        #expect(BLASLibrary.linked.controlsThreads)
    }

    @Test func libraryByPathMultiplies() throws {
        let library = try BLASLibrary(path: "libopenblas.so.0")
        #expect(library.name.hasPrefix("openblas-") && library.controlsThreads)
        var environment = BenchmarkEnvironment(scheme: SchemeSource.scheme)
        environment.libraries = [library]
        var settings = BenchmarkProtocol()
        (settings.repeats, settings.settleSeconds) = (1, 0)
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil })
        for precision in Precision.allCases {
            var problem = BenchmarkCase(
                m: 17, k: 9, n: 13, precision: precision, threads: 1, contenders: [ContenderSpec(.against)])
            (problem.transposeB, problem.beta, problem.leading) = (true, 2, 20)
            let row = try #require(try runner.run(problem).first)
            #expect(row.engine == library.name && row.maxErrorRatio ?? .infinity < 10)
        }
    }

    @Test(arguments: ["/nonexistent/libblas.so", "libm.so.6", "/etc/passwd"])
    func whatIsNoBLASIsRefused(path: String) {
        #expect { try BLASLibrary(path: path) } throws: { ($0 as? BLASLibrary.OpenError)?.path == path }
    }
}
