// SPDX-License-Identifier: AGPL-3.0-or-later
/* Shared by the tests of the drop-in BLAS: a generator, a way to call any exported name, a reference, tolerances. */
#ifndef BLAS_TEST_SUPPORT_H
#define BLAS_TEST_SUPPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "blas/names.h"

enum { STRASSEN_FLOAT32, STRASSEN_FLOAT64 };

#define DECLARE_FORTRAN(symbol, real, integer, kind)                                                         \
    void symbol(const char *, const char *, const integer *, const integer *, const integer *, const real *, \
                const real *, const integer *, const real *, const integer *, const real *, real *, const integer *);
#define DECLARE_CBLAS(symbol, real, integer, kind)                                                                  \
    void symbol(int, int, int, integer, integer, integer, real, const real *, integer, const real *, integer, real, \
                real *, integer);
STRASSEN_BLAS_FORTRAN(DECLARE_FORTRAN)
STRASSEN_BLAS_CBLAS(DECLARE_CBLAS)

/** Arguments of one call as any of the names takes them; transposes as letters. */
typedef struct arguments {
    int layout; /**< 101 row-major, 102 column-major; Fortran names take 102 only */
    char transa, transb;
    int64_t m, n, k;
    double alpha, beta;
    const void *a, *b;
    void *c;
    int64_t lda, ldb, ldc;
} arguments;

typedef struct routine {
    const char *name;
    int precision;
    bool cblas, wide;
    void (*call)(const arguments *);
} routine;

static inline int enum_of(char letter) {
    switch (letter | 32) {
    case 'n': return 111;
    case 't': return 112;
    case 'c': return 113;
    default: return 0;
    }
}

#define WRAP_FORTRAN(symbol, real, integer, kind)                                                      \
    static void call_##symbol(const arguments *x) {                                                    \
        const integer m = (integer)x->m, n = (integer)x->n, k = (integer)x->k;                         \
        const integer lda = (integer)x->lda, ldb = (integer)x->ldb, ldc = (integer)x->ldc;             \
        const real alpha = (real)x->alpha, beta = (real)x->beta;                                       \
        symbol(&x->transa, &x->transb, &m, &n, &k, &alpha, x->a, &lda, x->b, &ldb, &beta, x->c, &ldc); \
    }
#define WRAP_CBLAS(symbol, real, integer, kind)                                                                     \
    static void call_##symbol(const arguments *x) {                                                                 \
        symbol(x->layout, enum_of(x->transa), enum_of(x->transb), (integer)x->m, (integer)x->n, (integer)x->k,      \
               (real)x->alpha, x->a, (integer)x->lda, x->b, (integer)x->ldb, (real)x->beta, x->c, (integer)x->ldc); \
    }
STRASSEN_BLAS_FORTRAN(WRAP_FORTRAN)
STRASSEN_BLAS_CBLAS(WRAP_CBLAS)

#define ROW_FORTRAN(symbol, real, integer, kind) {#symbol, kind, false, sizeof(integer) == 8, call_##symbol},
#define ROW_CBLAS(symbol, real, integer, kind) {#symbol, kind, true, sizeof(integer) == 8, call_##symbol},
static const routine routines[] = {STRASSEN_BLAS_FORTRAN(ROW_FORTRAN) STRASSEN_BLAS_CBLAS(ROW_CBLAS)};
enum { ROUTINES = sizeof routines / sizeof routines[0] };

/** xorshift64*; state must not be 0. */
static inline uint64_t next_random(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1DULL;
}
static inline int64_t random_below(uint64_t *state, int64_t bound) {
    return (int64_t)((next_random(state) >> 11) % (uint64_t)bound);
}
/** Uniform in [−1, 1). */
static inline double random_real(uint64_t *state) { return (double)(next_random(state) >> 11) * 0x1p-52 - 1; }

static inline double load(int precision, const void *p, int64_t i) {
    return precision == STRASSEN_FLOAT64 ? ((const double *)p)[i] : (double)((const float *)p)[i];
}
static inline void store(int precision, void *p, int64_t i, double x) {
    if (precision == STRASSEN_FLOAT64)
        ((double *)p)[i] = x;
    else
        ((float *)p)[i] = (float)x;
}
static inline size_t width(int precision) { return precision == STRASSEN_FLOAT64 ? sizeof(double) : sizeof(float); }
static inline double roundoff(int precision) { return precision == STRASSEN_FLOAT64 ? 0x1p-53 : 0x1p-24; }

static inline void *must_alloc(size_t bytes) {
    void *memory = malloc(bytes ? bytes : 1);
    if (!memory) {
        fprintf(stderr, "out of memory\n");
        exit(2);
    }
    return memory;
}

#endif
