// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// The machine that a measurement was made on: travels with every number.
public struct MachineInfo: Sendable, Codable, Equatable {
    /// CPU model.
    public var cpu: String
    public var packages: Int
    public var cores: Int
    public var hardwareThreads: Int
    /// Threads that the affinity mask and the cgroup leave us.
    public var usableThreads: Int
    /// Instruction sets that kernels exist for and this CPU has.
    public var isas: [InstructionSet]
    public var caches: [Topology.Cache]
    public var numaNodes: Int
    /// Bytes that can be allocated now (MemAvailable, or what a cgroup leaves); `nil`: unknown.
    public var memory: Int?
    /// Operating system kernel.
    public var system: String
    /// Micro-kernels that `auto` takes, by precision.
    public var kernels: [String: String]
    public var openblas: OpenBLASInfo
    /// Version of this library.
    public var library: String

    /// Looks at this machine; measures nothing.
    public static func current() throws -> MachineInfo {
        MachineInfo(topology: try Topology(), allowance: Allowance(), openblas: .linked)
    }

    public init(topology: Topology, allowance: Allowance, openblas: OpenBLASInfo) {
        cpu = topology.model.isEmpty ? "unknown" : topology.model
        (packages, cores, hardwareThreads) = (topology.packages, topology.cores, topology.hardwareThreads)
        usableThreads = allowance.threads
        isas = InstructionSet.allCases.filter(\.isSupported)
        caches = topology.caches
        numaNodes = topology.nodes.count
        memory = allowance.memoryBytes
        system = Self.systemName()
        kernels = Dictionary(
            uniqueKeysWithValues: Precision.allCases.compactMap { precision in
                Kernel.best(precision).map { (precision.rawValue, $0.name) }
            })
        self.openblas = openblas
        library = Hardware.libraryVersion
    }

    private static func systemName() -> String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        func text<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
    }
}
