// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Forward substitution: a sum that few operations read is not formed; each reader adds up its terms instead. Where the
 * products form short sums while packing, this saves writing the temporary and reading it back.
 */
#include "fast/schedule_internal.h"

#define MOST_SUM_TERMS 4 /* of a SUM that takes in another's terms */

/** A sum that might be taken out: the op, its row, and what its readers would pay. */
typedef struct candidate {
    int op, side, cell;
    schedule_terms terms;
    int extra;    /* transfers that the readers add */
    int possible; /* 0: some reader is too long or comes after a source has changed */
} candidate;

static int coefficient_index(const builder *self, schedule_terms sum, int cell) {
    for (int t = sum.start; t < sum.start + sum.count; ++t)
        if (self->terms[t].cell == cell) return t;
    return -1;
}

/** Number of terms after the candidate's cell in `sum` is replaced by its terms; an upper bound if some cancel. */
static int joined_count(const builder *self, const candidate *c, schedule_terms sum) {
    int count = sum.count - 1;
    for (int t = c->terms.start; t < c->terms.start + c->terms.count; ++t) {
        const int cell = self->terms[t].cell;
        count += cell == c->cell || coefficient_index(self, sum, cell) < 0;
    }
    return count;
}

static void weigh_reader(const builder *self, candidate *c, schedule_terms sum, int most, int stale) {
    const int count = joined_count(self, c, sum);
    c->possible &= !stale && count <= most;
    c->extra += count - sum.count;
}

static schedule_terms row_terms(const builder *self, const schedule_op *op) {
    const schedule_row *row = &self->rows[op->clean.start];
    return (schedule_terms){row->start, row->count};
}

/** Follows the candidate's value to its end: who reads it, and whether its sources are still what they were. */
static void weigh(const builder *self, candidate *c, int most) {
    int stale = 0;
    for (int i = c->op + 1; i < self->op_count; ++i) {
        const schedule_op *op = &self->ops[i];
        if (op->kind == SCHEDULE_MUL && coefficient_index(self, op->operand[c->side], c->cell) >= 0)
            weigh_reader(self, c, op->operand[c->side], most, stale);
        if (op->kind != SCHEDULE_SUM || (int)op->side != c->side) continue;
        if (coefficient_index(self, row_terms(self, op), c->cell) >= 0)
            weigh_reader(self, c, row_terms(self, op), MOST_SUM_TERMS, stale);
        const int written = self->rows[op->clean.start].cell;
        if (written == c->cell) return;
        stale |= coefficient_index(self, c->terms, written) >= 0;
    }
}

/** Appends `sum` with the candidate's cell replaced by its terms. */
static schedule_terms join(builder *self, const candidate *c, schedule_terms sum) {
    const schedule_terms joined = {self->term_count, 0};
    const rational factor = self->terms[coefficient_index(self, sum, c->cell)].exact;
    for (int t = sum.start; t < sum.start + sum.count && !self->failed; ++t)
        if (self->terms[t].cell != c->cell) builder_term(self, self->terms[t].cell, self->terms[t].exact, 0);
    for (int t = c->terms.start; t < c->terms.start + c->terms.count && !self->failed; ++t) {
        const schedule_term term = self->terms[t];
        const schedule_terms so_far = {joined.start, self->term_count - joined.start};
        const int at = coefficient_index(self, so_far, term.cell);
        const rational product = rational_multiply(factor, term.exact, &self->overflow);
        if (at < 0) {
            builder_term(self, term.cell, product, 0);
            continue;
        }
        const rational value = rational_add(self->terms[at].exact, product, &self->overflow);
        self->terms[at].exact = value;
        self->terms[at].coef = rational_value(value);
        if (rational_is_zero(value)) self->terms[at] = self->terms[--self->term_count];
    }
    return (schedule_terms){joined.start, self->term_count - joined.start};
}

/** Takes the candidate out: its readers get its terms. */
static void substitute(builder *self, const candidate *c) {
    for (int i = c->op + 1; i < self->op_count && !self->failed; ++i) {
        schedule_op *op = &self->ops[i];
        if (op->kind == SCHEDULE_MUL && coefficient_index(self, op->operand[c->side], c->cell) >= 0)
            op->operand[c->side] = join(self, c, op->operand[c->side]);
        if (op->kind != SCHEDULE_SUM || (int)op->side != c->side) continue;
        schedule_row *row = &self->rows[op->clean.start];
        if (coefficient_index(self, row_terms(self, op), c->cell) >= 0) {
            const schedule_terms joined = join(self, c, row_terms(self, op));
            row->start = joined.start;
            row->count = joined.count;
        }
        if (row->cell == c->cell) break;
    }
    --self->op_count;
    for (int i = c->op; i < self->op_count; ++i) self->ops[i] = self->ops[i + 1];
}

/** Transfers that a SUM costs: its terms read, its cell written. */
static int price(const candidate *c) { return c->terms.count + 1; }

void builder_forward(builder *self, int most) {
    for (int i = 0; i < self->op_count && !self->failed;) {
        const schedule_op *op = &self->ops[i];
        if (op->kind != SCHEDULE_SUM || op->clean.count != 1) {
            ++i;
            continue;
        }
        candidate c = {i, (int)op->side, self->rows[op->clean.start].cell, row_terms(self, op), 0, 1};
        weigh(self, &c, most);
        if (c.possible && c.extra < price(&c))
            substitute(self, &c);
        else
            ++i;
    }
}
