// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

/// What `profile --simulate` runs under valgrind; not for people.
struct SimulatedProductCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: CacheSimulation.subcommand, abstract: "Internal: the child of profile --simulate.",
        shouldDisplay: false)

    @Option var m: Int
    @Option var k: Int
    @Option var n: Int
    @Option var precision: Precision
    @Option var kernel: ProfiledKernel
    @Option var levels: Int?
    @Option var fused: Int?
    @Option var scheme: [String] = []
    @Option var isa: InstructionSet
    @Option var products: Int

    func run() throws {
        let problem = ProfileProblem(
            m: m, k: k, n: n, precision: precision, threads: 1, schemes: scheme, fusedLevels: fused)
        let profile = Bundle.main.bundleURL.appendingPathComponent("profile")
        try CacheSimulation.runChild(
            kernel, problem, levels: levels, instructionSet: isa, profile: profile, products: products)
    }
}
