// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/small_internal.h"
#define VECTOR 16
#define T float
#define NAME(x) f32_##x
#include "gemm/small_template.h"
#undef T
#undef NAME
#define T double
#define NAME(x) f64_##x
#include "gemm/small_template.h"
const small_gemm small_portable[2] = {f32_small, f64_small};
