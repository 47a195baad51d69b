// SPDX-License-Identifier: AGPL-3.0-or-later
#include <string.h>

#include "gemm/lines.h"
#if defined(STRASSEN_HAS_X86)
CPU_AVX512_BEGIN
#define VECTOR 64
#define TEMPLATE "gemm/lines_template.h"
#include "gemm/both_precisions.h"
CPU_END
const line_operations lines_avx512 = {{f32_sum, f64_sum}, {f32_max, f64_max}};
#endif
