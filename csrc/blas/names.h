// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Every symbol that libstrassen_blas.so exports, once. entry.c defines the routines from this table and the
 * linker's version script (exports.map.in) exports it: a new name is one line here and nothing else.
 * Macros only, so that the version script can include it.
 *
 * X(symbol, element type, integer type, precision)
 */
#ifndef STRASSEN_BLAS_NAMES_H
#define STRASSEN_BLAS_NAMES_H

/* Fortran: all arguments by reference. LP64, ILP64, and the two as the wheels of NumPy and SciPy spell them. */
#define STRASSEN_BLAS_FORTRAN(X)                         \
    X(sgemm_, float, int32_t, STRASSEN_FLOAT32)          \
    X(dgemm_, double, int32_t, STRASSEN_FLOAT64)         \
    X(sgemm_64_, float, int64_t, STRASSEN_FLOAT32)       \
    X(dgemm_64_, double, int64_t, STRASSEN_FLOAT64)      \
    X(scipy_sgemm_, float, int32_t, STRASSEN_FLOAT32)    \
    X(scipy_dgemm_, double, int32_t, STRASSEN_FLOAT64)   \
    X(scipy_sgemm_64_, float, int64_t, STRASSEN_FLOAT32) \
    X(scipy_dgemm_64_, double, int64_t, STRASSEN_FLOAT64)

/* CBLAS. ILP64 is spelt 64_ by OpenBLAS and _64 by netlib (3.11 and later). */
#define STRASSEN_BLAS_CBLAS(X)                                \
    X(cblas_sgemm, float, int32_t, STRASSEN_FLOAT32)          \
    X(cblas_dgemm, double, int32_t, STRASSEN_FLOAT64)         \
    X(cblas_sgemm64_, float, int64_t, STRASSEN_FLOAT32)       \
    X(cblas_dgemm64_, double, int64_t, STRASSEN_FLOAT64)      \
    X(cblas_sgemm_64, float, int64_t, STRASSEN_FLOAT32)       \
    X(cblas_dgemm_64, double, int64_t, STRASSEN_FLOAT64)      \
    X(scipy_cblas_sgemm, float, int32_t, STRASSEN_FLOAT32)    \
    X(scipy_cblas_dgemm, double, int32_t, STRASSEN_FLOAT64)   \
    X(scipy_cblas_sgemm64_, float, int64_t, STRASSEN_FLOAT32) \
    X(scipy_cblas_dgemm64_, double, int64_t, STRASSEN_FLOAT64)

/* Error handlers (weak: a program's own take their place) and the layout flag that netlib's cblas_xerbla reads. */
#define STRASSEN_BLAS_HANDLERS(X) X(xerbla_) X(xerbla_64_) X(cblas_xerbla) X(RowMajorStrg)

#endif
