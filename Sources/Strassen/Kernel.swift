// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// One micro-kernel of the engine's registry.
public struct Kernel: Sendable, Codable, Equatable {
    /// Place in the registry.
    public let index: Int
    /// Such as `"f64_8x6_avx2"`.
    public let name: String
    /// Of the elements it multiplies.
    public let precision: Precision
    /// What the CPU needs.
    public let instructionSet: InstructionSet
    /// Rows and columns of the register tile.
    public let mr, nr: Int
    /// Whether this CPU can run it.
    public let isSupported: Bool

    /// Every kernel of this build, in the registry's order.
    public static var all: [Kernel] {
        (0..<strassen_kernel_count()).compactMap { index in
            var info = strassen_kernel_info()
            guard strassen_kernel_describe(index, &info) == STRASSEN_OK else { return nil }
            return Kernel(
                index: Int(index), name: String(cString: info.name),
                precision: info.precision == STRASSEN_FLOAT32 ? .float32 : .float64,
                instructionSet: InstructionSet(info.isa), mr: Int(info.mr), nr: Int(info.nr),
                isSupported: info.supported != 0)
        }
    }

    /// The kernel of that name.
    ///
    /// - Parameter limit: The instruction set asked for; nil: this CPU's best.
    /// - Throws: ``StrassenError`` when there is none for this precision, this CPU cannot run it, or it needs more than `limit`.
    public static func named(
        _ name: String, _ precision: Precision, atMost limit: InstructionSet? = nil
    ) throws -> Kernel {
        let fitting = all.filter { $0.precision == precision }
        guard let kernel = fitting.first(where: { $0.name == name }) else {
            throw StrassenError(
                .argument,
                "no \(precision.rawValue) micro-kernel \"\(name)\"; there are "
                    + fitting.map(\.name).joined(separator: ", "))
        }
        guard kernel.isSupported else {
            throw StrassenError(
                .unsupported, "this CPU lacks \(kernel.instructionSet.rawValue) for micro-kernel \(name)")
        }
        if let limit, limit < kernel.instructionSet {
            throw StrassenError(
                .argument,
                "micro-kernel \(name) needs \(kernel.instructionSet.rawValue), asked for is \(limit.rawValue)")
        }
        return kernel
    }

    /// The kernel that the planner takes when it is free: the one it names for a small classical product.
    public static func best(_ precision: Precision) -> Kernel? {
        var options = PlanOptions()
        options.engine = .classical
        guard let name = try? Plan(precision, m: 64, k: 64, n: 64, options: options).info.kernel else { return nil }
        return all.first { $0.name == name }
    }

    /// Runs `repeats` micro-tile products of depth `depth` from the nearest cache on the calling thread.
    ///
    /// - Returns: Flops done, 2·mr·nr·depth·repeats; the caller takes the time.
    /// - Throws: ``StrassenError`` when this CPU lacks the kernel's instruction set.
    public func spin(depth: Int, repeats: Int) throws -> Double {
        try check(strassen_kernel_spin(Int32(index), Int64(depth), Int64(repeats)), "running \(name)")
        return 2 * Double(mr) * Double(nr) * Double(depth) * Double(repeats)
    }
}
