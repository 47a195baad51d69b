// SPDX-License-Identifier: AGPL-3.0-or-later
#include "scheme/scheme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The (rows × columns) shape of the matrix that a factor's row describes. */
typedef struct block_shape {
    int rows, columns;
} block_shape;

static block_shape shape_of(const strassen_scheme *scheme, strassen_factor factor) {
    switch (factor) {
    case STRASSEN_U: return (block_shape){scheme->m, scheme->k};
    case STRASSEN_V: return (block_shape){scheme->k, scheme->n};
    default: return (block_shape){scheme->m, scheme->n};
    }
}

static strassen_status multiply(strassen_rational a, strassen_rational b, strassen_rational *out) {
    if (__builtin_mul_overflow(a.num, b.num, &out->num) || __builtin_mul_overflow(a.den, b.den, &out->den))
        return STRASSEN_ERROR_OVERFLOW;
    return scheme_reduce(out);
}

/** One row: entry (i1·m2+i2, j1·n2+j2) is outer(i1,j1)·inner(i2,j2). */
static strassen_status kronecker_row(const strassen_rational *outer, block_shape os, const strassen_rational *inner,
                                     block_shape is, strassen_rational *out) {
    int outer_count = os.rows * os.columns, inner_count = is.rows * is.columns, width = os.columns * is.columns;
    for (int x = 0; x < outer_count; x++)
        for (int y = 0; y < inner_count; y++) {
            int row = (x / os.columns) * is.rows + y / is.columns;
            int column = (x % os.columns) * is.columns + y % is.columns;
            strassen_status status = multiply(outer[x], inner[y], &out[row * width + column]);
            if (status != STRASSEN_OK) return status;
        }
    return STRASSEN_OK;
}

static strassen_status kronecker_factor(const strassen_scheme *outer, const strassen_scheme *inner,
                                        strassen_factor factor, strassen_rational **out) {
    block_shape os = shape_of(outer, factor), is = shape_of(inner, factor);
    size_t outer_width = (size_t)(os.rows * os.columns), inner_width = (size_t)(is.rows * is.columns);
    size_t width = outer_width * inner_width;
    strassen_rational *rows = *out = malloc((size_t)outer->rank * (size_t)inner->rank * width * sizeof *rows);
    if (!rows) return STRASSEN_ERROR_MEMORY;
    for (int p1 = 0; p1 < outer->rank; p1++)
        for (int p2 = 0; p2 < inner->rank; p2++) {
            size_t row = (size_t)p1 * (size_t)inner->rank + (size_t)p2;
            strassen_status status =
                kronecker_row(outer->exact[factor] + (size_t)p1 * outer_width, os,
                              inner->exact[factor] + (size_t)p2 * inner_width, is, rows + row * width);
            if (status != STRASSEN_OK) return status;
        }
    return STRASSEN_OK;
}

strassen_status strassen_scheme_compose(const strassen_scheme *outer, const strassen_scheme *inner,
                                        strassen_scheme **out) {
    if (!out) return STRASSEN_ERROR_ARGUMENT;
    *out = NULL;
    if (!outer || !inner) return STRASSEN_ERROR_ARGUMENT;
    int m = outer->m * inner->m, k = outer->k * inner->k, n = outer->n * inner->n, rank = outer->rank * inner->rank;
    if (m > STRASSEN_SCHEME_MAX_DIM || k > STRASSEN_SCHEME_MAX_DIM || n > STRASSEN_SCHEME_MAX_DIM ||
        rank > STRASSEN_SCHEME_MAX_RANK)
        return STRASSEN_ERROR_ARGUMENT;

    char name[2 * STRASSEN_SCHEME_NAME_MAX];
    snprintf(name, sizeof name, "%s+%s", outer->name, inner->name);
    name[STRASSEN_SCHEME_NAME_MAX - 1] = 0;
    strassen_rational *rows[3] = {NULL, NULL, NULL};
    strassen_status status = STRASSEN_OK;
    for (int f = 0; f < 3 && status == STRASSEN_OK; f++)
        status = kronecker_factor(outer, inner, (strassen_factor)f, &rows[f]);
    if (status == STRASSEN_OK) status = strassen_scheme_create(name, m, k, n, rank, rows[0], rows[1], rows[2], out);
    for (int f = 0; f < 3; f++) free(rows[f]);
    return status;
}
