// SPDX-License-Identifier: AGPL-3.0-or-later
/** For the tests of schedules: an interpreter on numbers, variants of schemes. */
#ifndef STRASSEN_TESTS_SCHEDULE_SUPPORT_H
#define STRASSEN_TESTS_SCHEDULE_SUPPORT_H

#include "check.h"
#include "fast/schedule.h"
#include "scheme/scheme.h"

#include <stdlib.h>
#include <string.h>

#define MAX_CELLS (STRASSEN_SCHEME_MAX_DIM * STRASSEN_SCHEME_MAX_DIM + SCHEDULE_MAX_TEMPORARIES)

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static inline int random_below(int limit) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int)(random_state % (uint64_t)limit);
}

static inline strassen_scheme *builtin(const char *name) {
    strassen_scheme *scheme = NULL;
    CHECK(strassen_scheme_builtin(name, &scheme) == STRASSEN_OK, "%s", name);
    if (!scheme) exit(1);
    return scheme;
}

static inline schedule *make(const strassen_scheme *scheme, const schedule_options *options) {
    schedule *program = NULL;
    const strassen_status status = schedule_create(scheme, options, &program);
    CHECK(status == STRASSEN_OK, "%s: %s", scheme->name, strassen_status_string(status));
    if (!program) exit(1);
    return program;
}

static inline void put_program(text_writer *w, const void *program) { schedule_put(w, program); }

/** The program's lines; to be freed. */
static inline char *text_of(const schedule *program) {
    size_t length = 0;
    text_format(put_program, program, NULL, 0, &length);
    char *text = malloc(length + 1);
    if (!text) exit(1);
    text_format(put_program, program, text, length + 1, &length);
    return text;
}

/* ------------------------------------------------- an interpreter on numbers */

static inline void run_rows(const schedule *program, schedule_rows rows, double *cells) {
    double old[MAX_CELLS];
    memcpy(old, cells, sizeof old);
    for (int r = rows.start; r < rows.start + rows.count; ++r) {
        const schedule_row *row = &program->rows[r];
        cells[row->cell] = 0;
        for (int t = row->start; t < row->start + row->count; ++t)
            cells[row->cell] += program->terms[t].coef * old[program->terms[t].cell];
    }
}

static inline double add_up(const schedule *program, schedule_terms sum, const double *cells) {
    double value = 0;
    for (int t = sum.start; t < sum.start + sum.count; ++t)
        value += program->terms[t].coef * cells[program->terms[t].cell];
    return value;
}

/** Runs a program on blocks of one element; C starts as NaN in clean mode. */
static inline void run(const schedule *program, int accumulate, double *a, double *b, double *c) {
    double *cells[3] = {a, b, c};
    for (int i = 0; i < program->blocks[2] && !accumulate; ++i) c[i] = __builtin_nan("");
    if (accumulate) run_rows(program, program->prologue, c);
    for (int i = 0; i < program->op_count; ++i) {
        const schedule_op *op = &program->ops[i];
        if (op->kind != SCHEDULE_MUL) {
            run_rows(program, accumulate ? op->full : op->clean, cells[op->side]);
            continue;
        }
        const double product = add_up(program, op->operand[0], a) * add_up(program, op->operand[1], b);
        for (int t = op->start; t < op->start + op->count; ++t) {
            const schedule_term *term = &program->terms[t];
            const double old = term->first && !accumulate ? 0 : c[term->cell];
            c[term->cell] = old + term->coef * product;
        }
    }
}

/** 1 if both modes multiply random small integers. */
static inline int multiplies(const schedule *program) {
    const int m = program->m, k = program->k, n = program->n;
    for (int accumulate = 0; accumulate < 2; ++accumulate) {
        double a[MAX_CELLS] = {0}, b[MAX_CELLS] = {0}, c[MAX_CELLS] = {0}, wanted[MAX_CELLS] = {0};
        for (int i = 0; i < m * k; ++i) a[i] = random_below(2001) - 1000;
        for (int i = 0; i < k * n; ++i) b[i] = random_below(2001) - 1000;
        for (int i = 0; i < m * n; ++i) {
            c[i] = random_below(2001) - 1000;
            wanted[i] = accumulate ? c[i] : 0;
            for (int l = 0; l < k; ++l) wanted[i] += a[i / n * k + l] * b[l * n + i % n];
        }
        run(program, accumulate, a, b, c);
        for (int i = 0; i < m * n; ++i)
            if (!(c[i] - wanted[i] < 1e-3 && wanted[i] - c[i] < 1e-3)) return 0;
    }
    return 1;
}

/* ------------------------------------------------------------------- schemes */

/** Replaces (A, B, C) by (X A Y⁻¹, Y B Z⁻¹, X C Z⁻¹) for random unimodular X, Y, Z: elementary steps on the factors. */
static inline strassen_scheme *gauge(const strassen_scheme *scheme, int steps) {
    strassen_rational *factor[3];
    const int rows[3] = {scheme->m, scheme->k, scheme->m}, columns[3] = {scheme->k, scheme->n, scheme->n};
    for (int f = 0; f < 3; ++f) {
        const size_t size = (size_t)scheme->rank * (size_t)(rows[f] * columns[f]) * sizeof(strassen_rational);
        factor[f] = malloc(size);
        if (!factor[f]) exit(1);
        memcpy(factor[f], scheme->exact[f], size);
    }
    for (int step = 0; step < steps; ++step) {
        const int side = random_below(3), sign = random_below(2) ? 1 : -1;
        const int size = side == 0 ? scheme->m : side == 1 ? scheme->k : scheme->n;
        const int i = random_below(size), j = (i + 1 + random_below(size > 1 ? size - 1 : 1)) % size;
        if (i == j) continue;
        /* U and W are indexed by side 0 along rows, V by side 1 along rows, U by side 1 and V, W by side 2 along columns */
        for (int f = 0; f < 3; ++f) {
            const int by_row = (f != STRASSEN_V && side == 0) || (f == STRASSEN_V && side == 1);
            const int by_column = (f == STRASSEN_U && side == 1) || (f != STRASSEN_U && side == 2);
            /* U and V are forms and W is a vector: they change inversely; so do the two uses of the inner index */
            const int inverse = (f == STRASSEN_W) != (f == STRASSEN_V && side == 1);
            const int from = inverse ? j : i, to = inverse ? i : j, by = inverse ? -sign : sign;
            for (int p = 0; p < scheme->rank; ++p) {
                strassen_rational *entry = factor[f] + (size_t)p * (size_t)(rows[f] * columns[f]);
                for (int c = 0; c < columns[f] && by_row; ++c)
                    entry[to * columns[f] + c].num += by * entry[from * columns[f] + c].num;
                for (int r = 0; r < rows[f] && by_column; ++r)
                    entry[r * columns[f] + to].num += by * entry[r * columns[f] + from].num;
            }
        }
    }
    strassen_scheme *out = NULL;
    CHECK(strassen_scheme_create("variant", scheme->m, scheme->k, scheme->n, scheme->rank, factor[0], factor[1],
                                 factor[2], &out) == STRASSEN_OK,
          "gauge");
    for (int f = 0; f < 3; ++f) free(factor[f]);
    strassen_brent_report report;
    CHECK(strassen_scheme_verify(out, &report) == STRASSEN_OK && report.failed == 0, "the variant is a scheme");
    return out;
}

/** The same scheme with products permuted and signs moved between factors: schedules must cost the same. */
static inline strassen_scheme *shuffle(const strassen_scheme *scheme) {
    strassen_rational *factor[3];
    int order[64];
    for (int p = 0; p < scheme->rank; ++p) order[p] = p;
    for (int p = scheme->rank - 1; p > 0; --p) {
        const int other = random_below(p + 1), held = order[p];
        order[p] = order[other];
        order[other] = held;
    }
    for (int f = 0; f < 3; ++f) {
        factor[f] =
            malloc((size_t)scheme->rank * (size_t)scheme_width(scheme, (strassen_factor)f) * sizeof(strassen_rational));
        if (!factor[f]) exit(1);
    }
    for (int p = 0; p < scheme->rank; ++p) {
        const int pair = random_below(4); /* which factors change sign: none or two */
        for (int f = 0; f < 3; ++f) {
            const int width = scheme_width(scheme, (strassen_factor)f), minus = pair < 3 && f != pair;
            for (int i = 0; i < width; ++i) {
                strassen_rational x = scheme->exact[f][order[p] * width + i];
                if (minus) x.num = -x.num;
                factor[f][p * width + i] = x;
            }
        }
    }
    strassen_scheme *out = NULL;
    CHECK(strassen_scheme_create("shuffled", scheme->m, scheme->k, scheme->n, scheme->rank, factor[0], factor[1],
                                 factor[2], &out) == STRASSEN_OK,
          "shuffle");
    for (int f = 0; f < 3; ++f) free(factor[f]);
    return out;
}

#endif
