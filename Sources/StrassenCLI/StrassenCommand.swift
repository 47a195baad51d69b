// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// `strassen`: learn, prove, tune, multiply, compare.
struct StrassenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strassen",
        abstract: "Fast matrix multiplication by learned and proved schemes.",
        version: Hardware.libraryVersion,
        subcommands: [
            BenchCommand.self,
            DemoCommand.self,
            ExperimentCommand.self,
            MachineCommand.self,
            MultiplyCommand.self,
            ProfileCommand.self,
            ReportCommand.self,
            SchemeCommand.self,
            TrainCommand.self,
            TuneCommand.self,
            VerifyCommand.self,
            DiscoverCommand.self,
            SimulatedProductCommand.self,
        ])
}
