// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Products too small for packing and planning: A is read where it lies, in registers-full of C. Below some dozens of rows the setting-up of the five loops costs more than the product.
 */
#ifndef STRASSEN_GEMM_SMALL_H
#define STRASSEN_GEMM_SMALL_H

#include "base/team.h"

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

/** Largest k that a small_gemm takes. */
enum { SMALL_LIMIT = 288 };

/** The small product of an instruction set and a precision. */
typedef struct small_gemm {
    void (*run)(const small_call *call);
    strassen_precision precision;
    int64_t limit; /**< largest side at which it is ahead of the packed loops, where strides are not against it */
} small_gemm;

/** How many of `threads` members a small product feeds. */
int small_members(const small_call *call, int threads);

/** Runs it on so many members of the pool; one needs no pool, and it may be null. */
void small_run(const small_gemm *gemm, const small_call *call, strassen_pool *pool, int members);

/** 1 if `gemm` is ahead of the packed loops on a product of this shape and these strides. */
int small_fits(const small_gemm *gemm, const small_call *call);

/** 1 if lines so many elements apart share a few sets of the caches, so that few of them are kept. */
static inline int small_collides(int64_t stride, size_t element) { return stride * (int64_t)element % 512 == 0; }

/** The best for an instruction set that this CPU supports. */
const small_gemm *small_gemm_for(strassen_isa isa, strassen_precision precision);

#endif
