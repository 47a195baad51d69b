// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// A facility that this machine lacks: what, and how to get it.
public struct UnavailableError: Error, Equatable, CustomStringConvertible {
    public let what: String
    public let advice: String
    public init(_ what: String, advice: String) { (self.what, self.advice) = (what, advice) }
    public var description: String { "\(what)\n  \(advice)" }
}

extension Topology {
    /// Formats of hwloc's own export.
    public enum DrawingFormat: String, Sendable { case svg, ascii }

    /// This machine (or a captured one) drawn by hwloc's `lstopo`.
    ///
    /// - Throws: ``UnavailableError`` when `lstopo` is not installed; ``TopologyError`` when it cannot read the source.
    public static func drawing(_ format: DrawingFormat, of source: Source = .thisMachine) throws -> String {
        guard let program = ["lstopo-no-graphics", "lstopo"].lazy.compactMap(Tool.path).first else {
            throw UnavailableError(
                "hwloc's lstopo, which draws the machine, is not installed", advice: "apt-get install hwloc-nox")
        }
        var arguments = ["--no-io", "--of", format.rawValue]
        switch source {
        case .thisMachine: break
        case .synthetic(let text): arguments += ["--input", text, "--input-format", "synthetic"]
        case .xml(let url): arguments += ["--input", url.path, "--input-format", "xml"]
        }
        let result = try Tool.run(program, arguments + ["-"])
        guard result.status == 0, !result.output.isEmpty else {
            throw TopologyError(description: "lstopo cannot draw the topology: \(result.errors)")
        }
        return format == .svg ? withPlainViewBox(result.text) : result.text
    }

    /// hwloc 2 writes `viewBox='0 0 194px 324px'`; numbers there have no units, and strict readers show an empty page.
    static func withPlainViewBox(_ svg: String) -> String {
        svg.replacing(/viewBox='[^']*'/) { String($0.output).replacing("px", with: "") }
    }
}
