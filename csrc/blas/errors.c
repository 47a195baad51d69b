// SPDX-License-Identifier: AGPL-3.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "blas.h"

#define EXPORT __attribute__((visibility("default")))
#define WEAK __attribute__((visibility("default"), weak))

/** 1 while a row-major CBLAS call reports an error: part of netlib's interface to a replaced cblas_xerbla. */
EXPORT int RowMajorStrg = 0;

/** Names come from Fortran: blank-padded, not terminated. */
static void print_illegal(const char *name, size_t length, long long info) {
    while (length > 0 && name[length - 1] == ' ') --length;
    fprintf(stderr, " ** On entry to %.*s parameter number %lld had an illegal value\n", (int)length, name, info);
}

/** The default handlers print and return, as OpenBLAS's do; the call that was in error has no effect. */
WEAK void xerbla_(const char *name, const int32_t *info, size_t length) { print_illegal(name, length, *info); }

WEAK void xerbla_64_(const char *name, const int64_t *info, size_t length) { print_illegal(name, length, *info); }

/** Undoes the swap of operands in a row-major call, so that the number is the caller's. */
static int number_for_caller(int info) {
    switch (RowMajorStrg ? info : 0) {
    case 4: return 5;
    case 5: return 4;
    case 9: return 11;
    case 11: return 9;
    default: return info;
    }
}

WEAK void cblas_xerbla(int info, const char *name, const char *format, ...) {
    print_illegal(name, strlen(name), strstr(name, "gemm") ? number_for_caller(info) : info);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
}

void blas_report_fortran(strassen_precision precision, bool wide, int info) {
    const char *name = precision == STRASSEN_FLOAT64 ? "DGEMM " : "SGEMM ";
    if (wide) {
        const int64_t wide_info = info;
        xerbla_64_(name, &wide_info, strlen(name));
    } else {
        const int32_t narrow_info = info;
        xerbla_(name, &narrow_info, strlen(name));
    }
}

void blas_report_cblas(strassen_precision precision, bool row_major, int info, const char *what, int value) {
    const char *name = precision == STRASSEN_FLOAT64 ? "cblas_dgemm" : "cblas_sgemm";
    RowMajorStrg = row_major;
    if (what)
        cblas_xerbla(info, name, "Illegal %s setting, %d\n", what, value);
    else
        cblas_xerbla(info, name, "%s", "");
    RowMajorStrg = 0;
}
