// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

@Suite struct CachegrindTests {
    private static let text = """
        desc: I1 cache:         32768 B, 64 B, 8-way associative
        cmd: ./strassen simulated-product
        events: Ir I1mr ILmr Dr D1mr DLmr Dw D1mw DLmw
        fl=???
        fn=f64_8x6_avx2_tile
        0 1000 1 1 500 40 4 100 10 1
        fn=f64_8x6_avx2_pack_a
        0 100 0 0 50 5 5 50 6
        fl=other.c
        fn=f64_8x6_avx2_tile
        12 10 . . 5
        fn=main
        3 7
        summary: 1117 1 1 555 45 9 150 16 1

        """

    private func parse(_ text: String) throws -> CachegrindOutput { try CachegrindOutput(Array(text.utf8)) }

    @Test func addsFunctionsAndKeepsEvents() throws {
        let output = try parse(Self.text)
        #expect(output.events.count == 9)
        #expect(output.functions["f64_8x6_avx2_tile"] == [1010, 1, 1, 505, 40, 4, 100, 10, 1])
        #expect(output.functions["main"]?.reduce(0, +) == 7)
        let phases = try output.phases([(.instructions, ["Ir"]), (.l1Misses, ["D1mr", "D1mw"])])
        #expect(phases[.kernel] == [.instructions: 1010, .l1Misses: 50])
        #expect(phases[.packA] == [.instructions: 100, .l1Misses: 11])
        #expect(phases[.other]?[.instructions] == 7)
    }

    @Test func setUpIsSubtractedAndNothingBecomesNegative() throws {
        let before = try parse(
            "events: Ir D1mr D1mw DLmr DLmw\nfn=main\n1 9 3 1 1 0\nfn=f64_sum\n1 5 0 0 0 0\nsummary: 14 3 1 1 0\n")
        let after = try parse(
            "events: Ir D1mr D1mw DLmr DLmw\nfn=main\n1 8 4 1 1 0\nfn=f64_sum\n1 25 7 1 2 1\nsummary: 33 11 2 3 1\n")
        let difference = try CacheSimulation.difference(after, before, last: .l2Misses)
        #expect(difference[.sum] == [.instructions: 20, .l1Misses: 8, .l2Misses: 3])
        #expect(difference[.other] == [.instructions: 0, .l1Misses: 1, .l2Misses: 0])
    }

    @Test func everyTruncationIsAnErrorAndNothingElse() {
        let bytes = Array(Self.text.utf8)
        for count in 0..<(bytes.count - 2) {
            #expect(throws: InputError.self) { try CachegrindOutput(Array(bytes.prefix(count))) }
        }
    }

    @Test(arguments: [
        ("events: Ir\nfn=f\n1 99999999999999999999\nsummary: 1\n", "line 3"),
        ("events: Ir\nfn=f\n1 9223372036854775807\n2 1\nsummary: 1\n", "exceeds 64 bits"),
        ("events: Ir\nfn=f\n1 -5\nsummary: -5\n", "not a count"),
        ("events: Ir\nfn=f\n1 5 6\nsummary: 5\n", "2 counts for 1 events"),
        ("events: Ir\n1 5\nsummary: 5\n", "before the first fn="),
        ("fn=f\n1 5\nsummary: 5\n", "before the events"),
        ("events: Ir\nevents: Dr\nsummary: 0\n", "twice"),
        ("events: Ir Ir\nsummary: 0 0\n", "different events"),
        ("events: \nsummary: 0\n", "different events"),
        ("events: Ir\nfn=f\n1 5\nsummary: 6\n", "add up"),
        ("events: Ir\nfn=f\n1 5\nsummary: 5\nfn=g\n", "follow the summary"),
        ("\u{7f}ELF\u{1}\n", "not a line"),
    ])
    func hostileFilesAreRefused(_ text: String, _ message: String) {
        #expect { try parse(text) } throws: { "\($0)".contains(message) }
    }

    @Test func cacheEventsMustBeThere() throws {
        let output = try parse("events: Ir\nfn=f\n1 5\nsummary: 5\n")
        #expect(throws: InputError.self) { try output.phases([(.l1Misses, ["D1mr"])]) }
    }

    @Test func missingFileNamesItself() {
        #expect { try CachegrindOutput(contentsOf: "/nowhere/cachegrind.out") } throws: { "\($0)".contains("/nowhere") }
    }

    @Test func functionsOfAllKernelsHaveAPhase() {
        for kernel in Kernel.all {
            #expect(ProfilePhase(function: "\(kernel.name)_tile") == .kernel)
            #expect(ProfilePhase(function: "\(kernel.name)_pack_a") == .packA)
            #expect(ProfilePhase(function: "\(kernel.name)_pack_b") == .packB)
        }
        #expect(ProfilePhase(function: "dgemm_kernel_HASWELL") == .kernel)
        #expect(ProfilePhase(function: "f32_small") == .kernel)
        #expect(ProfilePhase(function: "multiply_part") == .kernel)
        #expect(ProfilePhase(function: "pack_group") == .packB)
        #expect(ProfilePhase(function: "sgemm_oncopy_HASWELL") == .packB)
        #expect(ProfilePhase(function: "pack_a_full") == .packA)
        #expect(ProfilePhase(function: "contiguous_stretch") == .sum)
        #expect(ProfilePhase(function: "__memcpy_avx_unaligned_erms") == .sum)
        #expect(ProfilePhase(function: "swift_release") == .other)
    }

    @Test func cachesGetAGeometryThatCachegrindAccepts() throws {
        let odd = try SimulatedCaches.fitted(36 << 20, ways: 12, line: 64)
        let sets = odd.bytes / odd.ways / odd.lineBytes
        #expect(odd.bytes == 36 << 20 && sets & (sets - 1) == 0)
        let plain = try SimulatedCaches.fitted(32 << 10, ways: 8, line: 64)
        #expect(plain.argument == "32768,8,64")
        #expect(throws: InputError.self) { try SimulatedCaches.fitted(64, ways: 8, line: 64) }
    }

    @Test func scalingDividesPanelsOnceAndBlocksTwice() throws {
        let topology = try Topology(.xml(Fixture.url("topologies/zen3_vm.xml")))
        let (real, scaled) = try (SimulatedCaches(topology), SimulatedCaches(topology, scale: 4))
        #expect(scaled.l1.bytes * 4 == real.l1.bytes)
        #expect(scaled.l2.bytes * 16 == real.l2.bytes)
        #expect(scaled.l3!.bytes * 16 == real.l3!.bytes)
    }

    @Test func longSimulationsAreEstimated() {
        let problem = ProfileProblem(m: 4096, k: 4096, n: 4096, precision: .float64, threads: 1)
        #expect(CacheSimulation.estimatedSeconds(problem, products: 1) > CacheSimulation.maximumSeconds)
    }
}
