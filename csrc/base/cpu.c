// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/cpu.h"

int strassen_isa_supported(strassen_isa isa) {
#if defined(STRASSEN_HAS_X86)
    __builtin_cpu_init();
    if (isa == STRASSEN_ISA_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
    if (isa == STRASSEN_ISA_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return isa == STRASSEN_ISA_PORTABLE;
}

strassen_isa strassen_isa_best(void) {
    if (strassen_isa_supported(STRASSEN_ISA_AVX512)) return STRASSEN_ISA_AVX512;
    return strassen_isa_supported(STRASSEN_ISA_AVX2) ? STRASSEN_ISA_AVX2 : STRASSEN_ISA_PORTABLE;
}

const char *strassen_isa_name(strassen_isa isa) {
    switch (isa) {
    case STRASSEN_ISA_PORTABLE: return "portable";
    case STRASSEN_ISA_AVX2: return "avx2";
    case STRASSEN_ISA_AVX512: return "avx512";
    }
    return "unknown";
}
