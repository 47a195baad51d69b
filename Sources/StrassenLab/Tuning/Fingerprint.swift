// SPDX-License-Identifier: AGPL-3.0-or-later

/// What a profile must share with a machine to be of use there.
public struct Fingerprint: Sendable, Hashable, Codable, CustomStringConvertible {
    /// CPU model, data caches of its first core in bytes, best instruction set: the same words as the drop-in library's.
    public let machine: String
    /// Version of the library.
    public let library: String

    public init(machine: String, library: String) { (self.machine, self.library) = (machine, library) }

    public init(_ topology: Topology, instructionSet: InstructionSet = .best, library: String = Hardware.libraryVersion)
    {
        let model = topology.model.isEmpty ? "unknown" : String(decoding: topology.model.utf8.prefix(63), as: UTF8.self)
        let caches = (1...3).map { level in
            topology.caches.first { $0.level == level && $0.contents != .instruction }?.bytes ?? 0
        }
        machine = "\(model); \(caches[0]) \(caches[1]) \(caches[2]); \(instructionSet.rawValue)"
        self.library = library
    }

    /// Of this machine and library.
    public static func current() throws -> Fingerprint { Fingerprint(try Topology()) }

    public var description: String { "\(machine); strassen \(library)" }

    /// A name for files: lower-case letters, digits and single dashes.
    public var fileName: String {
        machine.lowercased().unicodeScalars.reduce(into: "") { name, scalar in
            let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
            if isPlain { name.unicodeScalars.append(scalar) } else if !name.isEmpty, name.last != "-" { name += "-" }
        }.trimmingSuffix("-")
    }

    /// Why a profile is not for this machine; `nil`: it is.
    func mismatch(_ profile: Profile) -> String? {
        if profile.machine != machine { return "made on another machine (\"\(profile.machine)\", not \"\(machine)\")" }
        if profile.library != library {
            return "measured by version \(profile.library) of the library, this is \(library)"
        }
        return nil
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        hasSuffix(String(character)) ? String(dropLast()) : self
    }
}
