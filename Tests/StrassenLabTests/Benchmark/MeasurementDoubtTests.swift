// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

@Suite("doubtful measurements") struct MeasurementDoubtTests {
    /// A made-up measurement of a machine whose peak is 100 GFLOP/s.
    private static func row(
        _ label: String, _ size: Int, gflops: Double, levels: Int = 0, limit: Double? = 100
    ) -> StrassenLab.Measurement {
        let seconds = 2e-9 * pow(Double(size), 3) / gflops
        return StrassenLab.Measurement(
            m: size, k: size, n: size, precision: .float64, threads: 2, engine: label,
            scheme: levels > 0 ? "strassen" : "none", levels: levels, repeats: 5, medianSeconds: seconds,
            minSeconds: seconds, gflops: gflops, fractionOfPeak: gflops / 100, speedup: 1, baseline: "openblas",
            maxErrorRatio: 0.5, workspaceBytes: 0, label: label, fusedLevels: 0, kernel: nil, distribution: .uniform,
            transpose: "NN", beta: 0, leading: 0, clock: .wall, spread: 0.01, utilization: 1,
            errorVersusClassical: nil, target: nil, peakGflops: limit == nil ? nil : 100, limitGflops: limit,
            samples: [seconds])
    }

    private static func results(_ rows: [StrassenLab.Measurement]) throws -> BenchmarkResults {
        let topology = try Topology(.synthetic("pack:1 l3:1(size=32MB) core:2 l2:1(size=1MB) l1:1(size=32KB) pu:1"))
        let machine = MachineInfo(
            topology: topology, allowance: Allowance(), openblas: .init(config: "OpenBLAS 1.2.3", corename: "Zen"))
        return BenchmarkResults(
            machine: machine, title: "t", created: Date(timeIntervalSince1970: 0), settings: BenchmarkProtocol(),
            libraries: [], results: rows)
    }

    private func doubts(_ rows: [StrassenLab.Measurement]) -> [MeasurementDoubt?] {
        MeasurementDoubt.marked(rows).map(\.doubt)
    }

    @Test func nothingBeatsPeakAndScheme() {
        let rows = [
            Self.row("openblas", 1024, gflops: 100), Self.row("openblas", 2048, gflops: 100.1),
            Self.row("turbo", 1024, gflops: 114, levels: 1, limit: 800.0 / 7),
            Self.row("turbo", 1024, gflops: 115, levels: 1, limit: 800.0 / 7),
            Self.row("turbo", 1024, gflops: 115, levels: 2, limit: 6400.0 / 49),
            Self.row("turbo", 1024, gflops: 1e6, levels: 1, limit: nil),
        ]
        #expect(doubts(rows) == [nil, .beyondLimit, nil, .beyondLimit, nil, nil])
    }

    @Test func baselineIsComparedWithItselfOnProblemsNotMuchLarger() {
        let slow = Self.row("openblas", 2048, gflops: 39)
        #expect(doubts([slow, Self.row("openblas", 1024, gflops: 80)]) == [.slowBaseline, nil])
        #expect(doubts([slow, Self.row("openblas", 4096, gflops: 80)]) == [.slowBaseline, nil])
        #expect(doubts([slow, Self.row("openblas", 4097, gflops: 80)]) == [nil, nil])
        #expect(doubts([slow, Self.row("openblas", 1024, gflops: 77)]) == [nil, nil])
        #expect(doubts([slow, Self.row("mkl", 1024, gflops: 80)]) == [nil, nil])
    }

    @Test func otherConditionsAndOtherRowsAreNoEvidence() {
        let slow = Self.row("openblas", 1024, gflops: 30)
        let changes: [(inout StrassenLab.Measurement) -> Void] = [
            { $0.precision = .float32 }, { $0.threads = 4 }, { $0.beta = 1 }, { $0.leading = 2048 },
            { $0.transpose = "TN" }, { $0.n = 4096 }, { $0.kernel = "other" },
        ]
        for change in changes {
            var other = Self.row("openblas", 1024, gflops: 90)
            change(&other)
            #expect(doubts([slow, other]) == [nil, nil])
        }
        let turbo = [30, 90].map { Self.row("turbo", 1024, gflops: $0, levels: 1) }
        #expect(doubts(turbo) == [nil, nil])
    }

    @Test func doubtsReachEveryOutput() throws {
        let results = try Self.results([
            Self.row("openblas", 1024, gflops: 90), Self.row("turbo", 1024, gflops: 120, levels: 1, limit: 800.0 / 7),
            Self.row("openblas", 2048, gflops: 30),
        ])
        let markdown = BenchmarkReport([results]).markdown()
        #expect(markdown.contains(" 120.0 † |") && markdown.contains(" 30.0 ‡ |"))
        #expect(results.notes.count == 3 && markdown.contains(MeasurementDoubt.beyondLimit.footnote))
        #expect(BenchmarkReport([results]).html().contains("<p>‡ "))
        let lines = results.csv.split(separator: "\n")
        #expect(lines[0].hasSuffix(",limit_gflops,doubt") && lines[2].hasSuffix(",beyond_limit"))
        #expect(lines[1].hasSuffix(",100.0,"))
        #expect(results.doubts.count == 2 && results.doubts[0].contains("the limit of 114.3"))
        #expect(results.doubts[1].hasPrefix("openblas float64 2048 on 2 threads: 30.0"))
        let json = try JSONText.encode(results)
        #expect(json.contains("\"doubt\" : \"slow_baseline\"") && json.contains("\"limit_gflops\" : 100"))
        let read = try JSONText.decode(BenchmarkResults.self, from: Array(json.utf8))
        #expect(read.results == results.results)
    }

    @Test func quietRunsHaveNoNotes() throws {
        let results = try Self.results([Self.row("openblas", 1024, gflops: 90)])
        #expect(results.notes.count == 1 && results.doubts.isEmpty)
        let json = try JSONText.encode(results).replacing("\"limit_gflops\" : 100,", with: "")
        #expect(try JSONText.decode(BenchmarkResults.self, from: Array(json.utf8)).results[0].limitGflops == nil)
    }
}
