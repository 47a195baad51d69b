// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fast/engines.h"

/** One member makes the foreign call, which has threads of its own; the others wait. */
static void foreign_by_one(member *self, const foreign_leaf *foreign, const product_call *call, double coef,
                           double beta, const block *c) {
    if (self->index == 0) foreign_multiply(foreign, &call->a.terms[0].block, &call->b.terms[0].block, coef, beta, c);
    team_barrier(self);
}

static block target_block(const product_call *call, const leaf_target *target) {
    return (block){target->p, call->c_rs, call->c_cs, target->rows, target->columns};
}

/** Several targets, one product: into the arena, then added to each. */
static void foreign_scatter(member *self, const recursion *r, const optimal_bottom *bottom, const product_call *call) {
    const size_t size = element_size(r->precision);
    block product = {bottom->product, 1, temporary_stride(call->m, size), call->m, call->n};
    if (call->c_rs != 1 && call->c_cs == 1) {
        product.rs = temporary_stride(call->n, size);
        product.cs = 1;
    }
    foreign_by_one(self, bottom->foreign, call, 1, 0, &product);
    for (int t = 0; t < call->count; t++) {
        const leaf_target *to = call->targets + t;
        const block c = target_block(call, to);
        const weighted_block sources[2] = {{product, to->coef}, {c, to->beta}};
        const block_row row = {c, sources, to->beta == 0 ? 1 : 2};
        blocks_combine(self, r->lines, r->precision, &row, 1);
    }
}

void optimal_product(member *self, const recursion *r, const product_call *call) {
    const optimal_bottom *bottom = r->context;
    const block c = target_block(call, call->targets);
    if (!bottom->foreign->gemm || !foreign_fits(&call->a.terms[0].block, &call->b.terms[0].block, &c))
        fused_run(self, bottom->leaf, bottom->classical, &call->a, &call->b, call->targets, call->count, call->c_rs,
                  call->c_cs, call->m, call->k, call->n);
    else if (call->count == 1)
        foreign_by_one(self, bottom->foreign, call, call->targets->coef, call->targets->beta, &c);
    else
        foreign_scatter(self, r, bottom, call);
}
