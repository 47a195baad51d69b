// SPDX-License-Identifier: AGPL-3.0-or-later
/** How fused levels order the products of a scheme: in rounds of such as may run side by side, none lost or done twice. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fast/fused.h"

/** 1 if row p of a factor is row `of` of the scheme. */
static int same_row(const fused_scheme *fused, int p, const strassen_scheme *scheme, strassen_factor factor, int of) {
    const int widths[3] = {scheme->m * scheme->k, scheme->k * scheme->n, scheme->m * scheme->n};
    const double *row = scheme->coef[factor] + of * widths[factor];
    int entries = 0;
    for (int c = 0; c < widths[factor]; c++) entries += row[c] != 0;
    if (fused->start[factor][p + 1] - fused->start[factor][p] != entries) return 0;
    for (int e = fused->start[factor][p]; e < fused->start[factor][p + 1]; e++)
        if (fused->value[factor][e] != row[fused->column[factor][e]]) return 0;
    return 1;
}

/** Every product of the scheme is one of the fused ones, and another one than the products before it. */
static void check_products(const fused_scheme *fused, const strassen_scheme *scheme) {
    char *used = calloc((size_t)scheme->rank, 1);
    for (int of = 0; of < scheme->rank; of++) {
        int found = 0;
        for (int p = 0; p < scheme->rank && !found; p++)
            if (!used[p] && same_row(fused, p, scheme, STRASSEN_U, of) && same_row(fused, p, scheme, STRASSEN_V, of) &&
                same_row(fused, p, scheme, STRASSEN_W, of))
                found = used[p] = 1;
        CHECK(found, "%s: product %d is not among the fused ones", scheme->name, of + 1);
    }
    free(used);
}

static void check_rounds(const fused_scheme *fused, const char *name) {
    int most = 0;
    CHECK(fused->round[0] == 0 && fused->round[fused->rounds] == fused->rank, "%s: rounds %d … %d of %d", name,
          fused->round[0], fused->round[fused->rounds], fused->rank);
    for (int r = 0; r < fused->rounds; r++) {
        const int first = fused->round[r], end = fused->round[r + 1];
        char *taken = calloc((size_t)(fused->m * fused->n), 1);
        CHECK(end - first >= 1 && end - first <= LEAF_MAX_PRODUCTS, "%s: %d products in a round", name, end - first);
        most = end - first > most ? end - first : most;
        for (int e = fused->start[STRASSEN_W][first]; e < fused->start[STRASSEN_W][end]; e++) {
            const int c = fused->column[STRASSEN_W][e];
            CHECK(!taken[c], "%s: block %d of C belongs to two products of round %d", name, c, r);
            taken[c] = 1;
        }
        free(taken);
    }
    CHECK(fused->most_products == most, "%s: %d products at most, not %d", name, most, fused->most_products);
}

static void check_scheme(const strassen_scheme *scheme) {
    fused_scheme fused;
    const strassen_status status = fused_create(scheme, &fused);
    CHECK(status == STRASSEN_OK || status == STRASSEN_ERROR_UNSUPPORTED, "%s: %s", scheme->name,
          strassen_status_string(status));
    if (status != STRASSEN_OK) return;
    check_products(&fused, scheme);
    check_rounds(&fused, scheme->name);
    fused_free(&fused);
}

/** All built-in schemes, and each below Strassen's. */
static void test_rounds(void) {
    strassen_scheme *strassen = NULL;
    CHECK(strassen_scheme_builtin("strassen", &strassen) == STRASSEN_OK, "strassen");
    for (int i = 0; i < strassen_scheme_builtin_count(); i++) {
        strassen_scheme *scheme = NULL, *two = NULL;
        CHECK(strassen_scheme_builtin(strassen_scheme_builtin_name(i), &scheme) == STRASSEN_OK, "built-in %d", i);
        check_scheme(scheme);
        if (strassen_scheme_compose(strassen, scheme, &two) == STRASSEN_OK) check_scheme(two);
        strassen_scheme_free(two);
        strassen_scheme_free(scheme);
    }
    strassen_scheme_free(strassen);
}

/** Strassen's products 2 and 5, 3 and 4, 6 and 7 share no block of C; the first meets all others. */
static void test_pairs(void) {
    strassen_scheme *scheme = NULL;
    fused_scheme fused;
    CHECK(strassen_scheme_builtin("strassen", &scheme) == STRASSEN_OK, "strassen");
    CHECK(fused_create(scheme, &fused) == STRASSEN_OK, "fused");
    CHECK(fused.rounds == 4 && fused.most_products == 2, "%d rounds of at most %d", fused.rounds, fused.most_products);
    fused_free(&fused);
    strassen_scheme_free(scheme);
    CHECK(fused_create_classical(&fused) == STRASSEN_OK && fused.rounds == 1 && fused.most_products == 1, "classical");
    fused_free(&fused);
}

int main(void) {
    test_rounds();
    test_pairs();
    return check_summary();
}
