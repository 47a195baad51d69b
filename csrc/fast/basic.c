// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fast/engines.h"

/** Blocks of a level: sides rounded up, the missing elements are zeros in S and T and are not copied back from P. */
typedef struct frame {
    const basic_engine *engine;
    int level;
    const strassen_scheme *scheme;
    const product_call *call;
    int64_t m, k, n;
    block s, t, p;
} frame;

size_t basic_layout(basic_engine *engine, strassen_precision precision, int64_t m, int64_t k, int64_t n) {
    const size_t size = element_size(precision);
    size_t bytes = 0;
    for (int level = 0; level < engine->levels; level++) {
        const strassen_scheme *s = engine->schemes[level];
        m = ceil_div(m, s->m);
        k = ceil_div(k, s->k);
        n = ceil_div(n, s->n);
        engine->level_offset[level] = bytes;
        bytes += temporary_bytes(m, k, size) + temporary_bytes(k, n, size) + temporary_bytes(m, n, size);
    }
    return bytes;
}

/** A rows × columns temporary, laid out as C is. */
static block temporary(const product_call *call, char *memory, int64_t rows, int64_t columns, size_t size) {
    if (call->c_rs != 1 && call->c_cs == 1) return (block){memory, temporary_stride(columns, size), 1, rows, columns};
    return (block){memory, 1, temporary_stride(rows, size), rows, columns};
}

static frame make_frame(const basic_engine *engine, int level, const product_call *call) {
    const strassen_scheme *s = engine->schemes[level];
    const size_t size = element_size(engine->leaf->kernel->precision);
    frame f = {engine, level, s,  call, ceil_div(call->m, s->m), ceil_div(call->k, s->k), ceil_div(call->n, s->n),
               {0},    {0},   {0}};
    char *memory = engine->arena + engine->level_offset[level];
    f.s = temporary(call, memory, f.m, f.k, size);
    memory += temporary_bytes(f.m, f.k, size);
    f.t = temporary(call, memory, f.k, f.n, size);
    memory += temporary_bytes(f.k, f.n, size);
    f.p = temporary(call, memory, f.m, f.n, size);
    return f;
}

/** dst := Σ_ij coef_ij · block_ij of `whole`, one row of U or V. */
static void form_operand(member *self, const frame *f, const double *coef, const block *whole, int rows, int columns,
                         const block *dst) {
    const size_t size = element_size(f->engine->leaf->kernel->precision);
    weighted_block sources[STRASSEN_SCHEME_MAX_DIM * STRASSEN_SCHEME_MAX_DIM];
    int count = 0;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            if (coef[i * columns + j] != 0)
                sources[count++] =
                    (weighted_block){block_part(whole, size, i * dst->rows, j * dst->columns, dst->rows, dst->columns),
                                     coef[i * columns + j]};
    const block_row row = {*dst, sources, count};
    blocks_combine(self, f->engine->lines, f->engine->leaf->kernel->precision, &row, 1);
}

/** C_ij += coef_ij · P, one row of W. */
static void add_product(member *self, const frame *f, const double *coef) {
    const strassen_precision precision = f->engine->leaf->kernel->precision;
    const leaf_target *target = f->call->targets;
    const block whole = {target->p, f->call->c_rs, f->call->c_cs, target->rows, target->columns};
    for (int i = 0; i < f->scheme->m; i++)
        for (int j = 0; j < f->scheme->n; j++) {
            const block c = block_part(&whole, element_size(precision), i * f->m, j * f->n, f->m, f->n);
            const weighted_block sources[2] = {{c, 1}, {f->p, target->coef * coef[i * f->scheme->n + j]}};
            const block_row row = {c, sources, 2};
            if (coef[i * f->scheme->n + j] != 0 && c.rows > 0 && c.columns > 0)
                blocks_combine(self, f->engine->lines, precision, &row, 1);
        }
}

static void run_leaf(member *self, const basic_engine *engine, const product_call *call) {
    const leaf_target *target = call->targets;
    const block c = {target->p, call->c_rs, call->c_cs, target->rows, target->columns};
    const block *a = &call->a.terms[0].block, *b = &call->b.terms[0].block;
    if (!engine->foreign->gemm || !foreign_fits(a, b, &c)) {
        fused_run(self, engine->leaf, engine->classical, &call->a, &call->b, target, 1, call->c_rs, call->c_cs, call->m,
                  call->k, call->n);
        return;
    }
    if (self->index == 0) foreign_multiply(engine->foreign, a, b, target->coef, target->beta, &c);
    team_barrier(self);
}

static void run_level(member *self, const basic_engine *engine, int level, const product_call *call) {
    if (level == engine->levels) {
        run_leaf(self, engine, call);
        return;
    }
    const frame f = make_frame(engine, level, call);
    const strassen_scheme *s = f.scheme;
    const leaf_target *target = call->targets;
    const block c = {target->p, call->c_rs, call->c_cs, target->rows, target->columns};
    const leaf_target product = {f.p.p, 1, 0, f.m, f.n};
    const product_call inner = {operand_of(f.s), operand_of(f.t), &product, 1, f.p.rs, f.p.cs, f.m, f.k, f.n};
    blocks_scale(self, engine->lines, engine->leaf->kernel->precision, &c, target->beta);
    for (int p = 0; p < s->rank; p++) {
        form_operand(self, &f, s->coef[STRASSEN_U] + p * s->m * s->k, &call->a.terms[0].block, s->m, s->k, &f.s);
        form_operand(self, &f, s->coef[STRASSEN_V] + p * s->k * s->n, &call->b.terms[0].block, s->k, s->n, &f.t);
        run_level(self, engine, level + 1, &inner);
        add_product(self, &f, s->coef[STRASSEN_W] + p * s->m * s->n);
    }
}

void basic_run(member *self, const basic_engine *engine, const product_call *call) { run_level(self, engine, 0, call); }
