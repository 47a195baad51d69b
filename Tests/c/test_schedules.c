// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What the scheduler makes of every built-in scheme: recorded costs, and schemes of all sorts. Two more uses:
 *   test_schedules --table                       the table of docs/schedules.md
 *   test_schedules --program NAME[+NAME…]        the program of a built-in scheme or of a composition, as text
 */
#include "schedule_support.h"
#include "shared_additions.h"

/** Additions with shared sums counted once, as the literature counts them. */
static int additions(const schedule *program) {
    const schedule_counts *counts = &program->counts;
    return counts->additions[0] + counts->additions[1] + additions_on_c(program);
}

/** Additions of the scheme when nothing is shared. */
static int naive_additions(const strassen_scheme *scheme) {
    int total = -2 * scheme->rank - scheme->m * scheme->n;
    for (int f = 0; f < 3; ++f)
        for (int i = 0; i < scheme->rank * scheme_width(scheme, (strassen_factor)f); ++i)
            total += scheme->exact[f][i].num != 0;
    return total;
}

/** The most that a program of a built-in scheme may take with one temporary a side. */
static const struct record {
    const char *name;
    int additions;
    double cost;
} records[] = {
    {"strassen", 18, 49},  {"winograd", 15, 41},   {"accurate", 29, 69},  {"2x2x3-11", 20, 55},   {"2x3x2-11", 22, 57},
    {"3x2x2-11", 20, 55},  {"2x3x3-15", 50, 114},  {"3x2x3-15", 46, 114}, {"3x3x2-15", 50, 114},  {"2x3x4-20", 67, 160},
    {"3x3x3-23", 76, 170}, {"2x4x4-26", 106, 230}, {"4x2x4-26", 96, 220}, {"4x4x2-26", 104, 230},
};

static void test_records(void) {
    for (size_t i = 0; i < sizeof records / sizeof records[0]; ++i) {
        strassen_scheme *scheme = builtin(records[i].name);
        schedule *program = make(scheme, NULL);
        CHECK(additions(program) <= records[i].additions, "%s: %d additions", scheme->name, additions(program));
        CHECK(additions(program) <= naive_additions(scheme), "%s: %d of %d", scheme->name, additions(program),
              naive_additions(scheme));
        CHECK(program->cost <= records[i].cost, "%s: cost %g", scheme->name, program->cost);
        CHECK(program->temporaries[0] == 1 && program->temporaries[1] == 1, "%s: temporaries", scheme->name);
        CHECK(multiplies(program), "%s", scheme->name);
        schedule_free(program);
        strassen_scheme_free(scheme);
    }
}

/* ------------------------------------------------------------ schemes of all sorts */

/** ⟨m,k,n;mkn+extra⟩: the classical product, its first `extra` products split in halves or doubled by one of nothing. */
static strassen_scheme *classical(int m, int k, int n, int extra) {
    const int rank = m * k * n + extra, widths[3] = {m * k, k * n, m * n};
    strassen_rational *factor[3];
    for (int f = 0; f < 3; ++f) {
        factor[f] = malloc((size_t)(rank * widths[f]) * sizeof(strassen_rational));
        if (!factor[f]) exit(1);
        for (int i = 0; i < rank * widths[f]; ++i) factor[f][i] = (strassen_rational){0, 1};
    }
    for (int p = 0; p < rank; ++p) {
        const int q = p < m * k * n ? p : p - m * k * n, i = q / (k * n), l = q / n % k, j = q % n;
        const int split = q < extra && q % 2 == 0;
        if (p >= m * k * n && !split) {
            factor[q % 3][p * widths[q % 3]].num = 7; /* a product that is zero, or one that nothing reads */
            continue;
        }
        factor[0][p * widths[0] + i * k + l].num = 1;
        factor[1][p * widths[1] + l * n + j] = (strassen_rational){split ? 3 : 1, 1};
        factor[2][p * widths[2] + i * n + j] = (strassen_rational){1, split ? 6 : 1};
    }
    strassen_scheme *out = NULL;
    CHECK(strassen_scheme_create("classical", m, k, n, rank, factor[0], factor[1], factor[2], &out) == STRASSEN_OK,
          "classical");
    for (int f = 0; f < 3; ++f) free(factor[f]);
    return out;
}

static void test_classical(void) {
    static const int shapes[][4] = {{1, 1, 1, 0}, {1, 1, 1, 1}, {1, 2, 3, 0}, {5, 1, 2, 3},
                                    {2, 2, 2, 8}, {3, 3, 3, 5}, {8, 8, 8, 0}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; ++i) {
        strassen_scheme *scheme = classical(shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3]);
        schedule *program = make(scheme, NULL);
        CHECK(multiplies(program), "shape %zu", i);
        CHECK(program->temporaries[0] == 0 && program->temporaries[1] == 0, "shape %zu: blocks alone", i);
        CHECK(program->passes == 0, "shape %zu: %d passes", i, program->passes);
        schedule_free(program);
        strassen_scheme_free(scheme);
    }
}

/** From sparse to full factors, with entries that grow. */
static void test_dense(void) {
    static const char *const names[] = {"strassen", "winograd", "3x3x3-23", "2x4x4-26"};
    for (int i = 0; i < 12; ++i) {
        strassen_scheme *base = builtin(names[i % 4]), *variant = gauge(base, 4 * (1 + i / 4));
        for (int temporaries = 1; temporaries <= 2; ++temporaries) {
            schedule_options options = schedule_options_default();
            options.temporaries[0] = options.temporaries[1] = temporaries;
            schedule *program = make(variant, &options);
            CHECK(multiplies(program), "dense variant %d", i);
            CHECK(program->temporaries[0] <= temporaries && program->temporaries[1] <= temporaries, "dense variant %d",
                  i);
            schedule_free(program);
        }
        strassen_scheme_free(variant);
        strassen_scheme_free(base);
    }
}

static strassen_scheme *composition(const char *names) {
    char *copy = strdup(names), *rest = NULL;
    strassen_scheme *all = NULL;
    for (char *name = copy ? strtok_r(copy, "+", &rest) : NULL; name; name = strtok_r(NULL, "+", &rest)) {
        strassen_scheme *next = NULL, *product = NULL;
        if (strassen_scheme_builtin(name, &next) != STRASSEN_OK) {
            fprintf(stderr, "%s: no such built-in scheme\n", name);
            exit(64);
        }
        if (!all) {
            all = next;
            continue;
        }
        if (strassen_scheme_compose(all, next, &product) != STRASSEN_OK) exit(65);
        strassen_scheme_free(all);
        strassen_scheme_free(next);
        all = product;
    }
    free(copy);
    if (!all) exit(64);
    return all;
}

static void test_compositions(void) {
    static const char *const names[] = {"winograd+winograd", "2x2x3-11+2x3x2-11", "3x3x3-23+strassen",
                                        "strassen+strassen+strassen"};
    for (int i = 0; i < 4; ++i) {
        strassen_scheme *scheme = composition(names[i]);
        schedule *program = make(scheme, NULL);
        CHECK(multiplies(program), "%s", names[i]);
        CHECK(program->temporaries[0] == 1 && program->temporaries[1] == 1, "%s", names[i]);
        CHECK(additions(program) < naive_additions(scheme), "%s: %d", names[i], additions(program));
        schedule_free(program);
        strassen_scheme_free(scheme);
    }
}

/* --------------------------------------------------------------------- printing */

static void print_row(const strassen_scheme *scheme) {
    schedule *program = make(scheme, NULL);
    const schedule_counts *c = &program->counts;
    printf("| %s | %d | %d | %d + %d + %d = %d | %d + %d | %d | %d + %d | %d / %d | %g |\n", scheme->name, scheme->rank,
           naive_additions(scheme), c->additions[0], c->additions[1], additions_on_c(program), additions(program),
           program->temporaries[0], program->temporaries[1], program->passes, c->transfers[0], c->transfers[1],
           c->pass_transfers, c->pass_transfers_full + c->prologue_transfers, program->cost);
    schedule_free(program);
}

static int print_table(void) {
    static const char *const composed[] = {"strassen+strassen", "winograd+strassen", "3x3x3-23+strassen"};
    printf("| scheme | products | additions, nothing shared | additions A + B + C | temporaries S + T | passes "
           "| transfers A + B | pass transfers clean / accumulate | cost "
           "|\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (int i = 0; i < strassen_scheme_builtin_count(); ++i) {
        strassen_scheme *scheme = builtin(strassen_scheme_builtin_name(i));
        print_row(scheme);
        strassen_scheme_free(scheme);
    }
    for (int i = 0; i < 3; ++i) {
        strassen_scheme *scheme = composition(composed[i]);
        print_row(scheme);
        strassen_scheme_free(scheme);
    }
    return 0;
}

static int print_program(const char *names) {
    strassen_scheme *scheme = composition(names);
    schedule *program = make(scheme, NULL);
    char *text = text_of(program);
    fputs(text, stdout);
    free(text);
    schedule_free(program);
    strassen_scheme_free(scheme);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--table") == 0) return print_table();
    if (argc == 3 && strcmp(argv[1], "--program") == 0) return print_program(argv[2]);
    test_records();
    test_classical();
    test_dense();
    test_compositions();
    return check_summary();
}
