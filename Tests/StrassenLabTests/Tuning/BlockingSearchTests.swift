// SPDX-License-Identifier: AGPL-3.0-or-later
import Testing

@testable import StrassenLab

@Suite struct BlockingSearchTests {
    static let now = Blocking(kernel: "", mc: 96, kc: 256, nc: 1026)

    private func contenders(_ phase: TuningRecord.Phase, rate: (Kernel) -> Double = { _ in 1 }) -> [Blocking] {
        BlockingSearch.contenders(phase, Self.now, .float64, rate: rate)
    }

    @Test(arguments: [TuningRecord.Phase.kernel, .depth, .rows, .columns])
    func theBlocksInUseComeFirstAndNobodyTwice(_ phase: TuningRecord.Phase) {
        let all = contenders(phase)
        #expect(all.first == Self.now)
        #expect(Set(all).count == all.count)
    }

    @Test func onlyOneSizeChangesAndInWholeTiles() throws {
        let kernel = try #require(Kernel.best(.float64))
        for block in contenders(.rows).dropFirst() {
            #expect(block.kc == Self.now.kc)
            #expect(block.mc % kernel.mr == 0 && block.mc > 0)
        }
        for block in contenders(.columns).dropFirst() { #expect(block.nc % kernel.nr == 0 && block.kc == Self.now.kc) }
        for block in contenders(.depth).dropFirst() {
            #expect(block.kc % 16 == 0)
            // The packed A keeps its bytes, but for whole tiles.
            #expect(abs(block.mc * block.kc - Self.now.mc * Self.now.kc) <= kernel.mr * block.kc)
        }
    }

    @Test func slowKernelsAreNotRaced() throws {
        let best = try #require(Kernel.best(.float64))
        #expect(contenders(.kernel) { $0.name == best.name ? 10 : 7.9 }.count == 1)
        let able = Kernel.all.filter { $0.precision == .float64 && $0.isSupported }
        #expect(contenders(.kernel) { _ in 10 }.count == able.count)
    }

    @Test func onlyAClearGainChangesBlocks() {
        func record(_ block: Blocking, _ seconds: Double...) -> TuningRecord {
            let problem = TuningProblem(precision: .float64, threads: 1, m: 9, k: 9, n: 9)
            return TuningRecord(.rows, problem, plan: "classical", block, seconds, .separated)
        }
        var other = Self.now
        other.mc = 120
        #expect(BlockingSearch.winner([record(Self.now, 1), record(other, 0.99)]) == Self.now)
        #expect(BlockingSearch.winner([record(Self.now, 1), record(other, 0.95)]) == other)
        // Faster, but the intervals overlap.
        #expect(BlockingSearch.winner([record(Self.now, 0.98, 1, 1.02), record(other, 0.9, 0.95, 0.99)]) == Self.now)
    }
}
