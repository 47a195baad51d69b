// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Error exits through replaced handlers: every bad argument of every name is reported once, with netlib's number
 * and routine name, C is not touched, and of several bad arguments the first in netlib's order is reported.
 */
#include <string.h>

#include "support.h"

static int reports;
static long long reported;
static char reported_name[32];
extern int RowMajorStrg;
static int row_major_seen;

static void record(const char *name, size_t length, long long info) {
    ++reports;
    reported = info;
    snprintf(reported_name, sizeof reported_name, "%.*s", (int)length, name);
}

void xerbla_(const char *name, const int32_t *info, size_t length);
void xerbla_64_(const char *name, const int64_t *info, size_t length);
void cblas_xerbla(int info, const char *name, const char *format, ...);

void xerbla_(const char *name, const int32_t *info, size_t length) { record(name, length, *info); }
void xerbla_64_(const char *name, const int64_t *info, size_t length) { record(name, length, *info); }
void cblas_xerbla(int info, const char *name, const char *format, ...) {
    (void)format;
    row_major_seen = RowMajorStrg;
    record(name, strlen(name), info);
}

static int failures;

static void expect(const routine *r, const char *what, arguments x, int number) {
    double a[64] = {0}, b[64] = {0}, c[64], before[64];
    for (int i = 0; i < 64; ++i) c[i] = before[i] = i + 1;
    x.a = a, x.b = b, x.c = c;
    reports = 0;
    r->call(&x);
    const char *name = r->cblas ? (r->precision ? "cblas_dgemm" : "cblas_sgemm") : (r->precision ? "DGEMM " : "SGEMM ");
    const bool right = number == 0 ? reports == 0
                                   : reports == 1 && reported == number && strcmp(reported_name, name) == 0 &&
                                         memcmp(c, before, sizeof c) == 0 &&
                                         (!r->cblas || number == 1 || row_major_seen == (x.layout == 101));
    if (right) return;
    ++failures;
    fprintf(stderr, "%s, %s: expected one report of parameter %d by \"%s\", got %d reports, last %lld by \"%s\"\n",
            r->name, what, number, name, reports, reported, reported_name);
}

/** C (3×2) := A (3×4) · B (4×2) + C, nothing transposed. */
static arguments valid_call(int layout, int lda, int ldb, int ldc) {
    return (arguments){.layout = layout,
                       .transa = 'N',
                       .transb = 'N',
                       .m = 3,
                       .n = 2,
                       .k = 4,
                       .alpha = 1,
                       .beta = 1,
                       .lda = lda,
                       .ldb = ldb,
                       .ldc = ldc};
}

/** `good` is a valid column-major call; CBLAS numbers are the Fortran ones plus one for the layout. */
static void test_column_major(const routine *r) {
    const int plus = r->cblas;
    const arguments good = valid_call(102, 3, 4, 3);
    arguments x = good;
    expect(r, "a valid call", x, 0);
    x = good, x.transa = 'X', expect(r, "transa", x, 1 + plus);
    x = good, x.transb = '/', expect(r, "transb", x, 2 + plus);
    x = good, x.m = -1, expect(r, "m", x, 3 + plus);
    x = good, x.n = -1, expect(r, "n", x, 4 + plus);
    x = good, x.k = -1, expect(r, "k", x, 5 + plus);
    x = good, x.lda = 2, expect(r, "lda", x, 8 + plus);
    x = good, x.ldb = 3, expect(r, "ldb", x, 10 + plus);
    x = good, x.ldc = 2, expect(r, "ldc", x, 13 + plus);
    x = good, x.transa = 'T', expect(r, "lda of a transposed A", x, 8 + plus);
    x = good, x.transb = 'c', x.ldb = 1, expect(r, "ldb of a transposed B", x, 10 + plus);
    x = good, x.m = 0, x.lda = 0, expect(r, "lda of an empty A", x, 8 + plus);
    x = good, x.m = -1, x.n = -1, x.k = -1, x.lda = 0, expect(r, "m before n, k, lda", x, 3 + plus);
    x = good, x.n = -1, x.ldc = 0, expect(r, "n before ldc", x, 4 + plus);
    x = good, x.transa = 'X', x.transb = 'X', x.m = -1, expect(r, "transa before all", x, 1 + plus);
    x = good, x.lda = x.ldb = x.ldc = 0, expect(r, "lda before ldb, ldc", x, 8 + plus);
    x = good, x.ldb = x.ldc = 0, expect(r, "ldb before ldc", x, 10 + plus);
}

/** netlib swaps the operands first, so M and N, lda and ldb are reported under each other's number (see errors.c). */
static void test_row_major(const routine *r) {
    const arguments good = valid_call(101, 4, 2, 2);
    arguments x = good;
    expect(r, "a valid row-major call", x, 0);
    x = good, x.layout = 0, expect(r, "layout", x, 1);
    x = good, x.transa = 'X', expect(r, "row-major transa", x, 2);
    x = good, x.transb = 'X', expect(r, "row-major transb", x, 3);
    x = good, x.m = -1, expect(r, "row-major m", x, 5);
    x = good, x.n = -1, expect(r, "row-major n", x, 4);
    x = good, x.k = -1, expect(r, "row-major k", x, 6);
    x = good, x.lda = 3, expect(r, "row-major lda", x, 11);
    x = good, x.ldb = 1, expect(r, "row-major ldb", x, 9);
    x = good, x.ldc = 1, expect(r, "row-major ldc", x, 14);
}

int main(void) {
    for (int i = 0; i < ROUTINES; ++i) {
        test_column_major(&routines[i]);
        if (routines[i].cblas) test_row_major(&routines[i]);
    }
    printf("error_exits: %d names, %d failures\n", (int)ROUTINES, failures);
    return failures != 0;
}
