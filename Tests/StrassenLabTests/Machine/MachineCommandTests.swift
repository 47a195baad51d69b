// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Strassen
import Testing

@testable import StrassenLab

/// `strassen machine` as its users see it.
@Suite struct MachineCommandTests {
    @Test func saysWhatThisMachineIs() throws {
        let outcome = try CommandLineTool.run(["machine", "--no-measure"])
        #expect(outcome.status == 0)
        for word in ["processor", "cores", "may use", "cache", "counters", "profile", "OpenBLAS"] {
            #expect(outcome.output.contains(word))
        }
    }

    @Test func jsonIsOneObject() throws {
        let outcome = try CommandLineTool.run(["machine", "--no-measure", "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let machine = try #require(object?["machine"] as? [String: Any])
        #expect(machine["isas"] as? [String] != nil)
        #expect(object?["counters"] != nil)
    }

    /// An OpenBLAS that does not know the CPU is loaded again with kernels that suit it, unless the user names some.
    @Test(arguments: [nil, "Prescott"])
    func openBLASGetsKernelsThatSuitTheCPU(setting: String?) throws {
        let outcome = try CommandLineTool.run(
            ["machine", "--no-measure", "--json"], environment: ["OPENBLAS_CORETYPE": setting])
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let openblas = try #require((object?["machine"] as? [String: Any])?["openblas"] as? [String: Any])
        let core = try #require(openblas["corename"] as? String)
        if let setting {
            #expect(core == setting)
        } else {
            #expect(LibraryKernels.remedy(name: "openblas", version: core, best: .best) == nil, "\(core)")
        }
    }

    @Test func showsAndDerivesFromACapturedMachine() throws {
        let file = Fixture.url("topologies/zen3_vm.xml").path
        let outcome = try CommandLineTool.run(["machine", "--topology", file])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("32 MiB"))
        #expect(outcome.output.contains("derived blocks"))
    }

    @Test func whatIsNoTopologyOrDrawingIsRefused() throws {
        let nonsense = try CommandLineTool.run(["machine", "--topology", "socket of cores"])
        #expect(nonsense.status == 65)
        #expect(nonsense.output.isEmpty)
        let file = try CommandLineTool.run(["machine", "--topology", Fixture.url("topologies/README.md").path])
        #expect(file.status == 65)
        #expect(file.errors.contains("lstopo"))
        #expect(try CommandLineTool.run(["machine", "--draw", "picture.gif"]).status == 64)
    }

    /// hwloc's own program draws; without it the error says how to get it.
    @Test func drawsOrSaysWhatIsMissing() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let outcome = try CommandLineTool.run(["machine", "--draw", "m.svg"], in: folder)
            let picture = try? String(contentsOf: folder.appendingPathComponent("m.svg"), encoding: .utf8)
            if outcome.status == 0 {
                #expect(picture?.contains("<svg") == true)
            } else {
                #expect(outcome.status == 69)
                #expect(outcome.errors.contains("apt-get install"))
                #expect(picture == nil)
            }
        }
    }
}
