// SPDX-License-Identifier: AGPL-3.0-or-later
#include <string.h>

#include "gemm/lines.h"
#define VECTOR 16
#define TEMPLATE "gemm/lines_template.h"
#include "gemm/both_precisions.h"
const line_operations lines_portable = {{f32_sum, f64_sum}, {f32_max, f64_max}};
