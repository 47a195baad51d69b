// SPDX-License-Identifier: AGPL-3.0-or-later
/* The exported GEMM routines, defined from the table in names.h, and netlib's checks of their arguments. */
#include "blas.h"
#include "names.h"

#define EXPORT __attribute__((visibility("default")))

enum { ROW_MAJOR = 101, COLUMN_MAJOR = 102 };
enum { NO_TRANSPOSE = 111, TRANSPOSE = 112, CONJUGATE_TRANSPOSE = 113 };

static bool decode_letter(char letter, bool *transpose) {
    switch (letter) {
    case 'N':
    case 'n': *transpose = false; return true;
    case 'T':
    case 't':
    case 'C':
    case 'c': *transpose = true; return true;
    default: return false;
    }
}

static bool decode_enum(int value, bool *transpose) {
    *transpose = value == TRANSPOSE || value == CONJUGATE_TRANSPOSE;
    return *transpose || value == NO_TRANSPOSE;
}

static bool too_small(int64_t leading, int64_t rows) { return leading < (rows > 1 ? rows : 1); }

/** Number of the first bad dimension in the order of netlib's DGEMM, or 0. */
static int bad_dimension(const blas_call *call) {
    if (call->m < 0) return 3;
    if (call->n < 0) return 4;
    if (call->k < 0) return 5;
    if (too_small(call->lda, call->transpose_a ? call->k : call->m)) return 8;
    if (too_small(call->ldb, call->transpose_b ? call->n : call->k)) return 10;
    if (too_small(call->ldc, call->m)) return 13;
    return 0;
}

static void run_fortran(blas_call *call, char transa, char transb, bool wide) {
    int info = 0;
    if (!decode_letter(transa, &call->transpose_a))
        info = 1;
    else if (!decode_letter(transb, &call->transpose_b))
        info = 2;
    else
        info = bad_dimension(call);
    if (info)
        blas_report_fortran(call->precision, wide, info);
    else
        blas_gemm(call);
}

/** Cᵀ = Bᵀ·Aᵀ: a row-major call is the column-major one with the operands changed over. */
static void swap_operands(blas_call *call) {
    const blas_call given = *call;
    call->transpose_a = given.transpose_b;
    call->transpose_b = given.transpose_a;
    call->m = given.n;
    call->n = given.m;
    call->a = given.b;
    call->lda = given.ldb;
    call->b = given.a;
    call->ldb = given.lda;
}

static void run_cblas(blas_call *call, int layout, int transa, int transb) {
    const bool row_major = layout == ROW_MAJOR;
    if (!row_major && layout != COLUMN_MAJOR) {
        blas_report_cblas(call->precision, false, 1, "layout", layout);
    } else if (!decode_enum(transa, &call->transpose_a)) {
        blas_report_cblas(call->precision, row_major, 2, "TransA", transa);
    } else if (!decode_enum(transb, &call->transpose_b)) {
        blas_report_cblas(call->precision, row_major, 3, "TransB", transb);
    } else {
        if (row_major) swap_operands(call);
        const int info = bad_dimension(call);
        if (info)
            blas_report_cblas(call->precision, row_major, info + 1, NULL, 0);
        else
            blas_gemm(call);
    }
}

#define DEFINE_FORTRAN(symbol, real, integer, kind)                                                                  \
    EXPORT void symbol(const char *transa, const char *transb, const integer *m, const integer *n, const integer *k, \
                       const real *alpha, const real *a, const integer *lda, const real *b, const integer *ldb,      \
                       const real *beta, real *c, const integer *ldc);                                               \
    void symbol(const char *transa, const char *transb, const integer *m, const integer *n, const integer *k,        \
                const real *alpha, const real *a, const integer *lda, const real *b, const integer *ldb,             \
                const real *beta, real *c, const integer *ldc) {                                                     \
        blas_call call = {.precision = kind,                                                                         \
                          .m = *m,                                                                                   \
                          .n = *n,                                                                                   \
                          .k = *k,                                                                                   \
                          .alpha = (double)*alpha,                                                                   \
                          .a = a,                                                                                    \
                          .lda = *lda,                                                                               \
                          .b = b,                                                                                    \
                          .ldb = *ldb,                                                                               \
                          .beta = (double)*beta,                                                                     \
                          .c = c,                                                                                    \
                          .ldc = *ldc};                                                                              \
        run_fortran(&call, *transa, *transb, sizeof(integer) == sizeof(int64_t));                                    \
    }

#define DEFINE_CBLAS(symbol, real, integer, kind)                                                                      \
    EXPORT void symbol(int layout, int transa, int transb, integer m, integer n, integer k, real alpha, const real *a, \
                       integer lda, const real *b, integer ldb, real beta, real *c, integer ldc);                      \
    void symbol(int layout, int transa, int transb, integer m, integer n, integer k, real alpha, const real *a,        \
                integer lda, const real *b, integer ldb, real beta, real *c, integer ldc) {                            \
        blas_call call = {.precision = kind,                                                                           \
                          .m = m,                                                                                      \
                          .n = n,                                                                                      \
                          .k = k,                                                                                      \
                          .alpha = (double)alpha,                                                                      \
                          .a = a,                                                                                      \
                          .lda = lda,                                                                                  \
                          .b = b,                                                                                      \
                          .ldb = ldb,                                                                                  \
                          .beta = (double)beta,                                                                        \
                          .c = c,                                                                                      \
                          .ldc = ldc};                                                                                 \
        run_cblas(&call, layout, transa, transb);                                                                      \
    }

STRASSEN_BLAS_FORTRAN(DEFINE_FORTRAN)
STRASSEN_BLAS_CBLAS(DEFINE_CBLAS)
