// SPDX-License-Identifier: AGPL-3.0-or-later
#include <math.h>
#include <stdlib.h>

#include "gemm/lines.h"

__extension__ typedef __int128 int128;

/** Columns and rows of C that are accumulated together; their sums stay in L2. */
#define COLUMNS 256
#define ROWS 8

/** A strided matrix of either precision, read as doubles. */
typedef struct source {
    strassen_precision precision;
    const void *p;
    int64_t rs, cs;
} source;

static inline double at(const source *s, int64_t i, int64_t j) {
    const int64_t offset = i * s->rs + j * s->cs;
    return s->precision == STRASSEN_FLOAT32 ? (double)((const float *)s->p)[offset] : ((const double *)s->p)[offset];
}

/**
 * (hi, lo)[j] += a·b[j] in double-double.
 * Source: Ogita, Rump, Oishi, "Accurate sum and dot product", SISC 2005.
 */
#define DEFINE_ACCUMULATE(NAME)                                                                                     \
    static void NAME(double *restrict hi, double *restrict lo, double a, const double *restrict b, int64_t count) { \
        for (int64_t j = 0; j < count; j++) {                                                                       \
            const double product = a * b[j], low = __builtin_fma(a, b[j], -product);                                \
            const double sum = hi[j] + product, part = sum - hi[j];                                                 \
            lo[j] += ((hi[j] - (sum - part)) + (product - part)) + low;                                             \
            hi[j] = sum;                                                                                            \
        }                                                                                                           \
    }
#pragma clang fp contract(off)
DEFINE_ACCUMULATE(accumulate_portable)
#if defined(STRASSEN_HAS_X86)
CPU_AVX2_BEGIN
DEFINE_ACCUMULATE(accumulate_avx2)
CPU_END
#endif

typedef void (*accumulate_function)(double *, double *, double, const double *, int64_t);

static accumulate_function accumulate(void) {
#if defined(STRASSEN_HAS_X86)
    if (strassen_isa_supported(STRASSEN_ISA_AVX2)) return accumulate_avx2;
#endif
    return accumulate_portable;
}

typedef struct tile_sums {
    double hi[ROWS][COLUMNS], lo[ROWS][COLUMNS], b[COLUMNS];
} tile_sums;

/** Largest deviation within `rows` listed rows and the columns from `column`. */
static double check_tile(const strassen_problem *s, double alpha, const source *A, const source *B, double beta,
                         const source *C0, const source *C, const int64_t *row, int rows, int64_t column,
                         int64_t columns, tile_sums *sums) {
    const accumulate_function add = accumulate();
    for (int r = 0; r < rows; r++)
        for (int64_t j = 0; j < columns; j++) sums->hi[r][j] = sums->lo[r][j] = 0;
    for (int64_t p = 0; alpha != 0 && p < s->k; p++) {
        for (int64_t j = 0; j < columns; j++) sums->b[j] = at(B, p, column + j);
        for (int r = 0; r < rows; r++) add(sums->hi[r], sums->lo[r], at(A, row[r], p), sums->b, columns);
    }
    double worst = 0;
    for (int r = 0; r < rows; r++)
        for (int64_t j = 0; j < columns; j++) {
            const double hi = alpha * sums->hi[r][j], lo = fma(alpha, sums->hi[r][j], -hi) + alpha * sums->lo[r][j];
            const double c0 = beta == 0 ? 0 : at(C0, row[r], column + j);
            const double before = beta * c0, before_low = fma(beta, c0, -before);
            const double error = fabs(((at(C, row[r], column + j) - hi) - before) - (lo + before_low));
            if (!(error <= worst)) worst = error; // keeps a NaN
            if (isnan(worst)) return worst;
        }
    return worst;
}

static double largest(const strassen_problem *s, int64_t m, int64_t n, const source *x) {
    double value = 0;
    return strassen_max_abs(s->precision, m, n, x->p, x->rs, x->cs, NULL, &value) == STRASSEN_OK ? value : NAN;
}

strassen_status strassen_check(const strassen_problem *problem, double alpha, const void *A, int64_t a_rs, int64_t a_cs,
                               const void *B, int64_t b_rs, int64_t b_cs, double beta, const void *C0, int64_t c0_rs,
                               int64_t c0_cs, const void *C, int64_t c_rs, int64_t c_cs, int64_t rows,
                               double *max_error, double *error_ratio) {
    if (!problem || problem->m < 0 || problem->n < 0 || problem->k < 0 || !max_error || !error_ratio)
        return STRASSEN_ERROR_ARGUMENT;
    if (problem->precision != STRASSEN_FLOAT32 && problem->precision != STRASSEN_FLOAT64)
        return STRASSEN_ERROR_ARGUMENT;
    const int empty = problem->m == 0 || problem->n == 0, reads = alpha != 0 && problem->k > 0;
    if (!empty && (!C || (beta != 0 && !C0) || (reads && (!A || !B)))) return STRASSEN_ERROR_ARGUMENT;
    const source a = {problem->precision, A, a_rs, a_cs}, b = {problem->precision, B, b_rs, b_cs};
    const source c0 = {problem->precision, C0, c0_rs, c0_cs}, c = {problem->precision, C, c_rs, c_cs};
    const int64_t count = rows <= 0 ? problem->m : min64(rows, problem->m);
    tile_sums *sums = malloc(sizeof *sums);
    if (!sums) return STRASSEN_ERROR_MEMORY;
    double worst = 0;
    for (int64_t first = 0; first < count && !isnan(worst); first += ROWS) {
        int64_t row[ROWS];
        const int used = (int)min64(ROWS, count - first);
        for (int r = 0; r < used; r++) // evenly spread, the first and the last row among them
            row[r] = count == 1 ? problem->m / 2 : (int64_t)((int128)(first + r) * (problem->m - 1) / (count - 1));
        for (int64_t j = 0; j < problem->n && !isnan(worst); j += COLUMNS) {
            const double error =
                check_tile(problem, alpha, &a, &b, beta, &c0, &c, row, used, j, min64(COLUMNS, problem->n - j), sums);
            worst = error <= worst ? worst : error;
        }
    }
    free(sums);
    const double unit = problem->precision == STRASSEN_FLOAT32 ? 0x1p-24 : 0x1p-53;
    double scale = 0;
    if (reads)
        scale += fabs(alpha) * largest(problem, problem->m, problem->k, &a) *
                 largest(problem, problem->k, problem->n, &b) * (double)problem->k;
    if (beta != 0 && !empty) scale += fabs(beta) * largest(problem, problem->m, problem->n, &c0);
    *max_error = worst;
    *error_ratio = worst == 0 ? 0 : worst / (scale * unit);
    return STRASSEN_OK;
}
