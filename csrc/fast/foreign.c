// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fast/foreign.h"

/** How a block looks to a column-major BLAS. */
typedef struct blas_view {
    const void *p;
    int transposed;
    int64_t ld;
} blas_view;

/** 1 if lines of `length` elements lie `stride` apart without overlap; a single line may lie anywhere. */
static int leading_dimension(int64_t length, int64_t lines, int64_t stride, int64_t *ld) {
    *ld = lines <= 1 ? max64(1, length) : stride;
    return *ld >= max64(1, length);
}

static int view_of(const block *b, int64_t rows, int64_t columns, blas_view *view) {
    view->p = b->p;
    view->transposed = b->rs != 1 && b->cs == 1;
    if (view->transposed) return leading_dimension(columns, rows, b->rs, &view->ld);
    return (b->rs == 1 || rows <= 1) && leading_dimension(rows, columns, b->cs, &view->ld);
}

/** The three matrices as a BLAS sees them; 0 if it cannot. */
static int views(const block *a, const block *b, const block *c, blas_view view[3]) {
    const int64_t k = min64(a->columns, b->rows);
    return view_of(a, c->rows, k, &view[0]) && view_of(b, k, c->columns, &view[1]) &&
           view_of(c, c->rows, c->columns, &view[2]);
}

int foreign_fits(const block *a, const block *b, const block *c) {
    blas_view view[3];
    return views(a, b, c, view);
}

void foreign_multiply(const foreign_leaf *leaf, const block *a, const block *b, double coef, double beta,
                      const block *c) {
    const int64_t m = c->rows, n = c->columns, k = min64(a->columns, b->rows);
    blas_view v[3];
    views(a, b, c, v);
    if (!v[2].transposed)
        leaf->gemm(leaf->context, v[0].transposed, v[1].transposed, m, n, k, coef, v[0].p, v[0].ld, v[1].p, v[1].ld,
                   beta, c->p, v[2].ld);
    else // Cᵀ = BᵀAᵀ
        leaf->gemm(leaf->context, !v[1].transposed, !v[0].transposed, n, m, k, coef, v[1].p, v[1].ld, v[0].p, v[0].ld,
                   beta, c->p, v[2].ld);
}
