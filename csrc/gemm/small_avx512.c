// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/small_internal.h"
#if defined(STRASSEN_HAS_X86)
CPU_AVX512_BEGIN
#define VECTOR 64
#define T float
#define NAME(x) f32_##x
#include "gemm/small_template.h"
#undef T
#undef NAME
#define T double
#define NAME(x) f64_##x
#include "gemm/small_template.h"
CPU_END
const small_gemm small_avx512[2] = {f32_small, f64_small};
#endif
