// SPDX-License-Identifier: AGPL-3.0-or-later
/** What a program costs: counts of its additions, transfers and targets. */
#include "fast/schedule_internal.h"

#define MAX_CELLS (STRASSEN_SCHEME_MAX_DIM * STRASSEN_SCHEME_MAX_DIM + SCHEDULE_MAX_TEMPORARIES)

static int max_int(int a, int b) { return a > b ? a : b; }

schedule_rows_cost schedule_cost_of_rows(const schedule *program, schedule_rows rows) {
    unsigned char read[MAX_CELLS] = {0};
    schedule_rows_cost cost = {0};
    for (int r = rows.start; r < rows.start + rows.count; ++r) {
        const schedule_row *row = &program->rows[r];
        cost.additions += row->count - 1;
        for (int t = row->start; t < row->start + row->count; ++t) {
            cost.reads += !read[program->terms[t].cell];
            read[program->terms[t].cell] = 1;
        }
    }
    return cost;
}

/** Counts one group of rows; returns its transfers. */
static int count_rows(schedule *program, schedule_rows rows, int *additions) {
    const schedule_rows_cost cost = schedule_cost_of_rows(program, rows);
    program->counts.max_rows = max_int(program->counts.max_rows, rows.count);
    for (int r = rows.start; r < rows.start + rows.count; ++r)
        program->counts.max_terms = max_int(program->counts.max_terms, program->rows[r].count);
    if (additions) *additions += cost.additions;
    return cost.reads + rows.count;
}

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
            counts->pass_transfers_full += count_rows(program, op->full, 0);
        }
    }
    for (int side = 0; side < 2; ++side) counts->additions[side] += counts->sum_additions[side];
    counts->prologue_transfers = count_rows(program, program->prologue, 0);
    program->cost += counts->transfers[SCHEDULE_A] + counts->transfers[SCHEDULE_B];
    program->cost +=
        options->accumulate ? counts->pass_transfers_full + counts->prologue_transfers : counts->pass_transfers;
}
