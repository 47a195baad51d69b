// SPDX-License-Identifier: AGPL-3.0-or-later
#include <string.h>

#include "gemm/lines.h"
#define VECTOR 16
#define T float
#define NAME(x) f32_##x
#include "gemm/lines_template.h"
#undef T
#undef NAME
#define T double
#define NAME(x) f64_##x
#include "gemm/lines_template.h"
const line_operations lines_portable = {STRASSEN_ISA_PORTABLE, {f32_sum, f64_sum}, {f32_max, f64_max}};
