// SPDX-License-Identifier: AGPL-3.0-or-later
/** What a program costs: counts of its additions, transfers and targets. */
#include "fast/schedule_internal.h"

#define MAX_CELLS (STRASSEN_SCHEME_MAX_DIM * STRASSEN_SCHEME_MAX_DIM + SCHEDULE_MAX_TEMPORARIES)
#define SHARED_ROWS 16 /* larger groups are not searched for shared sums */
#define SHARED_NAMES 96

static int max_int(int a, int b) { return a > b ? a : b; }

/** Counts one group of rows; returns its transfers. */
static int count_rows(schedule *program, schedule_rows rows, int *additions) {
    unsigned char read[MAX_CELLS] = {0};
    int transfers = rows.count;
    program->counts.max_rows = max_int(program->counts.max_rows, rows.count);
    for (int r = rows.start; r < rows.start + rows.count; ++r) {
        const schedule_row *row = &program->rows[r];
        program->counts.max_terms = max_int(program->counts.max_terms, row->count);
        if (additions) *additions += row->count - 1;
        for (int t = row->start; t < row->start + row->count; ++t) {
            transfers += !read[program->terms[t].cell];
            read[program->terms[t].cell] = 1;
        }
    }
    return transfers;
}

/* ---------------------------------------------------------- shared additions */

/** Rows of a group as sums that may grow names for sub-sums: entry j of row r is the coefficient of cell or name j. */
typedef struct sums {
    int rows, names;
    double entry[SHARED_ROWS][SHARED_NAMES];
} sums;

/** Rows that hold coef·(i + ratio·j) for any coef. */
static int holders(const sums *self, int i, int j, double ratio) {
    int count = 0;
    for (int r = 0; r < self->rows; ++r)
        count += self->entry[r][i] != 0 && self->entry[r][j] == ratio * self->entry[r][i];
    return count;
}

/** Finds the pair that most rows share. Returns how many do. */
static int most_shared(const sums *self, int *first, int *second, double *ratio) {
    int most = 0;
    for (int r = 0; r < self->rows; ++r)
        for (int i = 0; i < self->names; ++i)
            for (int j = i + 1; j < self->names && self->entry[r][i] != 0; ++j) {
                if (self->entry[r][j] == 0) continue;
                const double q = self->entry[r][j] / self->entry[r][i];
                const int count = holders(self, i, j, q);
                if (count <= most) continue;
                most = count;
                *first = i;
                *second = j;
                *ratio = q;
            }
    return most;
}

/** Additions of a group when the pair that most rows share gets a name, again and again (greedy elimination). */
static int shared_additions(const schedule *program, schedule_rows rows) {
    sums self = {.rows = rows.count, .names = program->blocks[SCHEDULE_C]};
    int plain = 0, named = 0, first = 0, second = 0;
    double ratio = 0;
    for (int r = 0; r < rows.count; ++r) plain += program->rows[rows.start + r].count - 1;
    if (rows.count > SHARED_ROWS || self.names + plain > SHARED_NAMES) return plain;
    for (int r = 0; r < rows.count; ++r) {
        const schedule_row *row = &program->rows[rows.start + r];
        for (int t = row->start; t < row->start + row->count; ++t)
            self.entry[r][program->terms[t].cell] = program->terms[t].coef;
    }
    for (int count; (count = most_shared(&self, &first, &second, &ratio)) > 1; plain -= count) {
        for (int r = 0; r < self.rows; ++r) {
            if (self.entry[r][first] == 0 || self.entry[r][second] != ratio * self.entry[r][first]) continue;
            self.entry[r][self.names] = self.entry[r][first];
            self.entry[r][first] = self.entry[r][second] = 0;
        }
        ++self.names;
        ++named;
    }
    return plain + named;
}

/* ---------------------------------------------------------------------- all */

static double count_product(schedule *program, const schedule_op *op, const schedule_options *options) {
    schedule_counts *counts = &program->counts;
    double cost = 0;
    for (int side = 0; side < 2; ++side) {
        ++counts->operands[side][op->operand[side].count - 1];
        counts->additions[side] += op->operand[side].count - 1;
        cost += op->operand[side].count - 1;
    }
    counts->max_targets = max_int(counts->max_targets, op->count);
    for (int t = 0; t < op->count; ++t) {
        const int first = program->terms[op->start + t].first;
        counts->overwrites += first;
        counts->adds += !first;
        counts->additions[SCHEDULE_C] += !first;
        const int overwrites = first && !options->accumulate;
        if (t == 0)
            cost += overwrites ? options->overwrite : options->add;
        else
            cost += overwrites ? options->extra_overwrite : options->extra_add;
    }
    return cost;
}

void schedule_count(schedule *program, const schedule_options *options) {
    schedule_counts *counts = &program->counts;
    *counts = (schedule_counts){0};
    program->passes = 0;
    program->cost = 0;
    for (int i = 0; i < program->op_count; ++i) {
        const schedule_op *op = &program->ops[i];
        if (op->kind == SCHEDULE_MUL) {
            program->cost += count_product(program, op, options);
        } else if (op->kind == SCHEDULE_SUM) {
            counts->sums[op->side] += op->clean.count;
            counts->transfers[op->side] += count_rows(program, op->clean, &counts->sum_additions[op->side]);
            for (int r = op->clean.start; r < op->clean.start + op->clean.count; ++r)
                program->temporaries[op->side] =
                    max_int(program->temporaries[op->side], program->rows[r].cell - program->blocks[op->side] + 1);
        } else {
            ++program->passes;
            counts->pass_transfers += count_rows(program, op->clean, &counts->additions[SCHEDULE_C]);
            counts->shared_additions += shared_additions(program, op->clean);
            counts->pass_transfers_full += count_rows(program, op->full, 0);
        }
    }
    for (int side = 0; side < 2; ++side) counts->additions[side] += counts->sum_additions[side];
    counts->prologue_transfers = count_rows(program, program->prologue, 0);
    program->cost += counts->transfers[SCHEDULE_A] + counts->transfers[SCHEDULE_B];
    program->cost +=
        options->accumulate ? counts->pass_transfers_full + counts->prologue_transfers : counts->pass_transfers;
}
