// SPDX-License-Identifier: AGPL-3.0-or-later

/// What a profile counts.
public enum CounterQuantity: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    case cycles
    case instructions
    case l1Misses = "l1_misses"
    case l2Misses = "l2_misses"
    case l3Misses = "l3_misses"
    case tlbMisses = "tlb_misses"
    case doubleOperations = "double_operations"
    case singleOperations = "single_operations"

    /// Names to try in this order: PAPI's preset, then what Linux and the vendors call it.
    var events: [String] {
        switch self {
        case .cycles: ["PAPI_TOT_CYC", "perf::CYCLES", "perf::PERF_COUNT_HW_CPU_CYCLES"]
        case .instructions: ["PAPI_TOT_INS", "perf::INSTRUCTIONS", "perf::PERF_COUNT_HW_INSTRUCTIONS"]
        case .l1Misses: ["PAPI_L1_DCM", "perf::L1-DCACHE-LOAD-MISSES", "perf::PERF_COUNT_HW_CACHE_L1D:MISS"]
        case .l2Misses:
            ["PAPI_L2_DCM", "PAPI_L2_TCM", "L2_RQSTS:MISS", "CORE_TO_L2_CACHEABLE_REQUEST_ACCESS_STATUS:LS_RD_BLK_C"]
        case .l3Misses: ["PAPI_L3_TCM", "LONGEST_LAT_CACHE:MISS", "perf::LLC-LOAD-MISSES", "perf::CACHE-MISSES"]
        case .tlbMisses: ["PAPI_TLB_DM", "perf::DTLB-LOAD-MISSES", "perf::PERF_COUNT_HW_CACHE_DTLB:MISS"]
        case .doubleOperations: ["PAPI_DP_OPS", "PAPI_FP_OPS", "RETIRED_SSE_AVX_FLOPS:ANY"]
        case .singleOperations: ["PAPI_SP_OPS", "PAPI_FP_OPS", "RETIRED_SSE_AVX_FLOPS:ANY"]
        }
    }
}

/// What the operating system counts without any hardware.
public enum SoftwareQuantity: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    case pageFaults = "page_faults"
    case majorFaults = "major_faults"
    case voluntarySwitches = "voluntary_switches"
    case involuntarySwitches = "involuntary_switches"
}
