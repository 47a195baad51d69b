// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Which of its kernels a BLAS of others took for this CPU. One that does not know the CPU, or is held to another by a
/// variable, takes those of an older one, and is then half as fast as it could be, or less.
enum LibraryKernels {
    /// Cores of OpenBLAS and BLIS whose kernels use less than AVX-512, and what they use.
    private static let lesser: [String: InstructionSet] = [
        "haswell": .avx2, "zen": .avx2, "zen2": .avx2, "zen3": .avx2, "excavator": .avx2, "generic": .portable,
        "prescott": .portable, "core2": .portable, "penryn": .portable, "nehalem": .portable, "sandybridge": .portable,
        "bulldozer": .portable, "piledriver": .portable, "steamroller": .portable, "barcelona": .portable,
    ]

    /// The variable that names other kernels, and what to set it to for an instruction set.
    private static let overrides: [(library: String, variable: String, values: [InstructionSet: String])] = [
        ("openblas", "OPENBLAS_CORETYPE", [.avx512: "SkylakeX", .avx2: "Haswell"]),
        ("blis", "BLIS_ARCH_TYPE", [.avx512: "skx"]),  // 0.9 reads a number, and any word as 0: skx
    ]

    /// Whether a variable may change what a BLAS of others does: then it belongs to a measurement.
    static func isInfluence(_ variable: String) -> Bool {
        ["OPENBLAS_", "GOTO_", "BLIS_", "MKL_", "OMP_"].contains { variable.hasPrefix($0) }
    }

    /// The variable that names this library's kernels and its value, where it is set.
    static func choice(name: String, _ environment: [String: String]) -> String? {
        guard let variable = overrides.first(where: { name.hasPrefix($0.library) })?.variable else { return nil }
        return environment[variable].map { "\(variable)=\($0)" }
    }

    /// A variable that makes a library take kernels which use all of this CPU, if it is set before the library is loaded.
    struct Remedy {
        let variable: String
        let value: String
        /// What the library took its kernels for.
        let core: String
    }

    /// What to do about a library that does not use this CPU's best instruction set; nil when it does, or does not say.
    ///
    /// - Parameter version: What the library says of itself, the name of a core in it.
    static func remedy(name: String, version: String, best: InstructionSet) -> Remedy? {
        let words = version.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        guard let core = words.first(where: { lesser[$0] != nil }), let used = lesser[core], used < best,
            let override = overrides.first(where: { name.hasPrefix($0.library) }), let value = override.values[best]
        else { return nil }
        return Remedy(variable: override.variable, value: value, core: core)
    }
}

extension BLASLibrary {
    /// What named its kernels, if a variable did: `"OPENBLAS_CORETYPE=SkylakeX"`.
    public var kernelChoice: String? { LibraryKernels.choice(name: name, ProcessInfo.processInfo.environment) }

    private var remedy: LibraryKernels.Remedy? { LibraryKernels.remedy(name: name, version: version, best: .best) }

    /// Variable and value that make the library take kernels which suit this CPU, when it is loaded the next time; nil when
    /// it has them, or does not say.
    public var kernelSetting: (variable: String, value: String)? { remedy.map { ($0.variable, $0.value) } }

    /// A remark on kernels that do not suit this CPU; nil when they do, or the library does not say.
    public var advice: String? {
        remedy.map {
            "\(name) took its kernels for \($0.core), which do not use this CPU's \(InstructionSet.best.rawValue); "
                + "\($0.variable)=\($0.value) makes it"
        }
    }
}
