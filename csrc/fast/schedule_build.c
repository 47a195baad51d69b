// SPDX-License-Identifier: AGPL-3.0-or-later
/** From the two searches' results to a program in one allocation. */
#include <stdlib.h>
#include <string.h>

#include "fast/schedule_internal.h"

static int grow(void **array, int *capacity, int count, size_t size) {
    if (count < *capacity) return 1;
    const int next = 2 * *capacity + 64;
    void *grown = realloc(*array, (size_t)next * size);
    if (!grown) return 0;
    *array = grown;
    *capacity = next;
    return 1;
}

void builder_term(builder *self, int cell, rational exact, int first) {
    if (!grow((void **)&self->terms, &self->term_capacity, self->term_count, sizeof *self->terms)) {
        self->failed = 1;
        return;
    }
    self->terms[self->term_count++] = (schedule_term){cell, first, rational_value(exact), exact};
}

static void add_row(builder *self, int cell, int start) {
    if (!grow((void **)&self->rows, &self->row_capacity, self->row_count, sizeof *self->rows)) {
        self->failed = 1;
        return;
    }
    self->rows[self->row_count++] = (schedule_row){cell, start, self->term_count - start};
}

static void add_op(builder *self, schedule_op op) {
    if (!grow((void **)&self->ops, &self->op_capacity, self->op_count, sizeof *self->ops)) {
        self->failed = 1;
        return;
    }
    self->ops[self->op_count++] = op;
}

/* -------------------------------------------------------------------- sums */

/** Temporary of a side that holds a form. */
static int holder(const builder *self, int side, int form) {
    int t = 0;
    while (t < SCHEDULE_MAX_TEMPORARIES - 1 && self->held[side][t] != form) ++t;
    return t;
}

/** Adds the SUM that forms `form` in temporary `slot`: blocks first, then what is held. */
static void add_sum(builder *self, int side, int form, int slot, int temporaries) {
    const forms *set = &self->sides[side];
    const derivation how = forms_derive(set, form, self->held[side], temporaries);
    const int start = self->term_count;
    for (int h = 0; h < how.used; ++h)
        builder_term(self, set->width + holder(self, side, how.held[h]), how.factor[h], 0);
    for (int i = 0; i < set->width; ++i) {
        rational rest = rational_of(set->entries[(size_t)form * (size_t)set->width + (size_t)i]);
        for (int h = 0; h < how.used; ++h) {
            const int64_t entry = set->entries[(size_t)how.held[h] * (size_t)set->width + (size_t)i];
            rest = rational_fma(rest, rational_negate(how.factor[h]), rational_of(entry), &self->overflow);
        }
        if (!rational_is_zero(rest)) builder_term(self, i, rest, 0);
    }
    add_row(self, set->width + slot, start);
    const schedule_rows rows = {self->row_count - 1, 1};
    add_op(self, (schedule_op){.kind = SCHEDULE_SUM, .side = (schedule_side)side, .clean = rows, .full = rows});
    self->held[side][slot] = form;
}

/* ---------------------------------------------------------------- products */

/** The block or the temporary that holds `form`. */
static schedule_terms operand(builder *self, int side, int form) {
    const forms *set = &self->sides[side];
    builder_term(self, set->block[form] >= 0 ? set->block[form] : set->width + holder(self, side, form), rational_of(1),
                 0);
    return (schedule_terms){self->term_count - 1, 1};
}

/** Adds a product with its targets, those that overwrite first. */
static void add_product(builder *self, const input_step *step) {
    const int cells = self->chosen->cells, p = step->product;
    const rational *column = self->chosen->column[step->stage] + (size_t)p * (size_t)cells;
    const rational scale = rational_multiply(self->sides[0].scale[p], self->sides[1].scale[p], &self->overflow);
    schedule_op op = {.kind = SCHEDULE_MUL, .side = SCHEDULE_C, .product = p};
    for (int side = 0; side < 2; ++side) op.operand[side] = operand(self, side, self->sides[side].of[p]);
    op.start = self->term_count;
    for (int first = 1; first >= 0; --first)
        for (int i = 0; i < cells; ++i)
            if (!rational_is_zero(column[i]) && (self->written[i] == 0) == first)
                builder_term(self, i, rational_multiply(column[i], scale, &self->overflow), first);
    op.count = self->term_count - op.start;
    for (int i = 0; i < cells; ++i) self->written[i] |= !rational_is_zero(column[i]);
    if (op.count > 0) add_op(self, op);
}

/* ------------------------------------------------------------------ passes */

/** Rows of a matrix that change something, with the terms whose cells are `written` (null: all). */
static schedule_rows add_rows(builder *self, const rational *matrix, const unsigned char *written,
                              unsigned char *after) {
    const int cells = self->chosen->cells;
    schedule_rows rows = {self->row_count, 0};
    for (int i = 0; i < cells; ++i) {
        const int start = self->term_count;
        int others = 0;
        for (int j = 0; j < cells; ++j) {
            const rational x = matrix[i * cells + j];
            if (rational_is_zero(x) || (written && !written[j])) continue;
            others |= j != i || !rational_equal(x, rational_of(1));
            builder_term(self, j, x, 0);
        }
        if (after) after[i] = self->term_count > start;
        if (others && !self->failed)
            add_row(self, i, start);
        else
            self->term_count = start;
    }
    rows.count = self->row_count - rows.start;
    return rows;
}

static void add_pass(builder *self, int pass) {
    const rational *matrix = self->chosen->matrix[pass];
    unsigned char after[STRASSEN_SCHEME_MAX_DIM * STRASSEN_SCHEME_MAX_DIM];
    schedule_op op = {.kind = SCHEDULE_PASS, .side = SCHEDULE_C};
    op.clean = add_rows(self, matrix, self->written, after);
    op.full = add_rows(self, matrix, 0, 0);
    memcpy(self->written, after, (size_t)self->chosen->cells);
    if (op.full.count > 0) add_op(self, op);
}

/* --------------------------------------------------------------------- all */

static size_t align64(size_t size) { return (size + 63) / 64 * 64; }

/** Copies the arrays behind the struct, in one allocation. */
static schedule *pack(const builder *self) {
    const size_t head = align64(sizeof(schedule)), ops = align64((size_t)self->op_count * sizeof *self->ops);
    const size_t rows = align64((size_t)self->row_count * sizeof *self->rows);
    const size_t terms = align64((size_t)self->term_count * sizeof *self->terms);
    char *memory = malloc(head + ops + rows + terms);
    if (!memory) return 0;
    schedule *program = (schedule *)memory;
    *program = (schedule){.op_count = self->op_count, .row_count = self->row_count, .term_count = self->term_count};
    program->ops = (schedule_op *)(memory + head);
    program->rows = (schedule_row *)(memory + head + ops);
    program->terms = (schedule_term *)(memory + head + ops + rows);
    if (self->op_count) memcpy(memory + head, self->ops, (size_t)self->op_count * sizeof *self->ops);
    if (self->row_count) memcpy(memory + head + ops, self->rows, (size_t)self->row_count * sizeof *self->rows);
    if (self->term_count)
        memcpy(memory + head + ops + rows, self->terms, (size_t)self->term_count * sizeof *self->terms);
    return program;
}

static void add_steps(builder *self, const input_order *order, const int temporaries[2]) {
    int stage = 0;
    for (int i = 0; i < order->count && !self->failed; ++i) {
        const input_step *step = &order->steps[i];
        for (; stage < step->stage; ++stage) add_pass(self, stage);
        for (int side = 0; side < 2; ++side)
            if (step->slot[side] >= 0)
                add_sum(self, side, self->sides[side].of[step->product], step->slot[side], temporaries[side]);
        add_product(self, step);
    }
    for (; stage < self->chosen->passes; ++stage) add_pass(self, stage);
}

strassen_status schedule_build(const strassen_scheme *scheme, const forms sides[2], const outputs *chosen,
                               const input_order *order, const schedule_options *options, schedule **out) {
    builder self = {.sides = sides, .chosen = chosen};
    *out = 0;
    memset(self.held, 0xff, sizeof self.held);
    self.written = calloc((size_t)chosen->cells, 1);
    if (!self.written) return STRASSEN_ERROR_MEMORY;
    schedule_rows prologue = {0, 0};
    if (chosen->passes > 0) prologue = add_rows(&self, chosen->inverse, 0, 0);
    add_steps(&self, order, options->temporaries);
    if (options->operand_terms > 1 && !self.failed) builder_forward(&self, options->operand_terms);
    schedule *program = self.failed || self.overflow ? 0 : pack(&self);
    free(self.ops);
    free(self.rows);
    free(self.terms);
    free(self.written);
    if (!program) return self.overflow ? STRASSEN_ERROR_OVERFLOW : STRASSEN_ERROR_MEMORY;
    program->m = scheme->m;
    program->k = scheme->k;
    program->n = scheme->n;
    program->rank = scheme->rank;
    program->blocks[0] = scheme->m * scheme->k;
    program->blocks[1] = scheme->k * scheme->n;
    program->blocks[2] = scheme->m * scheme->n;
    program->prologue = prologue;
    schedule_count(program, options);
    *out = program;
    return STRASSEN_OK;
}
