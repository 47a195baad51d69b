// SPDX-License-Identifier: AGPL-3.0-or-later
/** The fused levels: the rows of a scheme turned into lists of blocks for the leaf. */
#ifndef STRASSEN_FAST_FUSED_H
#define STRASSEN_FAST_FUSED_H

#include "gemm/blocks.h"
#include "gemm/leaf.h"
#include "scheme/scheme.h"

/**
 * A scheme (the Kronecker product of all fused levels) by its non-zero coefficients, its products in rounds: no block of C belongs
 * to two products of a round, so that they can run side by side. Strassen's has three rounds of two and one of one.
 */
typedef struct fused_scheme {
    int m, k, n, rank;
    int *round; /**< products of round r are round[r] … round[r+1]−1, at most LEAF_MAX_PRODUCTS */
    int rounds;
    int most_products; /**< of a round */
    int *start[3];     /**< by factor: entries of row p are start[p] … start[p+1]−1 */
    int *column[3];
    double *value[3];
    unsigned char *first; /**< of W's entries: 1 where a block of C is written for the first time */
    int max_terms;        /**< largest number of entries in a row of U or V, and of W */
    int max_targets;
} fused_scheme;

/** OK, MEMORY, or UNSUPPORTED when a row has more than KERNEL_MAX_TERMS entries. */
strassen_status fused_create(const strassen_scheme *scheme, fused_scheme *out);
/** ⟨1,1,1;1⟩: no fused level at all, the classical product. */
strassen_status fused_create_classical(fused_scheme *out);
void fused_free(fused_scheme *scheme);

/**
 * Every target := beta·target + coef·(A·B), the scheme's products in order through leaf_run, setup->products of a round at once.
 *
 * a m×k, b k×n; extents of their blocks may be smaller (zeros), those of the targets too (virtual padding).
 * targets·max_targets ≤ KERNEL_MAX_TERMS, and so for the terms of a and b. Every member calls it; ends with a barrier.
 */
void fused_run(member *self, const leaf_setup *setup, const fused_scheme *scheme, const operand *a, const operand *b,
               const leaf_target *targets, int count, int64_t c_rs, int64_t c_cs, int64_t m, int64_t k, int64_t n);

#endif
