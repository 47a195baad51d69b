// SPDX-License-Identifier: AGPL-3.0-or-later

/// Where the time of a multiplication goes.
public enum ProfilePhase: String, Sendable, Codable, CaseIterable {
    /// Packing of the two operands, with the sums of fused levels; as the five loops see them (see ``PlanCounts``).
    case packA = "pack_a"
    case packB = "pack_b"
    /// The micro-kernel with its updates of C.
    case kernel
    /// Sums of blocks that explicit levels write to memory.
    case sum
    /// What is left: waiting for other threads, recursion; in a simulation every function of no phase.
    case other
    /// A library that shows no phases.
    case whole

    init(_ phase: Phase) {
        switch phase {
        case .packA: self = .packA
        case .packB: self = .packB
        case .kernel: self = .kernel
        case .sum: self = .sum
        }
    }

    /// `"pack A"`, `"micro-kernel"`.
    public var title: String {
        switch self {
        case .packA: "pack A"
        case .packB: "pack B"
        case .kernel: "micro-kernel"
        case .sum: "sums"
        case .other: "other"
        case .whole: "whole"
        }
    }

    /// The loops around the tiles, and the products that are not packed.
    private static let productLoops: Set<Substring> = [
        "macro_kernel", "edge_tile", "multiply_blocks", "multiply_item", "multiply_part", "help_others",
        "group_source_of", "group_source_take", "f32_small", "f64_small",
    ]

    /// The phase of a compiled function by its name: the engine's, and those of OpenBLAS's GEMM.
    ///
    /// `memcpy` and `memset` count as sums: but for the states of panels nothing else calls them during a product.
    init(function: String) {
        let name = function.prefix { $0 != "@" && $0 != "'" }
        func has(_ parts: [String]) -> Bool { parts.contains { name.contains($0) } }
        if has(["_pack_a", "pack_a_", "gemm_itcopy", "gemm_incopy"]) {
            self = .packA
        } else if has(["_pack_b", "pack_b_", "pack_group", "panels_", "leaf_operand_at", "gemm_otcopy", "gemm_oncopy"])
        {
            self = .packB
        } else if name.hasSuffix("_tile") || has(["run_oriented", "leaf_run", "scatter_edge", "gemm_kernel"])
            || Self.productLoops.contains(name)
        {
            self = .kernel
        } else if ["f32_sum", "f64_sum", "combine_line", "stretch"].contains(name)
            || has(["blocks_combine", "_stretch", "gemm_beta", "memcpy", "memmove", "memset"])
        {
            self = .sum
        } else {
            self = .other
        }
    }
}
