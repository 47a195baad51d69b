// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// What a plan will do.
public struct PlanInfo: Sendable, Codable, Equatable {
    /// Never ``Engine/auto``.
    public let engine: Engine
    /// Levels of recursion, and how many of them, innermost, are fused into packing.
    public let levels, fusedLevels: Int
    /// `"strassen"`, `"winograd+strassen"`; `"none"` for the classical product.
    public let scheme: String
    /// Name of the micro-kernel, such as `"f64_8x6_avx2"`.
    public let kernel: String
    public let instructionSet: InstructionSet
    /// Cache blocking, in elements.
    public let mc, kc, nc: Int
    /// What ``Plan/run(alpha:_:_:beta:into:pool:workspace:)`` needs.
    public let workspaceBytes: Int
    /// By the cost model; 0 where the model does not reach.
    public let predictedSeconds: Double
    /// Multiplications and additions; the classical count is 2mnk.
    public let flops: Double
    /// Expected factor over the classical max-norm error.
    public let errorGrowth: Double
    /// One line: why this plan.
    public let reason: String
}

extension PlanInfo {
    /// - Parameter plan: A live `strassen_plan`.
    init(describing plan: OpaquePointer) {
        var c = strassen_plan_info()
        let status = strassen_plan_describe(plan, &c)
        precondition(status == STRASSEN_OK, "a live plan can always be described")
        self.init(
            engine: Engine(c.engine), levels: Int(c.levels), fusedLevels: Int(c.fused_levels),
            scheme: String(cString: c.scheme), kernel: String(cString: c.kernel),
            instructionSet: InstructionSet(c.isa), mc: Int(c.mc), kc: Int(c.kc), nc: Int(c.nc),
            workspaceBytes: c.workspace_bytes, predictedSeconds: c.predicted_seconds, flops: c.flops,
            errorGrowth: c.error_growth, reason: String(cString: c.reason))
    }
}
