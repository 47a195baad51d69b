// SPDX-License-Identifier: AGPL-3.0-or-later
#include <string.h>

#include "gemm/lines.h"
#if defined(STRASSEN_HAS_X86)
CPU_AVX512_BEGIN
#define VECTOR 64
#define T float
#define NAME(x) f32_##x
#include "gemm/lines_template.h"
#undef T
#undef NAME
#define T double
#define NAME(x) f64_##x
#include "gemm/lines_template.h"
CPU_END
const line_operations lines_avx512 = {STRASSEN_ISA_AVX512, {f32_sum, f64_sum}, {f32_max, f64_max}};
#endif
