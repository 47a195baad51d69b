// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/reference.h"
#include "plan/plan.h"

/** One run: the plan with its buffers in place, shared by the team and read only. */
typedef struct run_call {
    const strassen_plan *plan;
    leaf_setup leaf;
    char *arena;
    double alpha, beta;
    block a, b, c;
} run_call;

/** The classical product of parts of A, B, C: for the strips beside the core, or for everything. */
static void run_classical(member *self, const run_call *r, const block *a, const block *b, const block *c) {
    const leaf_target target = {c->p, r->alpha, r->beta, c->rows, c->columns};
    const operand left = operand_of(*a), right = operand_of(*b);
    if (c->rows > 0 && c->columns > 0)
        fused_run(self, &r->leaf, &r->plan->classical, &left, &right, &target, 1, c->rs, c->cs, c->rows, a->columns,
                  c->columns);
}

/** The levels of `optimal` or `turbo` on the core, then the strips that their blocks do not divide. */
static void run_levels(member *self, const run_call *r, recursion *recursion) {
    const strassen_plan *p = r->plan;
    const size_t size = element_size(p->problem.precision);
    const int64_t m = p->problem.m, k = p->problem.k, n = p->problem.n;
    if (p->core_m > 0 && p->core_n > 0) {
        const leaf_target target = {r->c.p, r->alpha, r->beta, p->core_m, p->core_n};
        const product_call call = {operand_of(block_part(&r->a, size, 0, 0, p->core_m, k)),
                                   operand_of(block_part(&r->b, size, 0, 0, k, p->core_n)),
                                   &target,
                                   1,
                                   r->c.rs,
                                   r->c.cs,
                                   p->core_m,
                                   k,
                                   p->core_n};
        explicit_run(self, recursion, 0, &call);
    }
    const int64_t right = p->core_m > 0 ? p->core_n : 0; // an empty core leaves all of its rows to the strips
    const block top_a = block_part(&r->a, size, 0, 0, p->core_m, k),
                right_b = block_part(&r->b, size, 0, right, k, n - right);
    const block top_right = block_part(&r->c, size, 0, right, p->core_m, n - right);
    run_classical(self, r, &top_a, &right_b, &top_right);
    const block low_a = block_part(&r->a, size, p->core_m, 0, m - p->core_m, k);
    const block low = block_part(&r->c, size, p->core_m, 0, m - p->core_m, n);
    run_classical(self, r, &low_a, &r->b, &low);
}

static void run_basic(member *self, const run_call *r) {
    const strassen_plan *p = r->plan;
    basic_engine engine = p->basic;
    engine.lines = p->lines;
    engine.arena = r->arena;
    engine.leaf = &r->leaf;
    engine.classical = &p->classical;
    engine.foreign = &p->foreign;
    const leaf_target target = {r->c.p, r->alpha, r->beta, r->c.rows, r->c.columns};
    const product_call call = {operand_of(r->a), operand_of(r->b), &target,      1,           r->c.rs,
                               r->c.cs,          r->c.rows,        r->a.columns, r->c.columns};
    basic_run(self, &engine, &call);
}

static void run_member(member *self, void *argument) {
    const run_call *r = argument;
    const strassen_plan *p = r->plan;
    const optimal_bottom optimal = {&r->leaf, &p->classical, &p->foreign, r->arena + p->product_offset};
    const turbo_bottom turbo = {&r->leaf, &p->fused};
    recursion recursion = {p->problem.precision, p->lines,      p->levels - p->fused_levels, p->level, r->arena,
                           turbo_product,        (void *)&turbo};
    if (p->workspace_bytes > 0) leaf_prepare(self, &r->leaf);
    team_barrier(self); // one that sleeps wakes on the caller's CPU, which computes from here on: let it come and leave
    if (r->alpha == 0 || p->problem.k == 0) {
        blocks_scale(self, p->lines, p->problem.precision, &r->c, r->beta);
        return;
    }
    switch (p->engine) {
    case STRASSEN_ENGINE_REFERENCE:
        reference_gemm(self, &p->problem, r->alpha, r->a.p, r->a.rs, r->a.cs, r->b.p, r->b.rs, r->b.cs, r->beta, r->c.p,
                       r->c.rs, r->c.cs);
        break;
    case STRASSEN_ENGINE_BASIC: run_basic(self, r); break;
    case STRASSEN_ENGINE_OPTIMAL:
        recursion.bottom = optimal_product;
        recursion.context = (void *)&optimal;
        run_levels(self, r, &recursion);
        break;
    default: run_levels(self, r, &recursion); break;
    }
}

/** The call that computes c := alpha·a·b + beta·c; m = 0 if no stride of c is 1. A row-major c is computed as cᵀ = bᵀaᵀ. */
static small_call small_call_of(double alpha, const block *a, const block *b, double beta, const block *c) {
    if (c->rs == 1)
        return (small_call){c->rows, c->columns, a->columns, alpha, beta, a->p, a->rs,
                            a->cs,   b->p,       b->rs,      b->cs, c->p, c->cs};
    if (c->cs == 1)
        return (small_call){c->columns, c->rows, a->columns, alpha, beta, b->p, b->cs,
                            b->rs,      a->p,    a->cs,      a->rs, c->p, c->rs};
    return (small_call){0};
}

/** A product that is not worth packing, where its layout allows; 1 if it is done. */
static int run_unpacked(const run_call *r, strassen_pool *pool) {
    const strassen_plan *p = r->plan;
    if (!p->unpacked || r->alpha == 0 || p->problem.k == 0) return 0;
    const small_call call = small_call_of(r->alpha, &r->a, &r->b, r->beta, &r->c);
    if (call.m == 0 || !small_fits(p->unpacked, &call)) return 0;
    small_run(p->unpacked, &call, pool, small_members(&call, p->problem.threads));
    return 1;
}

static strassen_status run_with_pool(const strassen_plan *plan, run_call *call, strassen_pool *pool) {
    if (pool) {
        pool_run(pool, plan->members, run_member, call);
        return STRASSEN_OK;
    }
    if (plan->members == 1) {
        team_run_alone(run_member, call);
        return STRASSEN_OK;
    }
    strassen_pool *temporary = NULL;
    const strassen_status status = strassen_pool_create(plan->members, &temporary);
    if (status != STRASSEN_OK) return status;
    pool_run(temporary, plan->members, run_member, call);
    strassen_pool_free(temporary);
    return STRASSEN_OK;
}

/** By the plan's engine, in the caller's workspace or in memory for this call. */
static strassen_status run_in(run_call *call, strassen_pool *pool, void *workspace) {
    const strassen_plan *plan = call->plan;
    char *memory = workspace || plan->workspace_bytes == 0 ? workspace : strassen_alloc(plan->workspace_bytes);
    if (!memory && plan->workspace_bytes > 0) return STRASSEN_ERROR_MEMORY;
    call->arena = memory;
    if (plan->workspace_bytes > 0) {
        call->leaf.states = (panel_state *)(void *)(memory + plan->arena_bytes);
        call->leaf.a_buffers = memory + plan->arena_bytes + leaf_state_bytes(&plan->leaf);
        call->leaf.b_buffer = call->leaf.a_buffers + leaf_a_bytes(&plan->leaf) * (size_t)plan->problem.threads;
    }
    const strassen_status status = run_with_pool(plan, call, pool);
    if (!workspace) strassen_free(memory, plan->workspace_bytes);
    return status;
}

strassen_status strassen_run(const strassen_plan *plan, double alpha, const void *A, int64_t a_rs, int64_t a_cs,
                             const void *B, int64_t b_rs, int64_t b_cs, double beta, void *C, int64_t c_rs,
                             int64_t c_cs, strassen_pool *pool, void *workspace) {
    if (!plan || (pool && strassen_pool_threads(pool) < plan->problem.threads)) return STRASSEN_ERROR_ARGUMENT;
    const int64_t m = plan->problem.m, k = plan->problem.k, n = plan->problem.n;
    if (m == 0 || n == 0) return STRASSEN_OK;
    if (!C || (alpha != 0 && k > 0 && (!A || !B))) return STRASSEN_ERROR_ARGUMENT;
    if ((m > 1 && c_rs == 0) || (n > 1 && c_cs == 0)) return STRASSEN_ERROR_ARGUMENT; // elements of C on one another
    if ((uintptr_t)workspace % 64 != 0) return STRASSEN_ERROR_WORKSPACE;
    run_call call = {plan,
                     plan->leaf,
                     NULL,
                     alpha,
                     beta,
                     {(char *)A, a_rs, a_cs, m, k},
                     {(char *)B, b_rs, b_cs, k, n},
                     {C, c_rs, c_cs, m, n}};
    return run_unpacked(&call, pool) ? STRASSEN_OK : run_in(&call, pool, workspace);
}
