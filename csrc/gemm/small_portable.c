// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/small_internal.h"
#define VECTOR 16
#define TEMPLATE "gemm/small_template.h"
#include "gemm/both_precisions.h"
const small_gemm small_portable[2] = {{f32_small, STRASSEN_FLOAT32, SMALL_LIMIT_F32},
                                      {f64_small, STRASSEN_FLOAT64, SMALL_LIMIT_F64}};
