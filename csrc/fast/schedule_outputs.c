// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Where products go: a search for passes over C.
 *
 * A pass with matrix M before the end lets a product whose row of W is w be written as M⁻¹w, earlier. If w is a column of
 * M that is one target instead of many. The search moves in the group of invertible M by replacing one column: by a row
 * of W, by the sum or difference of two columns, or by a unit vector. It descends to a local minimum, kicks, and descends
 * again until its budget is spent; the cheapest distinct layouts are handed on. A second pass is searched in front of the
 * first in the same way.
 */
#include <stdlib.h>
#include <string.h>

#include "fast/schedule_outputs.h"

#define KEPT 24
#define KEPT_LARGE 6
#define SMALL_RANK 12
#define MAX_SEARCH_RANK 512 /* beyond it only the layout without a pass is offered */
#define MIN_PIVOT 0.12      /* smallest |pivot| of a replacement: 1/8 occurs in published schemes */

/** Entries of columns that the search may look at: a few milliseconds' worth. */
static int64_t search_budget(int rank) {
    if (rank <= SMALL_RANK) return 500000;
    return rank <= 64 ? 1600000 : 6000000;
}

typedef struct kept {
    layout plan;
    double cost;
    uint64_t signature; /* of the stages */
} kept;

typedef struct search {
    const schedule_options *options;
    layout now, trial;
    double *units[2]; /* now, trial: row j is M⁻¹e_j for the pass that is searched */
    double *whole[2]; /* the same for all passes together */
    int *entries;     /* by product: targets if it runs before the pass that is searched */
    int *later;       /* by product: fewest targets if it runs after it */
    kept best[KEPT];
    int count, capacity;
    int64_t budget;
    uint64_t random;
} search;

/* ------------------------------------------------------------------- moves */

/** to := coordinates after column j of M is replaced by M·z: y_j/z_j, and y_i − z_i·y_j/z_j. */
static void replace_rows(const double *from, double *to, int rows, int cells, const double *z, int j) {
    memcpy(to, from, (size_t)rows * (size_t)cells * sizeof *to);
    for (int r = 0; r < rows; ++r) {
        double *y = to + (size_t)r * (size_t)cells;
        if (layout_is_zero(y[j])) continue;
        const double scaled = y[j] / z[j];
        for (int i = 0; i < cells; ++i) y[i] -= z[i] * scaled;
        y[j] = scaled;
    }
}

/** Column j of a matrix := matrix · z. */
static void replace_column(double *matrix, int cells, const double *z, int j) {
    for (int i = 0; i < cells; ++i) {
        double sum = 0;
        for (int c = 0; c < cells; ++c) sum += matrix[i * cells + c] * z[c];
        matrix[i * cells + j] = layout_is_zero(sum) ? 0 : sum;
    }
}

/** trial := now with column j of the first pass replaced by M·z; its cost. */
static double try_move(search *self, const double *z, int j) {
    const int cells = self->now.cells;
    memcpy(self->trial.matrix[0], self->now.matrix[0], (size_t)cells * (size_t)cells * sizeof(double));
    replace_column(self->trial.matrix[0], cells, z, j);
    replace_rows(self->now.column[0], self->trial.column[0], self->now.rank, cells, z, j);
    replace_rows(self->units[0], self->units[1], cells, cells, z, j);
    replace_rows(self->whole[0], self->whole[1], cells, cells, z, j);
    for (int i = 0; i < cells; ++i)
        for (int c = 0; c < cells; ++c) self->trial.inverse[i * cells + c] = self->whole[1][c * cells + i];
    self->budget -= (self->now.rank + 4 * cells) * cells;
    layout_assign(&self->trial);
    return layout_cost(&self->trial, self->options);
}

/** Targets of every product, before the pass and after it. */
static void count_targets(search *self) {
    const layout *now = &self->now;
    for (int p = 0; p < now->rank; ++p) {
        self->entries[p] = layout_entries(now, 0, p);
        self->later[p] = now->cells;
        for (int s = 1; s <= now->passes; ++s) {
            const int entries = layout_entries(now, s, p);
            if (entries < self->later[p]) self->later[p] = entries;
        }
    }
}

/** How the number of targets changes when column j is replaced by M·z. */
static int target_change(search *self, const double *z, int j) {
    const int cells = self->now.cells;
    int support[STRASSEN_SCHEME_MAX_DIM * STRASSEN_SCHEME_MAX_DIM], size = 0, change = 0;
    for (int i = 0; i < cells; ++i)
        if (i != j && !layout_is_zero(z[i])) support[size++] = i;
    for (int p = 0; p < self->now.rank; ++p) {
        const double *y = self->now.column[0] + (size_t)p * (size_t)cells;
        if (layout_is_zero(y[j])) continue;
        const double scaled = y[j] / z[j];
        int entries = self->entries[p];
        for (int i = 0; i < size; ++i) {
            const int at = support[i];
            entries += layout_is_zero(y[at]) - layout_is_zero(y[at] - z[at] * scaled);
        }
        change += (entries < self->later[p] ? entries : self->later[p]) -
                  (self->entries[p] < self->later[p] ? self->entries[p] : self->later[p]);
        self->budget -= size + 1;
    }
    self->budget -= self->now.rank / 4 + 1;
    return change;
}

/** 1 if a move may be cheaper: a pass that loses a column saves at most the column and two transfers for each entry. */
static int is_promising(search *self, const double *z, int j) {
    const int cells = self->now.cells;
    int saved = 2;
    for (int i = 0; i < cells; ++i) saved += i != j && !layout_is_zero(self->now.matrix[0][i * cells + j]) ? 2 : 0;
    return target_change(self, z, j) * self->options->extra_add < saved * (self->options->accumulate ? 2 : 1);
}

static void swap_arrays(double **x, double **y) {
    double *held = *x;
    *x = *y;
    *y = held;
}

/** now and trial trade what try_move changed. */
static void accept(search *self) {
    swap_arrays(&self->now.matrix[0], &self->trial.matrix[0]);
    swap_arrays(&self->now.column[0], &self->trial.column[0]);
    swap_arrays(&self->now.inverse, &self->trial.inverse);
    swap_arrays(&self->units[0], &self->units[1]);
    swap_arrays(&self->whole[0], &self->whole[1]);
    memcpy(self->now.stage, self->trial.stage, (size_t)self->now.rank * sizeof(int));
    count_targets(self);
}

/** Kinds of replacement for one column: a product's, a unit vector, e_j ± e_i. */
static int move_count(const search *self) { return self->now.rank + 1 + 2 * self->now.cells; }

/** Fills z for move `kind` of column j. Returns 0 when the move does nothing or is not invertible. */
static int make_move(const search *self, int kind, int j, double *z) {
    const int cells = self->now.cells, rank = self->now.rank;
    if (kind < rank) {
        memcpy(z, self->now.column[0] + (size_t)kind * (size_t)cells, (size_t)cells * sizeof *z);
    } else if (kind == rank) {
        memcpy(z, self->units[0] + (size_t)j * (size_t)cells, (size_t)cells * sizeof *z);
    } else {
        const int i = (kind - rank - 1) / 2;
        if (i == j) return 0;
        memset(z, 0, (size_t)cells * sizeof *z);
        z[j] = 1;
        z[i] = (kind - rank - 1) % 2 ? -1 : 1;
    }
    if (z[j] < MIN_PIVOT && z[j] > -MIN_PIVOT) return 0;
    int others = 0;
    for (int i = 0; i < cells; ++i) others += i != j && !layout_is_zero(z[i]);
    return others > 0;
}

/** Walks all moves round and round, taking every one that is cheaper, until none is. */
static double descend(search *self, double cost) {
    double z[STRASSEN_SCHEME_MAX_DIM * STRASSEN_SCHEME_MAX_DIM];
    const int kinds = move_count(self), moves = kinds * self->now.cells;
    for (int at = 0, idle = 0; idle < moves && self->budget > 0; at = (at + 1) % moves, ++idle) {
        --self->budget;
        if (!make_move(self, at / self->now.cells, at % self->now.cells, z)) continue;
        if (!is_promising(self, z, at % self->now.cells)) continue;
        const double next = try_move(self, z, at % self->now.cells);
        if (next >= cost - LAYOUT_ZERO) continue;
        cost = next;
        idle = 0;
        accept(self);
    }
    return cost;
}

static uint64_t random_next(search *self) {
    self->random ^= self->random << 13;
    self->random ^= self->random >> 7;
    self->random ^= self->random << 17;
    return self->random;
}

/** Takes `times` random moves whatever they cost. */
static double kick(search *self, int times, double cost) {
    double z[STRASSEN_SCHEME_MAX_DIM * STRASSEN_SCHEME_MAX_DIM];
    for (int tries = 0; times > 0 && tries < 200; ++tries) {
        const int kind = (int)(random_next(self) % (uint64_t)move_count(self));
        const int j = (int)(random_next(self) % (uint64_t)self->now.cells);
        if (!make_move(self, kind, j, z)) continue;
        cost = try_move(self, z, j);
        accept(self);
        --times;
    }
    return cost;
}

/* -------------------------------------------------------------------- kept */

static uint64_t signature(const layout *plan) {
    uint64_t hash = (uint64_t)plan->passes + 1;
    for (int p = 0; p < plan->rank; ++p) hash = (hash ^ (uint64_t)(plan->stage[p] + 1)) * 0x100000001b3u;
    return hash;
}

/** Keeps a layout if it is among the cheapest; of those with the same stages only the cheapest. */
static strassen_status keep(search *self, const layout *plan) {
    kept next = {.cost = 0};
    strassen_status status = layout_copy(plan, &next.plan);
    if (status != STRASSEN_OK) return status;
    next.cost = layout_refine(&next.plan, self->options);
    next.signature = signature(&next.plan);
    int at = self->count;
    for (int i = 0; i < self->count; ++i)
        if (self->best[i].signature == next.signature) at = i;
    const int known = at < self->count;
    if (!known && self->count == self->capacity) at = self->count - 1;
    if ((known || self->count == self->capacity) && next.cost >= self->best[at].cost - LAYOUT_ZERO) {
        layout_free(&next.plan);
        return STRASSEN_OK;
    }
    if (at < self->count)
        layout_free(&self->best[at].plan);
    else
        ++self->count;
    for (; at > 0 && self->best[at - 1].cost > next.cost + LAYOUT_ZERO; --at) self->best[at] = self->best[at - 1];
    self->best[at] = next;
    return STRASSEN_OK;
}

/* ------------------------------------------------------------------ search */

/** Starts from a layout with an identity pass put in front of `base`. */
static strassen_status start(search *self, const layout *base) {
    const int cells = base->cells;
    const size_t square = (size_t)cells * (size_t)cells;
    layout_free(&self->now);
    layout_free(&self->trial);
    layout shape = {.rank = base->rank, .cells = cells, .passes = base->passes + 1};
    layout *both[2] = {&self->now, &self->trial};
    for (int i = 0; i < 2; ++i) {
        for (int s = 0; s < shape.passes; ++s) shape.matrix[s] = base->matrix[s > 0 ? s - 1 : 0];
        for (int s = 0; s <= shape.passes; ++s) shape.column[s] = base->column[s > 0 ? s - 1 : 0];
        if (!base->passes) shape.matrix[0] = base->inverse; /* the identity */
        shape.inverse = base->inverse;
        shape.stage = base->stage;
        if (layout_copy(&shape, both[i]) != STRASSEN_OK) return STRASSEN_ERROR_MEMORY;
        memset(both[i]->matrix[0], 0, square * sizeof(double));
        for (int j = 0; j < cells; ++j) both[i]->matrix[0][j * cells + j] = 1;
        memcpy(self->units[i], both[i]->matrix[0], square * sizeof(double));
        for (int j = 0; j < cells; ++j)
            for (int c = 0; c < cells; ++c) self->whole[i][j * cells + c] = base->inverse[c * cells + j];
    }
    count_targets(self);
    return STRASSEN_OK;
}

/** Searches a pass in front of `base`. */
static strassen_status search_pass(search *self, const layout *base, int64_t budget) {
    strassen_status status = start(self, base);
    self->budget = budget;
    for (int round = 0; status == STRASSEN_OK && self->budget > 0; ++round) {
        self->budget -= base->rank * base->cells;
        if (round > 0 && round % 4 == 0) status = start(self, base);
        if (status != STRASSEN_OK) break;
        layout_assign(&self->now);
        double cost = layout_cost(&self->now, self->options);
        if (round > 0) cost = kick(self, 1 + round % 3, cost);
        descend(self, cost);
        status = keep(self, &self->now);
    }
    return status;
}

/** Adds the layout in exact form; one that has none is dropped. */
static strassen_status add_exact(search *self, layout *plan, const strassen_scheme *scheme, outputs_list *out) {
    outputs *item = &out->items[out->count++];
    const strassen_status status = layout_exact(plan, scheme, self->options, item);
    if (status != STRASSEN_ERROR_OVERFLOW) return status;
    outputs_free(item);
    --out->count;
    return STRASSEN_OK;
}

/** The kept layouts in exact form, and the one without a pass even if it is not among them. */
static strassen_status finish(search *self, layout *plain, const strassen_scheme *scheme, outputs_list *out) {
    strassen_status status = STRASSEN_OK;
    int has_plain = 0;
    out->items = calloc((size_t)self->count + 1, sizeof *out->items);
    if (!out->items) return STRASSEN_ERROR_MEMORY;
    for (int i = 0; i < self->count && status == STRASSEN_OK; ++i) {
        has_plain |= self->best[i].plan.passes == 0;
        status = add_exact(self, &self->best[i].plan, scheme, out);
    }
    return has_plain || status != STRASSEN_OK ? status : add_exact(self, plain, scheme, out);
}

static void release(search *self) {
    layout_free(&self->now);
    layout_free(&self->trial);
    for (int i = 0; i < self->count; ++i) layout_free(&self->best[i].plan);
    for (int i = 0; i < 2; ++i) {
        free(self->units[i]);
        free(self->whole[i]);
    }
    free(self->entries);
    free(self->later);
}

strassen_status outputs_search(const strassen_scheme *scheme, const schedule_options *options, outputs_list *out) {
    search self = {.options = options, .random = 0x2545f4914f6cdd1du};
    const size_t square = (size_t)(scheme->m * scheme->n) * (size_t)(scheme->m * scheme->n);
    layout plain = {0};
    *out = (outputs_list){0};
    self.capacity = scheme->rank <= SMALL_RANK ? KEPT : KEPT_LARGE;
    strassen_status status = STRASSEN_OK;
    for (int i = 0; i < 2; ++i) {
        self.units[i] = malloc(square * sizeof(double));
        self.whole[i] = malloc(square * sizeof(double));
        if (!self.units[i] || !self.whole[i]) status = STRASSEN_ERROR_MEMORY;
    }
    self.entries = malloc((size_t)scheme->rank * sizeof(int));
    self.later = malloc((size_t)scheme->rank * sizeof(int));
    if (!self.entries || !self.later) status = STRASSEN_ERROR_MEMORY;
    if (status == STRASSEN_OK) status = layout_create(scheme, 0, &plain);
    if (status == STRASSEN_OK) status = keep(&self, &plain);
    const int passes = scheme->rank <= MAX_SEARCH_RANK ? options->passes : 0;
    for (int level = 0; status == STRASSEN_OK && level < passes && self.best[0].plan.passes == level; ++level) {
        layout base = {0};
        status = layout_copy(&self.best[0].plan, &base);
        if (status == STRASSEN_OK) status = search_pass(&self, &base, search_budget(scheme->rank));
        layout_free(&base);
    }
    if (status == STRASSEN_OK) status = finish(&self, &plain, scheme, out);
    layout_free(&plain);
    release(&self);
    return status;
}

void outputs_free(outputs *self) {
    for (int s = 0; s < SCHEDULE_MAX_PASSES; ++s) free(self->matrix[s]);
    for (int s = 0; s <= SCHEDULE_MAX_PASSES; ++s) free(self->column[s]);
    free(self->inverse);
    free(self->stages);
    *self = (outputs){0};
}

void outputs_list_free(outputs_list *list) {
    for (int i = 0; i < list->count; ++i) outputs_free(&list->items[i]);
    free(list->items);
    *list = (outputs_list){0};
}
