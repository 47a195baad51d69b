// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Runs a program on symbols. Cells of A and B are linear forms in the blocks; blocks of C are linear forms in the products
 * q_0 … q_(rank−1) and in the old blocks of C. At the end each q is replaced by the product of its recorded operands, so
 * that what is compared is bilinear in A and B: Σ_l A_il·B_lj and nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include "fast/schedule_internal.h"

typedef struct machine {
    const schedule *program;
    int accumulate;
    int cells[3];           /* rows of value[side] */
    int width[3];           /* length of one form: mk, kn, rank + mn */
    rational *value[3];     /* cells × width */
    unsigned char *set[3];  /* per cell: something was written */
    rational *left, *right; /* per product: its operands, rank × mk and rank × kn */
    unsigned char *multiplied;
    rational *scratch; /* one row group's new values */
    int overflow;
} machine;

static rational *form(const machine *self, int side, int cell) {
    return self->value[side] + (size_t)cell * (size_t)self->width[side];
}

/* ------------------------------------------------------------- well-formed */

static int fits(int start, int count, int limit) {
    return start >= 0 && count >= 0 && start <= limit && count <= limit - start;
}

/** Terms lie in range, have agreeing coefficients and distinct cells. */
static int terms_are_fine(const schedule *program, int start, int count, int cells) {
    if (!fits(start, count, program->term_count)) return 0;
    for (int t = start; t < start + count; ++t) {
        const schedule_term *term = &program->terms[t];
        if (term->cell < 0 || term->cell >= cells || term->exact.den <= 0 || term->exact.num == 0) return 0;
        if (term->coef != rational_value(term->exact)) return 0;
        for (int other = start; other < t; ++other)
            if (program->terms[other].cell == term->cell) return 0;
    }
    return 1;
}

/** Rows lie in range, write distinct cells, none below `lowest`, and have terms. */
static int rows_are_fine(const schedule *program, schedule_rows rows, int lowest, int cells) {
    if (!fits(rows.start, rows.count, program->row_count)) return 0;
    for (int r = rows.start; r < rows.start + rows.count; ++r) {
        const schedule_row *row = &program->rows[r];
        if (row->cell < lowest || row->cell >= cells || row->count < 1) return 0;
        if (!terms_are_fine(program, row->start, row->count, cells)) return 0;
        for (int other = rows.start; other < r; ++other)
            if (program->rows[other].cell == row->cell) return 0;
    }
    return 1;
}

static int operand_is_fine(const machine *self, const schedule_op *op, schedule_side side) {
    const schedule_terms *operand = &op->operand[side];
    return operand->count >= 1 && operand->count <= SCHEDULE_MAX_OPERAND_TERMS &&
           terms_are_fine(self->program, operand->start, operand->count, self->cells[side]);
}

static int op_is_fine(const machine *self, const schedule_op *op) {
    const schedule *program = self->program;
    if (op->kind == SCHEDULE_MUL)
        return op->product >= 0 && op->product < program->rank && op->count >= 1 &&
               operand_is_fine(self, op, SCHEDULE_A) && operand_is_fine(self, op, SCHEDULE_B) &&
               terms_are_fine(program, op->start, op->count, self->cells[2]);
    if (op->kind == SCHEDULE_SUM)
        return (op->side == SCHEDULE_A || op->side == SCHEDULE_B) && op->clean.start == op->full.start &&
               op->clean.count == op->full.count &&
               rows_are_fine(program, op->clean, program->blocks[op->side], self->cells[op->side]);
    return op->kind == SCHEDULE_PASS && op->side == SCHEDULE_C &&
           rows_are_fine(program, op->clean, 0, self->cells[2]) && rows_are_fine(program, op->full, 0, self->cells[2]);
}

/* ----------------------------------------------------------------- running */

/** sum := the terms' value. Returns 0 when one of them was never written. */
static int add_up(machine *self, int side, int start, int count, rational *sum) {
    const size_t width = (size_t)self->width[side];
    for (size_t i = 0; i < width; ++i) sum[i] = rational_of(0);
    for (int t = start; t < start + count; ++t) {
        const schedule_term *term = &self->program->terms[t];
        const rational *source = form(self, side, term->cell);
        if (!self->set[side][term->cell]) return 0;
        for (size_t i = 0; i < width; ++i)
            if (!rational_is_zero(source[i])) sum[i] = rational_fma(sum[i], term->exact, source[i], &self->overflow);
    }
    return 1;
}

/** Does rows simultaneously. Returns 0 when one reads what nothing has written. */
static int run_rows(machine *self, int side, schedule_rows rows) {
    const schedule *program = self->program;
    const size_t width = (size_t)self->width[side];
    for (int r = 0; r < rows.count; ++r) {
        const schedule_row *row = &program->rows[rows.start + r];
        if (!add_up(self, side, row->start, row->count, self->scratch + (size_t)r * width)) return 0;
    }
    for (int r = 0; r < rows.count; ++r) {
        const int cell = program->rows[rows.start + r].cell;
        memcpy(form(self, side, cell), self->scratch + (size_t)r * width, width * sizeof(rational));
        self->set[side][cell] = 1;
    }
    return 1;
}

/** Records the operands and adds the product's symbol to its targets. */
static int run_product(machine *self, const schedule_op *op) {
    const int p = op->product;
    if (self->multiplied[p]) return 0;
    self->multiplied[p] = 1;
    for (int side = 0; side < 2; ++side) {
        rational *operand = (side ? self->right : self->left) + (size_t)p * (size_t)self->width[side];
        if (!add_up(self, side, op->operand[side].start, op->operand[side].count, operand)) return 0;
    }
    for (int t = op->start; t < op->start + op->count; ++t) {
        const schedule_term *term = &self->program->terms[t];
        rational *target = form(self, 2, term->cell);
        if (term->first && !self->accumulate) {
            for (int i = 0; i < self->width[2]; ++i) target[i] = rational_of(0);
        } else if (!self->set[2][term->cell]) {
            return 0;
        }
        self->set[2][term->cell] = 1;
        target[p] = rational_add(target[p], term->exact, &self->overflow);
    }
    return 1;
}

static int run_ops(machine *self) {
    if (self->accumulate && !run_rows(self, 2, self->program->prologue)) return 0;
    for (int i = 0; i < self->program->op_count; ++i) {
        const schedule_op *op = &self->program->ops[i];
        int fine = 0;
        if (op->kind == SCHEDULE_MUL)
            fine = run_product(self, op);
        else if (op->kind == SCHEDULE_SUM)
            fine = run_rows(self, (int)op->side, op->clean);
        else
            fine = run_rows(self, 2, self->accumulate ? op->full : op->clean);
        if (!fine) return 0;
    }
    return 1;
}

/* --------------------------------------------------------------- comparing */

/** expanded (mk × kn) := the bilinear form in A and B of block `cell` of C. */
static void expand(machine *self, int cell, rational *expanded) {
    const int left = self->width[0], right = self->width[1];
    const rational *value = form(self, 2, cell);
    for (size_t i = 0; i < (size_t)left * (size_t)right; ++i) expanded[i] = rational_of(0);
    for (int p = 0; p < self->program->rank; ++p) {
        if (rational_is_zero(value[p])) continue;
        for (int a = 0; a < left; ++a) {
            const rational x = self->left[(size_t)p * (size_t)left + (size_t)a];
            if (rational_is_zero(x)) continue;
            const rational factor = rational_multiply(value[p], x, &self->overflow);
            for (int b = 0; b < right; ++b) {
                const rational y = self->right[(size_t)p * (size_t)right + (size_t)b];
                rational *at = &expanded[(size_t)a * (size_t)right + (size_t)b];
                if (!rational_is_zero(y)) *at = rational_fma(*at, factor, y, &self->overflow);
            }
        }
    }
}

/** 1 if block `cell` is Σ_l A_il·B_lj, plus its old value in accumulate mode. */
static int is_right(const machine *self, int cell, const rational *expanded) {
    const schedule *program = self->program;
    const int row = cell / program->n, column = cell % program->n;
    const rational *value = form(self, 2, cell);
    if (!self->set[2][cell]) return 0;
    for (int i = 0; i < program->blocks[2]; ++i)
        if (!rational_equal(value[program->rank + i], rational_of(self->accumulate && i == cell))) return 0;
    for (int a = 0; a < program->blocks[0]; ++a)
        for (int b = 0; b < program->blocks[1]; ++b) {
            const int wanted = a / program->k == row && a % program->k == b / program->n && b % program->n == column;
            if (!rational_equal(expanded[(size_t)a * (size_t)program->blocks[1] + (size_t)b], rational_of(wanted)))
                return 0;
        }
    return 1;
}

/* --------------------------------------------------------------------- all */

/** Blocks of A and B are themselves; blocks of C hold their old values, or nothing in clean mode. */
static void reset(machine *self, int accumulate) {
    const schedule *program = self->program;
    self->accumulate = accumulate;
    memset(self->multiplied, 0, (size_t)program->rank);
    for (int side = 0; side < 3; ++side) {
        const size_t all = (size_t)self->cells[side] * (size_t)self->width[side];
        const int set = side < 2 || accumulate, shift = side < 2 ? 0 : program->rank;
        for (size_t i = 0; i < all; ++i) self->value[side][i] = rational_of(0);
        memset(self->set[side], 0, (size_t)self->cells[side]);
        for (int cell = 0; cell < program->blocks[side] && set; ++cell) {
            form(self, side, cell)[shift + cell] = rational_of(1);
            self->set[side][cell] = 1;
        }
    }
}

static int allocate(machine *self, rational **expanded) {
    const schedule *program = self->program;
    size_t widest = 0;
    int fine = 1;
    for (int side = 0; side < 3; ++side) {
        self->cells[side] = program->blocks[side] + (side < 2 ? program->temporaries[side] : 0);
        self->width[side] = side < 2 ? program->blocks[side] : program->rank + program->blocks[2];
        const size_t all = (size_t)self->cells[side] * (size_t)self->width[side];
        if (all > widest) widest = all;
        fine &= (self->value[side] = malloc(all * sizeof(rational))) != 0;
        fine &= (self->set[side] = malloc((size_t)self->cells[side])) != 0;
    }
    const size_t rank = (size_t)program->rank, left = (size_t)self->width[0], right = (size_t)self->width[1];
    fine &= (self->left = calloc(rank * left, sizeof(rational))) != 0;
    fine &= (self->right = calloc(rank * right, sizeof(rational))) != 0;
    fine &= (self->multiplied = malloc(rank)) != 0;
    fine &= (self->scratch = malloc(widest * sizeof(rational))) != 0;
    fine &= (*expanded = malloc(left * right * sizeof(rational))) != 0;
    return fine;
}

static void release(machine *self, rational *expanded) {
    for (int side = 0; side < 3; ++side) {
        free(self->value[side]);
        free(self->set[side]);
    }
    free(self->left);
    free(self->right);
    free(self->multiplied);
    free(self->scratch);
    free(expanded);
}

/** The program describes the scheme's shape and its indices lie in range. */
static int is_well_formed(const machine *self, const strassen_scheme *scheme) {
    const schedule *program = self->program;
    if (!rows_are_fine(program, program->prologue, 0, program->blocks[2])) return 0;
    for (int i = 0; i < program->op_count; ++i)
        if (!op_is_fine(self, &program->ops[i])) return 0;
    return scheme->rank == program->rank;
}

static int shape_is_fine(const schedule *program, const strassen_scheme *scheme) {
    if (program->m != scheme->m || program->k != scheme->k || program->n != scheme->n) return 0;
    if (program->blocks[0] != scheme->m * scheme->k || program->blocks[1] != scheme->k * scheme->n) return 0;
    if (program->blocks[2] != scheme->m * scheme->n || program->rank < 1 || program->op_count < 0) return 0;
    for (int side = 0; side < 2; ++side)
        if (program->temporaries[side] < 0 || program->temporaries[side] > SCHEDULE_MAX_TEMPORARIES) return 0;
    return 1;
}

strassen_status schedule_prove(const schedule *program, const strassen_scheme *scheme) {
    if (!program || !scheme) return STRASSEN_ERROR_ARGUMENT;
    if (!shape_is_fine(program, scheme)) return STRASSEN_ERROR_NOT_A_SCHEME;
    machine self = {.program = program};
    rational *expanded = 0;
    if (!allocate(&self, &expanded)) {
        release(&self, expanded);
        return STRASSEN_ERROR_MEMORY;
    }
    int right = is_well_formed(&self, scheme);
    for (int accumulate = 0; accumulate < 2 && right; ++accumulate) {
        reset(&self, accumulate);
        right = run_ops(&self);
        for (int cell = 0; cell < program->blocks[2] && right; ++cell) {
            expand(&self, cell, expanded);
            right = is_right(&self, cell, expanded);
        }
    }
    const int overflow = self.overflow;
    release(&self, expanded);
    if (overflow) return STRASSEN_ERROR_OVERFLOW;
    return right ? STRASSEN_OK : STRASSEN_ERROR_NOT_A_SCHEME;
}
