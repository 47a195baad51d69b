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

    private static let wrapper = "/usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3"

    /// Debian's libblas.so.3 has a GEMM of its own and needs OpenBLAS, whose name and threads are not its.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: wrapper)))
    func whatALibraryNeedsDoesNotSpeakForIt() throws {
        let library = try BLASLibrary(path: Self.wrapper)
        #expect(library.name == "libblas" && !library.controlsThreads)
    }

    @Test func equalNamesAreNumbered() throws {
        let other = try BLASLibrary(path: "libopenblas.so.0")
        let names = BLASLibrary.distinguished([.linked, other, .linked, other]).map(\.name)
        #expect(names == ["openblas#2", other.name, "openblas#3", other.name + "#2"])
    }

    @Test(arguments: ["/nonexistent/libblas.so", "libm.so.6", "/etc/passwd"])
    func whatIsNoBLASIsRefused(path: String) {
        #expect { try BLASLibrary(path: path) } throws: { ($0 as? BLASLibrary.OpenError)?.path == path }
    }

    /// A library that takes kernels of an older CPU is told apart from one that uses all of this one.
    @Test(arguments: [
        ("openblas", "OpenBLAS 0.3.21 DYNAMIC_ARCH Haswell MAX_THREADS=64 [Haswell]", "OPENBLAS_CORETYPE=SkylakeX"),
        ("openblas-0.3.34", "OpenBLAS 0.3.34 DYNAMIC_ARCH Zen MAX_THREADS=64", "OPENBLAS_CORETYPE=SkylakeX"),
        ("openblas", "OpenBLAS 0.3.21 DYNAMIC_ARCH Prescott MAX_THREADS=64 [Prescott]", "OPENBLAS_CORETYPE=SkylakeX"),
        ("blis", "BLIS 0.9.0 [generic]", "BLIS_ARCH_TYPE=skx"),
    ])
    func kernelsOfAnOlderCPUAreRemarked(name: String, version: String, remedy: String) throws {
        let found = try #require(LibraryKernels.remedy(name: name, version: version, best: .avx512))
        #expect("\(found.variable)=\(found.value)" == remedy && version.lowercased().contains(found.core))
    }

    @Test(arguments: [
        ("openblas", "OpenBLAS 0.3.21 DYNAMIC_ARCH SkylakeX [SkylakeX]", InstructionSet.avx512),
        ("openblas", "OpenBLAS 0.3.21 DYNAMIC_ARCH Zen [Zen]", .avx2), ("blis", "BLIS 0.9.0 [zen3]", .avx2),
        ("mkl", "Intel(R) oneAPI Math Kernel Library", .avx512), ("libother", "", .avx512),
    ])
    func kernelsThatSuitTheCPUAreNot(name: String, version: String, best: InstructionSet) {
        #expect(LibraryKernels.remedy(name: name, version: version, best: best) == nil)
    }

    /// Kernels that a user named stay, and it is said whose they are.
    @Test func namedKernelsAreSaid() throws {
        let outcome = try CommandLineTool.run(
            ["bench", "--size", "32", "--repeats", "1", "--engine", "openblas"],
            environment: ["OPENBLAS_CORETYPE": "Prescott"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("openblas takes its kernels by OPENBLAS_CORETYPE=Prescott"))
        #expect(outcome.errors.contains("took its kernels for prescott") == (InstructionSet.best > .portable))
    }

    @Test func whatChangesALibraryIsKeptWithResultsAndNothingElse() {
        for name in ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "BLIS_ARCH_TYPE", "MKL_CBWR", "OMP_NUM_THREADS"] {
            #expect(LibraryKernels.isInfluence(name))
        }
        for name in ["PATH", "HOME", "TOX_TESTENV_PASSENV", "STRASSEN_PROFILE"] {
            #expect(!LibraryKernels.isInfluence(name))
        }
    }
}
