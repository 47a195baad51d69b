// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

/// A captured or synthetic machine of `Fixtures/topologies`.
func fixtureTopology(_ name: String) throws -> Topology {
    let url = Fixture.url("topologies/\(name)")
    if name.hasSuffix(".xml") { return try Topology(.xml(url)) }
    return try Topology(
        .synthetic(String(contentsOf: url, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
}

@Suite struct TopologyTests {
    @Test func capturedZenSaysAllOfItsCaches() throws {
        let zen = try fixtureTopology("zen3_vm.xml")
        #expect(zen.model == "AMD EPYC")
        #expect((zen.packages, zen.cores, zen.hardwareThreads) == (1, 2, 2))
        #expect(zen.caches.map(\.name) == ["L1d", "L1i", "L2", "L3"])
        let l3 = try #require(zen.caches.last)
        #expect(l3.bytes == 32 << 20)
        #expect((l3.lineBytes, l3.ways, l3.count, l3.coresSharing) == (64, 16, 1, 2))
        #expect(zen.nodes.count == 1)
    }

    /// A synthetic machine and what must be read from it.
    struct Expected: Sendable {
        let file: String
        let packages, cores, threads, nodes: Int
        /// KiB of the data caches of level 1, 2, 3.
        let caches: [Int]
    }

    static let expected: [Expected] = [
        Expected(file: "zen4.synthetic", packages: 1, cores: 64, threads: 128, nodes: 1, caches: [32, 1024, 32768]),
        Expected(
            file: "sapphire_rapids.synthetic", packages: 2, cores: 112, threads: 224, nodes: 2,
            caches: [48, 2048, 107520]),
        Expected(file: "server2.synthetic", packages: 2, cores: 32, threads: 64, nodes: 2, caches: [32, 1024, 22528]),
        Expected(file: "laptop.synthetic", packages: 1, cores: 4, threads: 8, nodes: 1, caches: [32, 256, 8192]),
        Expected(file: "no_caches.synthetic", packages: 1, cores: 4, threads: 4, nodes: 1, caches: [0, 0, 0]),
    ]

    @Test(arguments: expected) func syntheticMachines(_ expected: Expected) throws {
        let machine = try fixtureTopology(expected.file)
        #expect(machine.packages == expected.packages)
        #expect(machine.cores == expected.cores)
        #expect(machine.hardwareThreads == expected.threads)
        #expect((1...3).map { machine.dataCacheBytes(level: $0) / 1024 } == expected.caches)
        #expect(machine.nodes.count == expected.nodes)
    }

    @Test func sharingIsCountedInCores() throws {
        let zen = try fixtureTopology("zen4.synthetic")
        let l3 = try #require(zen.caches.first { $0.name == "L3" })
        #expect((l3.count, l3.coresSharing) == (8, 8))
    }

    @Test func whatIsNoTopologySaysWhatToDo() throws {
        #expect(throws: TopologyError.self) { try Topology(.synthetic("socket of cores")) }
        let url = Fixture.url("topologies/README.md")
        let error = #expect(throws: TopologyError.self) { try Topology(.xml(url)) }
        #expect(error?.description.contains("lstopo") == true)
    }

    @Test func fingerprintsSeparateMachines() throws {
        let names = [
            "zen3_vm.xml", "zen4.synthetic", "sapphire_rapids.synthetic", "server2.synthetic", "laptop.synthetic",
        ]
        let prints = try names.map { Fingerprint(try fixtureTopology($0), instructionSet: .avx2, library: "1.2.3") }
        #expect(Set(prints).count == names.count)
        #expect(prints[0].machine == "AMD EPYC; 32768 524288 33554432; avx2")
        #expect(prints[0].fileName == "amd-epyc-32768-524288-33554432-avx2")
    }
}
