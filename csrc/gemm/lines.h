// SPDX-License-Identifier: AGPL-3.0-or-later
/** Element-wise work on contiguous lines, once per instruction set; chosen at run time. */
#ifndef STRASSEN_GEMM_LINES_H
#define STRASSEN_GEMM_LINES_H

#include "base/cpu.h"
#include "microkernels/kernel.h"

/** Most terms of one call; longer sums are chained by the caller. */
#define LINE_MAX_TERMS 8

/**
 * dst[i] = Σ_t coef[t] · src[t][i], 0 ≤ i < length. dst may be one of the sources.
 *
 * ahead    null, or bytes from src[t] to the line that will be read next, which is fetched into L2 on the way.
 * count    0 … LINE_MAX_TERMS; 0 fills with zeros.
 * stream   1: non-temporal stores, for a dst that will not be read soon.
 */
typedef void (*line_sum)(void *dst, const void *const *src, const double *coef, const int64_t *ahead, int count,
                         int64_t length, int stream);
/** Largest |x[i]|; NaN if there is one. */
typedef double (*line_max)(const void *x, int64_t length);

typedef struct line_operations {
    line_sum sum[2]; /**< indexed by strassen_precision */
    line_max max[2];
} line_operations;

/** The best set for at most `isa`. */
const line_operations *lines_for(strassen_isa isa);

#endif
