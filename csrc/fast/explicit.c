// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fast/explicit.h"

int64_t temporary_stride(int64_t length, size_t element) {
    int64_t bytes = round_up(length * (int64_t)element, 64);
    if (bytes % 1024 == 0) bytes += 64;
    return bytes / (int64_t)element;
}

size_t temporary_bytes(int64_t rows, int64_t columns, size_t element) {
    const int64_t by_columns = temporary_stride(rows, element) * columns,
                  by_rows = temporary_stride(columns, element) * rows;
    return (size_t)round_up(max64(by_columns, by_rows) * (int64_t)element, 64);
}

/** One level at work: block sizes and where its cells are. */
typedef struct frame {
    const recursion *recursion;
    int level;
    const schedule *program;
    const product_call *call;
    size_t size;
    int64_t m, k, n; /**< of a block */
} frame;

static const block *whole_operand(const frame *f, schedule_side side) {
    return &(side == SCHEDULE_A ? &f->call->a : &f->call->b)->terms[0].block;
}

/** The temporary's block: laid out as the operand it stands for, so that sums run along contiguous lines. */
static block temporary(const frame *f, schedule_side side, int index) {
    const explicit_level *level = f->recursion->level + f->level;
    const block *parent = whole_operand(f, side);
    block b = {f->recursion->arena + level->offset[side] + (size_t)index * level->bytes[side], 1, 1,
               side == SCHEDULE_A ? f->m : f->k, side == SCHEDULE_A ? f->k : f->n};
    if (parent->cs == 1 && parent->rs != 1)
        b.rs = temporary_stride(b.columns, f->size);
    else
        b.cs = temporary_stride(b.rows, f->size);
    return b;
}

/** A cell of side A or B: a block of the operand or a temporary. */
static block input_cell(const frame *f, schedule_side side, int cell) {
    const schedule *s = f->program;
    if (cell >= s->blocks[side]) return temporary(f, side, cell - s->blocks[side]);
    const block *whole = whole_operand(f, side);
    return side == SCHEDULE_A ? block_part(whole, f->size, cell / s->k * f->m, cell % s->k * f->k, f->m, f->k)
                              : block_part(whole, f->size, cell / s->n * f->k, cell % s->n * f->n, f->k, f->n);
}

static operand input_sum(const frame *f, schedule_side side, schedule_terms sum) {
    operand out = {.count = sum.count};
    for (int t = 0; t < sum.count; t++) {
        const schedule_term *term = f->program->terms + sum.start + t;
        out.terms[t] = (weighted_block){input_cell(f, side, term->cell), term->coef};
    }
    return out;
}

/** Block `cell` of one of the call's targets. */
static block output_cell(const frame *f, const leaf_target *target, int cell) {
    const block whole = {target->p, f->call->c_rs, f->call->c_cs, target->rows, target->columns};
    return block_part(&whole, f->size, cell / f->program->n * f->m, cell % f->program->n * f->n, f->m, f->n);
}

/** The rows of a SUM (target null) or of a PASS on one target, coefficients times `scale`, done simultaneously. */
static void run_rows(member *self, const frame *f, schedule_side side, schedule_rows rows, const leaf_target *target,
                     double scale) {
    weighted_block sources[EXPLICIT_MAX_ROW_TERMS];
    block_row out[BLOCKS_MAX_ROWS];
    int used = 0;
    for (int r = 0; r < rows.count; r++) {
        const schedule_row *row = f->program->rows + rows.start + r;
        out[r] = (block_row){target ? output_cell(f, target, row->cell) : input_cell(f, side, row->cell),
                             sources + used, row->count};
        for (int t = 0; t < row->count; t++) {
            const schedule_term *term = f->program->terms + row->start + t;
            sources[used].block = target ? output_cell(f, target, term->cell) : input_cell(f, side, term->cell);
            sources[used++].coef = term->coef * scale;
        }
    }
    if (rows.count > 0) blocks_combine(self, f->recursion->lines, f->recursion->precision, out, rows.count);
}

/** Accumulate mode: undoes the passes beforehand, so that they leave beta·C as it was. */
static void run_prologue(member *self, const frame *f, const leaf_target *target) {
    const schedule *s = f->program;
    char in_rows[STRASSEN_SCHEME_MAX_DIM * STRASSEN_SCHEME_MAX_DIM] = {0};
    for (int r = 0; r < s->prologue.count; r++) in_rows[s->rows[s->prologue.start + r].cell] = 1;
    run_rows(self, f, SCHEDULE_C, s->prologue, target, target->beta);
    if (target->beta != 1)
        for (int cell = 0; cell < s->blocks[SCHEDULE_C]; cell++) {
            const block c = output_cell(f, target, cell);
            if (!in_rows[cell]) blocks_scale(self, f->recursion->lines, f->recursion->precision, &c, target->beta);
        }
}

/** What a target of a product does to the block it finds. Without passes the first product applies beta itself. */
static double first_beta(const schedule *program, const schedule_term *term, const leaf_target *outer) {
    return term->first && (outer->beta == 0 || program->passes == 0) ? outer->beta : 1;
}

static void run_product(member *self, const frame *f, const schedule_op *op) {
    const product_call *outer = f->call;
    leaf_target targets[KERNEL_MAX_TERMS];
    product_call inner = {input_sum(f, SCHEDULE_A, op->operand[SCHEDULE_A]),
                          input_sum(f, SCHEDULE_B, op->operand[SCHEDULE_B]),
                          targets,
                          0,
                          outer->c_rs,
                          outer->c_cs,
                          f->m,
                          f->k,
                          f->n};
    for (int o = 0; o < outer->count; o++)
        for (int t = 0; t < op->count; t++) {
            const schedule_term *term = f->program->terms + op->start + t;
            const block c = output_cell(f, outer->targets + o, term->cell);
            targets[inner.count++] = (leaf_target){c.p, outer->targets[o].coef * term->coef,
                                                   first_beta(f->program, term, outer->targets + o), c.rows, c.columns};
        }
    explicit_run(self, f->recursion, f->level + 1, &inner);
}

static void run_pass(member *self, const frame *f, const schedule_op *op) {
    for (int o = 0; o < f->call->count; o++) {
        const leaf_target *target = f->call->targets + o;
        run_rows(self, f, SCHEDULE_C, target->beta == 0 ? op->clean : op->full, target, 1);
    }
}

void explicit_run(member *self, const recursion *r, int level, const product_call *call) {
    if (level == r->levels) {
        r->bottom(self, r, call);
        return;
    }
    const schedule *s = r->level[level].program[call->targets[0].beta != 0];
    const frame f = {
        r, level, s, call, element_size(r->precision), call->m / s->m, ceil_div(call->k, s->k), call->n / s->n};
    for (int o = 0; o < call->count; o++)
        if (call->targets[o].beta != 0 && s->passes > 0) run_prologue(self, &f, call->targets + o);
    for (int i = 0; i < s->op_count; i++) {
        const schedule_op *op = s->ops + i;
        switch (op->kind) {
        case SCHEDULE_SUM: run_rows(self, &f, op->side, op->clean, NULL, 1); break;
        case SCHEDULE_MUL: run_product(self, &f, op); break;
        case SCHEDULE_PASS: run_pass(self, &f, op); break;
        }
    }
}
