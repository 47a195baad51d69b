// SPDX-License-Identifier: AGPL-3.0-or-later
/** Programs as text, one line an operation. */
#include <inttypes.h>

#include "base/text.h"
#include "fast/schedule_internal.h"

/** "A12" for a block, "S0" or "T0" for a temporary; "A3,11" where a number has two digits. */
static void put_cell(text_writer *self, const schedule *program, int side, int cell) {
    const int columns = side == SCHEDULE_A ? program->k : program->n;
    const int rows = side == SCHEDULE_B ? program->k : program->m;
    if (cell >= program->blocks[side])
        text_put(self, "%c%d", side == SCHEDULE_A ? 'S' : 'T', cell - program->blocks[side]);
    else
        text_put(self, "%c%d%s%d", "ABC"[side], cell / columns + 1, columns > 9 || rows > 9 ? "," : "",
                 cell % columns + 1);
}

/** The size of a coefficient with a space after it, nothing for ±1. */
static void put_size(text_writer *self, strassen_rational x) {
    const int64_t size = x.num < 0 ? -x.num : x.num;
    if (x.den != 1)
        text_put(self, "%" PRId64 "/%" PRId64 " ", size, x.den);
    else if (size != 1)
        text_put(self, "%" PRId64 " ", size);
}

/** "A11 - 2 A12". */
static void put_sum(text_writer *self, const schedule *program, int side, int start, int count) {
    for (int t = 0; t < count; ++t) {
        const schedule_term *term = &program->terms[start + t];
        const int minus = term->exact.num < 0;
        text_put(self, "%s", t == 0 ? (minus ? "-" : "") : (minus ? " - " : " + "));
        put_size(self, term->exact);
        put_cell(self, program, side, term->cell);
    }
}

/** "S0 = A11 - 2 A12". */
static void put_row(text_writer *self, const schedule *program, int side, const schedule_row *row) {
    put_cell(self, program, side, row->cell);
    text_put(self, " = ");
    put_sum(self, program, side, row->start, row->count);
}

/** "S0", or "(A11 + A12)". */
static void put_operand(text_writer *self, const schedule *program, int side, const schedule_terms *operand) {
    const char *open = operand->count > 1 ? "(" : "", *close = operand->count > 1 ? ")" : "";
    text_put(self, "%s", open);
    put_sum(self, program, side, operand->start, operand->count);
    text_put(self, "%s", close);
}

static void put_rows(text_writer *self, const schedule *program, int side, schedule_rows rows) {
    for (int r = 0; r < rows.count; ++r) {
        if (r) text_put(self, "; ");
        put_row(self, program, side, &program->rows[rows.start + r]);
    }
}

/** 1 if two targets are written alike: both overwrite or both add, same coefficient. */
static int alike(const schedule_term *x, const schedule_term *y) {
    return x->first == y->first && rational_equal(x->exact, y->exact);
}

/** "C11, C22 = S0 * T0; C12 -= S0 * T0": targets that are written alike share one clause. */
static void put_product(text_writer *self, const schedule *program, const schedule_op *op) {
    const schedule_term *targets = program->terms + op->start;
    int clauses = 0;
    for (int t = 0; t < op->count; ++t) {
        int known = 0;
        for (int other = 0; other < t; ++other) known |= alike(&targets[other], &targets[t]);
        if (known) continue;
        const char *separator = clauses++ ? "; " : "";
        for (int other = t; other < op->count; ++other) {
            if (!alike(&targets[other], &targets[t])) continue;
            text_put(self, "%s", separator);
            put_cell(self, program, SCHEDULE_C, targets[other].cell);
            separator = ", ";
        }
        const int minus = targets[t].exact.num < 0;
        text_put(self, "%s", targets[t].first ? (minus ? " = -" : " = ") : (minus ? " -= " : " += "));
        put_size(self, targets[t].exact);
        put_operand(self, program, SCHEDULE_A, &op->operand[SCHEDULE_A]);
        text_put(self, " * ");
        put_operand(self, program, SCHEDULE_B, &op->operand[SCHEDULE_B]);
    }
}

/** 1 if the pass does the same in both modes. */
static int same_in_both_modes(const schedule *program, const schedule_op *op) {
    if (op->clean.count != op->full.count) return 0;
    for (int r = 0; r < op->clean.count; ++r)
        if (program->rows[op->clean.start + r].count != program->rows[op->full.start + r].count) return 0;
    return 1;
}

void schedule_put(text_writer *self, const schedule *program) {
    if (program->prologue.count) {
        text_put(self, "if accumulating: pass ");
        put_rows(self, program, SCHEDULE_C, program->prologue);
        text_put(self, "\n");
    }
    for (int i = 0; i < program->op_count; ++i) {
        const schedule_op *op = &program->ops[i];
        if (op->kind == SCHEDULE_MUL) {
            put_product(self, program, op);
        } else {
            if (op->kind == SCHEDULE_PASS) text_put(self, "pass ");
            put_rows(self, program, (int)op->side, op->clean);
            if (op->kind == SCHEDULE_PASS && !same_in_both_modes(program, op)) {
                text_put(self, " (if accumulating: ");
                put_rows(self, program, SCHEDULE_C, op->full);
                text_put(self, ")");
            }
        }
        text_put(self, "\n");
    }
}
