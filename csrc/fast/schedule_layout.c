// SPDX-License-Identifier: AGPL-3.0-or-later
/** Layouts: what a choice of passes and stages costs, and its exact form. */
#include <stdlib.h>
#include <string.h>

#include "fast/schedule_outputs.h"

#define ROW_WEIGHT 1e-3  /* per term and per entry that is not ±1: breaks ties towards fewer and simpler sums */
#define MODE_WEIGHT 1e-2 /* of what passes cost in accumulate mode, when clean mode is what counts */
#define MAX_DENOMINATOR 64
#define MAX_CELLS (STRASSEN_SCHEME_MAX_DIM * STRASSEN_SCHEME_MAX_DIM)
#define IDLE_PASS 0.5 /* a pass that does nothing: it would only reorder products */

/* -------------------------------------------------------------- allocation */

static int allocate(layout *self) {
    const size_t square = (size_t)self->cells * (size_t)self->cells, all = (size_t)self->rank * (size_t)self->cells;
    int fine = (self->inverse = malloc(square * sizeof(double))) != 0;
    for (int s = 0; s < self->passes; ++s) fine &= (self->matrix[s] = malloc(square * sizeof(double))) != 0;
    for (int s = 0; s <= self->passes; ++s) fine &= (self->column[s] = malloc(all * sizeof(double))) != 0;
    fine &= (self->stage = malloc((size_t)self->rank * sizeof(int))) != 0;
    if (!fine) layout_free(self);
    return fine;
}

void layout_free(layout *self) {
    free(self->inverse);
    for (int s = 0; s < self->passes; ++s) free(self->matrix[s]);
    for (int s = 0; s <= self->passes; ++s) free(self->column[s]);
    free(self->stage);
    *self = (layout){0};
}

static void set_identity(double *matrix, int cells) {
    memset(matrix, 0, (size_t)cells * (size_t)cells * sizeof *matrix);
    for (int i = 0; i < cells; ++i) matrix[i * cells + i] = 1;
}

strassen_status layout_create(const strassen_scheme *scheme, int passes, layout *out) {
    *out = (layout){.rank = scheme->rank, .cells = scheme->m * scheme->n, .passes = passes};
    if (!allocate(out)) return STRASSEN_ERROR_MEMORY;
    set_identity(out->inverse, out->cells);
    for (int s = 0; s < passes; ++s) set_identity(out->matrix[s], out->cells);
    const size_t all = (size_t)out->rank * (size_t)out->cells;
    for (int s = 0; s <= passes; ++s) memcpy(out->column[s], scheme->coef[STRASSEN_W], all * sizeof(double));
    for (int p = 0; p < out->rank; ++p) out->stage[p] = passes;
    return STRASSEN_OK;
}

strassen_status layout_copy(const layout *from, layout *to) {
    *to = (layout){.rank = from->rank, .cells = from->cells, .passes = from->passes};
    if (!allocate(to)) return STRASSEN_ERROR_MEMORY;
    const size_t square = (size_t)from->cells * (size_t)from->cells, all = (size_t)from->rank * (size_t)from->cells;
    memcpy(to->inverse, from->inverse, square * sizeof(double));
    for (int s = 0; s < from->passes; ++s) memcpy(to->matrix[s], from->matrix[s], square * sizeof(double));
    for (int s = 0; s <= from->passes; ++s) memcpy(to->column[s], from->column[s], all * sizeof(double));
    memcpy(to->stage, from->stage, (size_t)from->rank * sizeof(int));
    return STRASSEN_OK;
}

/* -------------------------------------------------------------------- cost */

int layout_entries(const layout *self, int stage, int product) {
    const double *column = self->column[stage] + (size_t)product * (size_t)self->cells;
    int entries = 0;
    for (int i = 0; i < self->cells; ++i) entries += !layout_is_zero(column[i]);
    return entries;
}

void layout_assign(layout *self) {
    for (int p = 0; p < self->rank; ++p) {
        int fewest = self->cells + 1;
        for (int s = 0; s <= self->passes; ++s) {
            const int entries = layout_entries(self, s, p);
            if (entries >= fewest) continue;
            fewest = entries;
            self->stage[p] = s;
        }
    }
}

/** One product's targets: those that overwrite come first. Marks its cells written. */
static double target_cost(const double *column, int cells, unsigned char *written, const schedule_options *options) {
    int overwrites = 0, adds = 0;
    for (int i = 0; i < cells; ++i) {
        if (layout_is_zero(column[i])) continue;
        if (written[i] || options->accumulate)
            ++adds;
        else
            ++overwrites;
        written[i] = 1;
    }
    double cost = overwrites * options->extra_overwrite + adds * options->extra_add;
    if (overwrites)
        cost += options->overwrite - options->extra_overwrite;
    else if (adds)
        cost += options->add - options->extra_add;
    return cost;
}

/**
 * Rows of a pass that change, and what they read of the cells written so far. Marks what they write; a cell that would
 * become a sum of nothing counts as not written again.
 */
static double pass_cost(const double *matrix, int cells, unsigned char *written) {
    unsigned char read[MAX_CELLS] = {0}, changed[MAX_CELLS] = {0};
    unsigned char emptied[MAX_CELLS] = {0};
    double cost = 0;
    for (int i = 0; i < cells; ++i) {
        int terms = 0, odd = 0, others = 0;
        for (int j = 0; j < cells; ++j) {
            const double x = matrix[i * cells + j];
            if (layout_is_zero(x) || !written[j]) continue;
            ++terms;
            odd += !layout_is_zero(x - 1) && !layout_is_zero(x + 1);
            others += j != i || !layout_is_zero(x - 1);
        }
        changed[i] = others > 0;
        emptied[i] = terms == 0;
        if (!changed[i]) continue;
        cost += 1 + ROW_WEIGHT * (terms + odd);
        for (int j = 0; j < cells; ++j) read[j] |= written[j] && !layout_is_zero(matrix[i * cells + j]);
    }
    for (int i = 0; i < cells; ++i) {
        cost += read[i];
        written[i] = (unsigned char)((written[i] || changed[i]) && !emptied[i]);
    }
    return cost;
}

/** The passes and the prologue in accumulate mode. */
static double accumulate_cost(const layout *self) {
    unsigned char written[MAX_CELLS];
    memset(written, 1, sizeof written);
    double cost = self->passes ? pass_cost(self->inverse, self->cells, written) : 0;
    for (int s = 0; s < self->passes; ++s) cost += pass_cost(self->matrix[s], self->cells, written);
    return cost;
}

double layout_cost(const layout *self, const schedule_options *options) {
    unsigned char written[MAX_CELLS];
    memset(written, options->accumulate != 0, sizeof written);
    double cost = (options->accumulate ? 1 : MODE_WEIGHT) * accumulate_cost(self);
    for (int s = 0; s <= self->passes; ++s) {
        for (int p = 0; p < self->rank; ++p)
            if (self->stage[p] == s)
                cost += target_cost(self->column[s] + (size_t)p * (size_t)self->cells, self->cells, written, options);
        if (s == self->passes || options->accumulate) continue;
        const double pass = pass_cost(self->matrix[s], self->cells, written);
        cost += pass > 0 ? pass : IDLE_PASS;
    }
    return cost;
}

double layout_refine(layout *self, const schedule_options *options) {
    double cost = layout_cost(self, options);
    for (int improved = 1; improved;) {
        improved = 0;
        for (int p = 0; p < self->rank; ++p) {
            const int home = self->stage[p];
            int best = home;
            for (int s = 0; s <= self->passes; ++s) {
                self->stage[p] = s;
                const double next = s == home ? cost : layout_cost(self, options);
                if (next >= cost - LAYOUT_ZERO) continue;
                cost = next;
                best = s;
                improved = 1;
            }
            self->stage[p] = best;
        }
    }
    return cost;
}

/* ------------------------------------------------------------------- exact */

/** The fraction with a small denominator that a computed entry stands for. Returns 0 when there is none. */
static int small_fraction(double x, rational *out) {
    for (int64_t den = 1; den <= MAX_DENOMINATOR; ++den) {
        const double scaled = x * (double)den;
        if (scaled > 1e6 || scaled < -1e6) return 0;
        const int64_t num = (int64_t)(scaled + (scaled < 0 ? -0.5 : 0.5));
        if (scaled - (double)num > 1e-6 || scaled - (double)num < -1e-6) continue;
        int overflow = 0;
        *out = rational_reduce(num, den, &overflow);
        return 1;
    }
    return 0;
}

/** out (size × size) := matrix⁻¹ by Gauss and Jordan; `matrix` is destroyed. Returns 0 when singular or too large. */
static int invert(rational *matrix, rational *out, int size) {
    int overflow = 0;
    for (int i = 0; i < size; ++i)
        for (int j = 0; j < size; ++j) out[i * size + j] = rational_of(i == j);
    for (int c = 0; c < size; ++c) {
        int pivot = c;
        while (pivot < size && rational_is_zero(matrix[pivot * size + c])) ++pivot;
        if (pivot == size) return 0;
        const rational value = matrix[pivot * size + c];
        for (int j = 0; j < size; ++j) {
            const rational x = matrix[pivot * size + j], y = out[pivot * size + j];
            matrix[pivot * size + j] = matrix[c * size + j];
            out[pivot * size + j] = out[c * size + j];
            matrix[c * size + j] = rational_divide(x, value, &overflow);
            out[c * size + j] = rational_divide(y, value, &overflow);
        }
        for (int i = 0; i < size; ++i) {
            const rational factor = rational_negate(matrix[i * size + c]);
            if (i == c || rational_is_zero(factor)) continue;
            for (int j = 0; j < size; ++j) {
                matrix[i * size + j] = rational_fma(matrix[i * size + j], factor, matrix[c * size + j], &overflow);
                out[i * size + j] = rational_fma(out[i * size + j], factor, out[c * size + j], &overflow);
            }
        }
        if (overflow) return 0;
    }
    return 1;
}

/** to (rows × cells) := from · matrixᵀ: every row is a column vector that matrix maps. Returns 0 on overflow. */
static int map_rows(const rational *matrix, const rational *from, rational *to, int rows, int cells) {
    int overflow = 0;
    for (int r = 0; r < rows; ++r)
        for (int i = 0; i < cells; ++i) {
            rational sum = rational_of(0);
            for (int j = 0; j < cells; ++j) {
                const rational x = from[(size_t)r * (size_t)cells + (size_t)j], y = matrix[i * cells + j];
                if (!rational_is_zero(x) && !rational_is_zero(y)) sum = rational_fma(sum, x, y, &overflow);
            }
            to[(size_t)r * (size_t)cells + (size_t)i] = sum;
        }
    return !overflow;
}

static int allocate_exact(const layout *self, outputs *out) {
    const size_t square = (size_t)self->cells * (size_t)self->cells, all = (size_t)self->rank * (size_t)self->cells;
    int fine = (out->inverse = malloc(square * sizeof(rational))) != 0;
    for (int s = 0; s < self->passes; ++s) fine &= (out->matrix[s] = malloc(square * sizeof(rational))) != 0;
    for (int s = 0; s <= self->passes; ++s) fine &= (out->column[s] = malloc(all * sizeof(rational))) != 0;
    fine &= (out->stages = calloc((size_t)self->rank, 1)) != 0;
    return fine;
}

/** Fills matrices, columns and the inverse of all passes. Returns 0 when they are not exact. */
static int fill_exact(const layout *self, const strassen_scheme *scheme, outputs *out, rational *scratch) {
    const int cells = self->cells;
    const size_t square = (size_t)cells * (size_t)cells;
    rational *inverse = scratch, *spare = scratch + square;
    memcpy(out->column[self->passes], scheme->exact[STRASSEN_W], (size_t)self->rank * (size_t)cells * sizeof(rational));
    for (int i = 0; i < cells; ++i)
        for (int j = 0; j < cells; ++j) out->inverse[i * cells + j] = rational_of(i == j);
    for (int s = self->passes - 1; s >= 0; --s) {
        for (size_t i = 0; i < square; ++i)
            if (!small_fraction(self->matrix[s][i], &out->matrix[s][i])) return 0;
        memcpy(spare, out->matrix[s], square * sizeof *spare);
        if (!invert(spare, inverse, cells)) return 0;
        if (!map_rows(inverse, out->column[s + 1], out->column[s], self->rank, cells)) return 0;
        /* inverse is kept transposed while it grows, so that map_rows applies to it */
        if (!map_rows(inverse, out->inverse, spare, cells, cells)) return 0;
        memcpy(out->inverse, spare, square * sizeof *spare);
    }
    for (int i = 0; i < cells; ++i)
        for (int j = 0; j < i; ++j) {
            const rational swap = out->inverse[i * cells + j];
            out->inverse[i * cells + j] = out->inverse[j * cells + i];
            out->inverse[j * cells + i] = swap;
        }
    return 1;
}

strassen_status layout_exact(layout *self, const strassen_scheme *scheme, const schedule_options *options,
                             outputs *out) {
    *out = (outputs){.rank = self->rank, .cells = self->cells, .passes = self->passes};
    rational *scratch = malloc(2 * (size_t)self->cells * (size_t)self->cells * sizeof *scratch);
    if (!scratch || !allocate_exact(self, out)) {
        free(scratch);
        return STRASSEN_ERROR_MEMORY;
    }
    const int exact = fill_exact(self, scheme, out, scratch);
    free(scratch);
    if (!exact) return STRASSEN_ERROR_OVERFLOW;
    out->cost = layout_refine(self, options);
    for (int p = 0; p < self->rank; ++p) {
        const int home = self->stage[p];
        for (int s = 0; s <= self->passes; ++s) {
            self->stage[p] = s;
            if (s == home || layout_cost(self, options) <= out->cost + LAYOUT_ZERO)
                out->stages[p] |= (unsigned char)(1u << s);
        }
        self->stage[p] = home;
    }
    return STRASSEN_OK;
}
