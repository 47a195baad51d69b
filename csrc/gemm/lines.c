// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/lines.h"

extern const line_operations lines_portable;
#if defined(STRASSEN_HAS_X86)
extern const line_operations lines_avx2, lines_avx512;
#endif

const line_operations *lines_for(strassen_isa isa) {
#if defined(STRASSEN_HAS_X86)
    if (isa >= STRASSEN_ISA_AVX512 && strassen_isa_supported(STRASSEN_ISA_AVX512)) return &lines_avx512;
    if (isa >= STRASSEN_ISA_AVX2 && strassen_isa_supported(STRASSEN_ISA_AVX2)) return &lines_avx2;
#endif
    (void)isa;
    return &lines_portable;
}
