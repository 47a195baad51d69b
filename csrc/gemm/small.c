// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/small_internal.h"

int small_fits(strassen_precision precision, int64_t m, int64_t n, int64_t k, int64_t a_rs) {
    const int64_t in_place = precision == STRASSEN_FLOAT32 ? SMALL_LIMIT_F32 : SMALL_LIMIT_F64;
    const int64_t limit = a_rs == 1 ? in_place : SMALL_LIMIT_COPIED;
    return m <= limit && n <= limit && k <= limit;
}

small_gemm small_gemm_for(strassen_isa isa, strassen_precision precision) {
#if defined(STRASSEN_HAS_X86)
    if (isa >= STRASSEN_ISA_AVX512) return small_avx512[precision];
    if (isa >= STRASSEN_ISA_AVX2) return small_avx2[precision];
#endif
    (void)isa;
    return small_portable[precision];
}
