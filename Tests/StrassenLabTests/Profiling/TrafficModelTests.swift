// SPDX-License-Identifier: AGPL-3.0-or-later
import Testing

@testable import StrassenLab

@Suite struct TrafficModelTests {
    /// Blocks of 8×8×12 by the portable 4×4 kernel: everything can be counted by hand.
    private func plan(
        _ engine: Engine, m: Int, k: Int, n: Int, levels: Int = 0, fused: Int? = nil, scheme: String = "strassen"
    ) throws -> Plan {
        var options = PlanOptions()
        (options.engine, options.instructionSet, options.cutoff) = (engine, .portable, 1)
        var profile = Profile(l1d: 0, l2: 0, l3: 0)
        profile.setBlocking(Blocking(kernel: "", mc: 8, kc: 8, nc: 12), .float64)
        options.profile = profile
        if engine != .classical {
            (options.levels, options.fusedLevels) = (levels, fused)
            options.schemes = [try Scheme.builtin(scheme)]
        }
        return try Plan(.float64, m: m, k: k, n: n, options: options)
    }

    @Test func classicalProductByHand() throws {
        let work = try plan(.classical, m: 16, k: 16, n: 24).work(rowMajor: false)
        #expect(work.leaves == 1)
        #expect(work.multiplyAdds == 16 * 16 * 24)
        // Two panels of 12 columns: A is packed twice, B once.
        #expect(work.packReadsA == 2 * 16 * 16 && work.packWritesA == 2 * 16 * 16)
        #expect(work.packReadsB == 16 * 24 && work.packWritesB == 16 * 24)
        // A micro-panel of A meets 6 of B; B is read by 2 blocks of A.
        #expect(work.panelReadsA == 16 * 16 * 6)
        #expect(work.panelReadsB == 16 * 24 * 2)
        // Two steps of depth 8: the first writes C, the second adds.
        #expect(work.overwrites == 16 * 24 && work.updates == 16 * 24)
        #expect(work.sumReads == 0 && work.packAdditionsA == 0)
        #expect([work.leafM, work.leafK, work.leafN] == [16, 16, 24])
    }

    @Test func rowMajorExchangesTheSides() throws {
        let rows = try plan(.classical, m: 16, k: 16, n: 24).work()
        let columns = try plan(.classical, m: 24, k: 16, n: 16).work(rowMajor: false)
        #expect(rows == columns)
    }

    @Test func unevenSidesFillWholeTiles() throws {
        let work = try plan(.classical, m: 5, k: 3, n: 7).work(rowMajor: false)
        #expect(work.packReadsA == 5 * 3 && work.packWritesA == 8 * 3)
        #expect(work.packReadsB == 3 * 7 && work.packWritesB == 3 * 8)
        #expect(work.multiplyAdds == 105)
    }

    /// Strassen's scheme has 12 non-zeros in each factor, and 4 blocks of C that a product writes first.
    @Test func fusedLevelReadsAndUpdatesByTheNonZeros() throws {
        let work = try plan(.turbo, m: 16, k: 16, n: 16, levels: 1, fused: 1).work(rowMajor: false)
        #expect(work.leaves == 7)
        #expect(work.multiplyAdds == 7 * 512)
        #expect(work.packReadsA == 12 * 64 && work.packReadsB == 12 * 64)
        #expect(work.packWritesA == 7 * 64 && work.packAdditionsA == 5 * 64)
        #expect(work.overwrites == 4 * 64 && work.updates == 8 * 64)
        #expect(work.sumReads == 0 && work.sumWrites == 0)
    }

    /// By definition: 12 blocks read and 7 written a side, C cleared (4 blocks), 12 additions of two blocks each.
    @Test func basicWritesEveryTemporary() throws {
        let work = try plan(.basic, m: 16, k: 16, n: 16, levels: 1).work(rowMajor: false)
        #expect(work.leaves == 7)
        #expect(work.sumReads == (12 + 12 + 24) * 64)
        #expect(work.sumWrites == (7 + 7 + 4 + 12) * 64)
        #expect(work.sumAdditions == (5 + 5 + 12) * 64)
        #expect(work.overwrites == 7 * 64 && work.updates == 0)
    }

    /// Two fused levels multiply the non-zeros; whatever the programs of explicit levels are, the products are 7².
    @Test func levelsCompose() throws {
        let fused = try plan(.turbo, m: 32, k: 32, n: 32, levels: 2, fused: 2).work(rowMajor: false)
        #expect(fused.leaves == 49 && fused.packReadsA == 144 * 64)
        for engine in [Engine.optimal, .turbo, .basic] {
            let explicit = try plan(engine, m: 32, k: 32, n: 32, levels: 2, fused: engine == .turbo ? 0 : nil)
                .work(rowMajor: false)
            #expect(explicit.leaves == 49)
            #expect(explicit.multiplyAdds == 49 * 512)
            #expect(explicit.sumWrites > 0)
        }
    }

    @Test func structuresComeFromWhereTheyFit() throws {
        let plan = try plan(.classical, m: 16, k: 16, n: 24)
        let work = try plan.work(rowMajor: false)
        func model(_ caches: [Int]) -> TrafficModel {
            TrafficModel(work: work, info: plan.info, precision: .float64, caches: caches, footprint: 10_000)
        }
        // Packed A takes 8·8·8 = 512 bytes, packed B 12·8·8 = 768.
        let small = model([256, 600, 2000])
        let memory = 8.0 * (16 * 24 + 16 * 24)
        #expect(small.traffic(.kernel).intoL1 == 8.0 * (16 * 16 * 6 + 16 * 24 * 2) + memory)
        #expect(small.traffic(.kernel).intoL2 == 8.0 * (16 * 24 * 2) + memory)
        #expect(small.traffic(.kernel).intoL3 == memory)
        #expect(small.traffic(.packA).intoL3 == 8.0 * 2 * 256)
        // All fits in L1: nothing moves. No L3: its traffic stays 0.
        #expect(model([1 << 20, 1 << 21, 1 << 22]).traffic(.whole) == CacheTraffic())
        #expect(model([256, 600, 0]).traffic(.whole).intoL3 == 0)
    }
}
