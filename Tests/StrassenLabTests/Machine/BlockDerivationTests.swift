// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

/// The analytical model against the caches it was given, on machines that are not this one.
@Suite struct BlockDerivationTests {
    static let machines = [
        "zen3_vm.xml", "zen4.synthetic", "sapphire_rapids.synthetic", "server2.synthetic", "laptop.synthetic",
    ]

    @Test(arguments: machines, Precision.allCases)
    func blocksFitTheirCaches(_ name: String, _ precision: Precision) throws {
        let machine = try fixtureTopology(name)
        let block = Profile(derivedFrom: machine).blocking(precision)
        let kernel = try #require(Kernel.best(precision))
        let element = precision.bytes
        // The micro-panel of B stays in L1, those of A stream past it; the packed A in L2; the packed B in L3.
        #expect(kernel.nr * block.kc * element * 4 <= machine.dataCacheBytes(level: 1) * 3)
        #expect(block.mc * block.kc * element <= machine.dataCacheBytes(level: 2))
        #expect(block.nc * block.kc * element <= machine.dataCacheBytes(level: 3))
        // Not wastefully small either: half of L1, unless the panels are as deep as they need be, and a quarter of L2.
        #expect(block.kc == 512 || kernel.nr * block.kc * element * 2 >= machine.dataCacheBytes(level: 1))
        #expect(block.mc * block.kc * element * 4 >= machine.dataCacheBytes(level: 2))
        #expect(block.mc % kernel.mr == 0 && block.nc % kernel.nr == 0)
    }

    @Test func unknownCachesGiveModestBlocks() throws {
        let unknown = Profile(derivedFrom: try fixtureTopology("no_caches.synthetic"))
        let typical = Profile(l1d: 32 << 10, l2: 512 << 10, l3: 8 << 20)
        for precision in Precision.allCases { #expect(unknown.blocking(precision) == typical.blocking(precision)) }
    }

    @Test func largerCachesNeverGiveSmallerBlocks() throws {
        let laptop = Profile(derivedFrom: try fixtureTopology("laptop.synthetic"))
        let server = Profile(derivedFrom: try fixtureTopology("sapphire_rapids.synthetic"))
        for precision in Precision.allCases {
            #expect(server.blocking(precision).kc >= laptop.blocking(precision).kc)
            #expect(server.blocking(precision).mc >= laptop.blocking(precision).mc)
        }
    }
}
