// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

/// A captured or synthetic machine of `Fixtures/topologies`.
func fixtureTopology(_ name: String) throws -> Topology {
    let url = Fixture.url("topologies/\(name)")
    if name.hasSuffix(".xml") { return try Topology(.xml(url)) }
    return try Topology(.synthetic(String(contentsOf: url, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
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

    @Test(arguments: [
        ("zen4.synthetic", 1, 64, 128, [32 << 10, 1 << 20, 32 << 20], 1),
        ("sapphire_rapids.synthetic", 2, 112, 224, [48 << 10, 2 << 20, 105 << 20], 2),
        ("server2.synthetic", 2, 32, 64, [32 << 10, 1 << 20, 22 << 20], 2),
        ("laptop.synthetic", 1, 4, 8, [32 << 10, 256 << 10, 8 << 20], 1),
        ("no_caches.synthetic", 1, 4, 4, [0, 0, 0], 1),
    ])
    func syntheticMachines(_ name: String, packages: Int, cores: Int, threads: Int, caches: [Int], nodes: Int) throws {
        let machine = try fixtureTopology(name)
        #expect((machine.packages, machine.cores, machine.hardwareThreads) == (packages, cores, threads))
        #expect((1...3).map(machine.dataCacheBytes) == caches)
        #expect(machine.nodes.count == nodes)
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
        let names = ["zen3_vm.xml", "zen4.synthetic", "sapphire_rapids.synthetic", "server2.synthetic", "laptop.synthetic"]
        let prints = try names.map { Fingerprint(try fixtureTopology($0), instructionSet: .avx2, library: "1.2.3") }
        #expect(Set(prints).count == names.count)
        #expect(prints[0].machine == "AMD EPYC; 32768 524288 33554432; avx2")
        #expect(prints[0].fileName == "amd-epyc-32768-524288-33554432-avx2")
    }
}
