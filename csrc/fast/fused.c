// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fast/fused.h"

#include <stdlib.h>
#include <string.h>

/** 1 if product p belongs to a block of C that `taken` marks. */
static int meets(const strassen_scheme *scheme, int p, const char *taken) {
    const double *row = scheme->coef[STRASSEN_W] + p * scheme->m * scheme->n;
    for (int c = 0; c < scheme->m * scheme->n; c++)
        if (row[c] != 0 && taken[c]) return 1;
    return 0;
}

static void take(const strassen_scheme *scheme, int p, char *taken) {
    const double *row = scheme->coef[STRASSEN_W] + p * scheme->m * scheme->n;
    for (int c = 0; c < scheme->m * scheme->n; c++) taken[c] |= row[c] != 0;
}

/** The products' order: a round is the first that is left and those of the others that fit beside it. `done` and `taken` are zeroed. */
static void order_rounds(const strassen_scheme *scheme, int *order, char *done, char *taken, fused_scheme *out) {
    for (int next = 0; next < scheme->rank; out->rounds++) {
        const int first = out->round[out->rounds] = next;
        memset(taken, 0, (size_t)(scheme->m * scheme->n));
        for (int p = 0; p < scheme->rank && next - first < LEAF_MAX_PRODUCTS; p++)
            if (!done[p] && !meets(scheme, p, taken)) {
                done[p] = 1;
                take(scheme, p, taken);
                order[next++] = p;
            }
        if (next - first > out->most_products) out->most_products = next - first;
    }
    out->round[out->rounds] = scheme->rank;
}

/** Fills out->round; the order of the products, to be freed, or null. */
static int *rounds_of(const strassen_scheme *scheme, fused_scheme *out) {
    int *order = malloc(sizeof(int) * (size_t)scheme->rank);
    char *marks = calloc((size_t)(scheme->rank + scheme->m * scheme->n), 1);
    out->round = malloc(sizeof(int) * (size_t)(scheme->rank + 1));
    if (order && marks && out->round) {
        order_rounds(scheme, order, marks, marks + scheme->rank, out);
    } else {
        free(order);
        order = NULL;
    }
    free(marks);
    return order;
}

static strassen_status copy_factor(const strassen_scheme *scheme, strassen_factor factor, int width, const int *order,
                                   fused_scheme *out) {
    const double *coef = scheme->coef[factor];
    int entries = 0;
    for (int i = 0; i < scheme->rank * width; i++) entries += coef[i] != 0;
    out->start[factor] = malloc(sizeof(int) * (size_t)(scheme->rank + 1));
    out->column[factor] = malloc(sizeof(int) * (size_t)(entries + 1));
    out->value[factor] = malloc(sizeof(double) * (size_t)(entries + 1));
    if (!out->start[factor] || !out->column[factor] || !out->value[factor]) return STRASSEN_ERROR_MEMORY;
    int next = 0, *widest = factor == STRASSEN_W ? &out->max_targets : &out->max_terms;
    for (int p = 0; p < scheme->rank; p++) {
        const double *row = coef + order[p] * width;
        out->start[factor][p] = next;
        for (int c = 0; c < width; c++)
            if (row[c] != 0) {
                out->column[factor][next] = c;
                out->value[factor][next++] = row[c];
            }
        if (next - out->start[factor][p] > *widest) *widest = next - out->start[factor][p];
    }
    out->start[factor][scheme->rank] = next;
    return STRASSEN_OK;
}

/** Marks the first entry of W that writes each block of C. */
static strassen_status mark_first(fused_scheme *s) {
    const int entries = s->start[STRASSEN_W][s->rank];
    s->first = calloc((size_t)entries + 1, 1);
    char *seen = calloc((size_t)(s->m * s->n), 1);
    if (!s->first || !seen) {
        free(seen);
        return STRASSEN_ERROR_MEMORY;
    }
    for (int e = 0; e < entries; e++) {
        const int c = s->column[STRASSEN_W][e];
        s->first[e] = !seen[c];
        seen[c] = 1;
    }
    free(seen);
    return STRASSEN_OK;
}

strassen_status fused_create(const strassen_scheme *scheme, fused_scheme *out) {
    memset(out, 0, sizeof *out);
    out->m = scheme->m;
    out->k = scheme->k;
    out->n = scheme->n;
    out->rank = scheme->rank;
    const int width[3] = {scheme->m * scheme->k, scheme->k * scheme->n, scheme->m * scheme->n};
    int *order = rounds_of(scheme, out);
    strassen_status status = order ? STRASSEN_OK : STRASSEN_ERROR_MEMORY;
    for (int f = 0; f < 3 && status == STRASSEN_OK; f++)
        status = copy_factor(scheme, (strassen_factor)f, width[f], order, out);
    free(order);
    if (status == STRASSEN_OK) status = mark_first(out);
    if (status == STRASSEN_OK && (out->max_terms > KERNEL_MAX_TERMS || out->max_targets > KERNEL_MAX_TERMS))
        status = STRASSEN_ERROR_UNSUPPORTED;
    if (status != STRASSEN_OK) fused_free(out);
    return status;
}

strassen_status fused_create_classical(fused_scheme *out) {
    double one = 1;
    const strassen_scheme trivial = {.name = "none", .m = 1, .k = 1, .n = 1, .rank = 1, .coef = {&one, &one, &one}};
    return fused_create(&trivial, out);
}

void fused_free(fused_scheme *s) {
    for (int f = 0; f < 3; f++) {
        free(s->start[f]);
        free(s->column[f]);
        free(s->value[f]);
    }
    free(s->first);
    free(s->round);
    memset(s, 0, sizeof *s);
}

/** The sizes of one product and where its blocks lie. */
typedef struct frame {
    const fused_scheme *scheme;
    size_t size;
    int64_t m, k, n; /**< of a block */
} frame;

/** One summand; A is packed along its rows, B along its columns. */
static panel_term term_of(strassen_factor factor, const block *b, double coef) {
    return factor == STRASSEN_U ? (panel_term){b->p, coef, b->rows, b->columns, b->rs, b->cs}
                                : (panel_term){b->p, coef, b->columns, b->rows, b->cs, b->rs};
}

/** The terms of row p of U (or V) in each summand of `whole`; returns their largest inner extent. */
static int64_t gather_terms(const frame *f, strassen_factor factor, int p, const operand *whole, panel_term *terms,
                            int *count) {
    const fused_scheme *s = f->scheme;
    const int columns = factor == STRASSEN_U ? s->k : s->n;
    const int64_t part_rows = factor == STRASSEN_U ? f->m : f->k, part_columns = factor == STRASSEN_U ? f->k : f->n;
    int64_t depth = 0;
    *count = 0;
    for (int e = s->start[factor][p]; e < s->start[factor][p + 1]; e++)
        for (int t = 0; t < whole->count; t++) {
            const int i = s->column[factor][e] / columns, j = s->column[factor][e] % columns;
            const block part =
                block_part(&whole->terms[t].block, f->size, i * part_rows, j * part_columns, part_rows, part_columns);
            if (part.rows == 0 || part.columns == 0) continue;
            terms[*count] = term_of(factor, &part, s->value[factor][e] * whole->terms[t].coef);
            depth = max64(depth, terms[(*count)++].major);
        }
    return depth;
}

/** The targets of row p of W in every outer target; returns how many are not empty. */
static int gather_targets(const frame *f, int p, const leaf_target *outer, int count, int64_t c_rs, int64_t c_cs,
                          leaf_target *targets) {
    const fused_scheme *s = f->scheme;
    int used = 0;
    for (int o = 0; o < count; o++) {
        const block whole = {outer[o].p, c_rs, c_cs, outer[o].rows, outer[o].columns};
        for (int e = s->start[STRASSEN_W][p]; e < s->start[STRASSEN_W][p + 1]; e++) {
            const int i = s->column[STRASSEN_W][e] / s->n, j = s->column[STRASSEN_W][e] % s->n;
            const block part = block_part(&whole, f->size, i * f->m, j * f->n, f->m, f->n);
            if (part.rows > 0 && part.columns > 0)
                targets[used++] = (leaf_target){part.p, outer[o].coef * s->value[STRASSEN_W][e],
                                                s->first[e] ? outer[o].beta : 1, part.rows, part.columns};
        }
    }
    return used;
}

/** The calls of a round, and what they point to. */
typedef struct round_calls {
    leaf_call calls[LEAF_MAX_PRODUCTS];
    int count;
    panel_term terms[LEAF_MAX_PRODUCTS][2][KERNEL_MAX_TERMS];
    leaf_target targets[LEAF_MAX_PRODUCTS][KERNEL_MAX_TERMS];
} round_calls;

/** Adds product p, unless all of its targets are empty. */
static void gather_product(const frame *f, int p, const operand *a, const operand *b, const leaf_target *outer,
                           int count, round_calls *round, int64_t c_rs, int64_t c_cs) {
    leaf_target *targets = round->targets[round->count];
    panel_term(*terms)[KERNEL_MAX_TERMS] = round->terms[round->count];
    leaf_call call = {.a = {terms[0], 0}, .b = {terms[1], 0}, .targets = targets, .c_rs = c_rs, .c_cs = c_cs};
    const int64_t a_depth = gather_terms(f, STRASSEN_U, p, a, terms[0], &call.a.count);
    const int64_t b_depth = gather_terms(f, STRASSEN_V, p, b, terms[1], &call.b.count);
    call.count = gather_targets(f, p, outer, count, c_rs, c_cs, targets);
    for (int t = 0; t < call.count; t++) {
        call.m = max64(call.m, targets[t].rows);
        call.n = max64(call.n, targets[t].columns);
    }
    call.k = max64(1, min64(a_depth, b_depth)); // a product of nothing still applies beta
    if (call.count > 0) round->calls[round->count++] = call;
}

void fused_run(member *self, const leaf_setup *setup, const fused_scheme *s, const operand *a, const operand *b,
               const leaf_target *outer, int count, int64_t c_rs, int64_t c_cs, int64_t m, int64_t k, int64_t n) {
    const frame f = {s, element_size(setup->kernel->precision), ceil_div(m, s->m), ceil_div(k, s->k),
                     ceil_div(n, s->n)};
    round_calls round;
    for (int r = 0; r < s->rounds; r++) {
        round.count = 0;
        for (int p = s->round[r]; p < s->round[r + 1]; p++)
            gather_product(&f, p, a, b, outer, count, &round, c_rs, c_cs);
        for (int i = 0; i < round.count; i += setup->products) {
            const int left = round.count - i;
            leaf_run(self, setup, round.calls + i, left < setup->products ? left : setup->products);
        }
    }
}
