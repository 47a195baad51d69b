// SPDX-License-Identifier: AGPL-3.0-or-later
/** Leaves by somebody else's GEMM. */
#ifndef STRASSEN_FAST_FOREIGN_H
#define STRASSEN_FAST_FOREIGN_H

#include "gemm/blocks.h"
#include "gemm/leaf.h"

typedef struct foreign_leaf {
    strassen_leaf_gemm gemm;
    void *context;
} foreign_leaf;

/** 1 if a BLAS can take these blocks: each with a unit stride and lines that do not overlap. */
int foreign_fits(const block *a, const block *b, const block *c);

/**
 * c := beta·c + coef·a·b through the foreign GEMM, by the calling thread alone; foreign_fits has said yes.
 *
 * a, b  inner extents may differ (the rest is zero); their other extents are c's.
 */
void foreign_multiply(const foreign_leaf *leaf, const block *a, const block *b, double coef, double beta,
                      const block *c);

#endif
