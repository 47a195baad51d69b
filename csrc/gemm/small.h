// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Products too small for packing, planning and teams: A is read where it lies, on the calling thread, in
 * registers-full of C. Below some dozens of rows the setting-up of the five loops costs more than the product.
 */
#ifndef STRASSEN_GEMM_SMALL_H
#define STRASSEN_GEMM_SMALL_H

#include "base/cpu.h"

/** C (m×n, unit row stride) := alpha·A·B + beta·C; k ≥ 1; beta 0 does not read C. Strides in elements. */
typedef struct small_call {
    int64_t m, n, k;
    double alpha, beta;
    const void *a;
    int64_t a_rs, a_cs;
    const void *b;
    int64_t b_rs, b_cs;
    void *c;
    int64_t c_cs;
} small_call;

typedef void (*small_gemm)(const small_call *call);

/** 1 if small_gemm takes a product of this shape: where it is ahead of the packed loops. */
int small_fits(strassen_precision precision, int64_t m, int64_t n, int64_t k, int64_t a_rs);

/** The best for an instruction set that this CPU supports. */
small_gemm small_gemm_for(strassen_isa isa, strassen_precision precision);

#endif
