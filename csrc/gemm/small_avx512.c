// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/small_internal.h"
#if defined(STRASSEN_HAS_X86)
CPU_AVX512_BEGIN
#define VECTOR 64
#define TEMPLATE "gemm/small_template.h"
#include "gemm/both_precisions.h"
CPU_END
const small_gemm small_avx512[2] = {{f32_small, STRASSEN_FLOAT32, SMALL_LIMIT_WIDE_F32},
                                    {f64_small, STRASSEN_FLOAT64, SMALL_LIMIT_WIDE_F64}};
#endif
