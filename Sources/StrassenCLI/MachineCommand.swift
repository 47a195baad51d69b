// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

struct MachineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "machine",
        abstract: "Shows this machine: processor, caches, memory, limits, counters, measured peaks, active profile.")

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(inversion: .prefixedNo, help: "Measure peaks and bandwidths (about five seconds).")
    var measure = true

    @Option(
        help: ArgumentHelp(
            "Draw the topology instead: ascii, or the name of an SVG file to write.", valueName: "ascii|FILE.svg"))
    var draw: String?

    @Option(
        help: ArgumentHelp(
            "Show or draw a topology captured by lstopo, or a synthetic one, not this machine's.",
            valueName: "FILE.xml|TEXT"))
    var topology: String?

    func validate() throws {
        guard draw == nil || !json else { throw ValidationError("--draw prints or writes a drawing: leave out --json") }
    }

    func run() throws {
        if let draw { return try drawTopology(to: draw) }
        if let source { return try show(Topology(source)) }
        let progress = Progress("machine")
        let report = try MachineReport.make(measuring: measure) { progress.update(0, $0) }
        Progress.clear()
        if let warning = report.profile.warning { Console.warn(warning) }
        if json { return try JSON.print(report) }
        try Console.write(MachineText(report).text)
    }

    /// A file where there is one of that name, else a synthetic description.
    private var source: Topology.Source? {
        topology.map { name in
            let isFile = name.hasSuffix(".xml") || FileManager.default.fileExists(atPath: name)
            return isFile ? .xml(URL(fileURLWithPath: name)) : .synthetic(name)
        }
    }

    private func drawTopology(to target: String) throws {
        guard target == "ascii" || target.hasSuffix(".svg") else {
            throw Failure(
                .usage, "--draw \(target): expected ascii or a file that ends in .svg",
                advice: "strassen machine --draw ascii")
        }
        let drawing = try Topology.drawing(target == "ascii" ? .ascii : .svg, of: source ?? .thisMachine)
        if target == "ascii" { return try Console.write(drawing) }
        try AtomicFile.write(Array(drawing.utf8), to: target)
        Console.note("wrote \(target)")
    }

    /// A topology that is not this machine's: what it says and what is derived from it.
    private func show(_ topology: Topology) throws {
        let derived = DerivedTopology(topology)
        if json { return try JSON.print(derived) }
        try Console.write(MachineText.lines(topology) + MachineText.lines(blocking: derived.blocking))
    }
}
