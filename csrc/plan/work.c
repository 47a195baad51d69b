// SPDX-License-Identifier: AGPL-3.0-or-later
/** What a run of a plan touches: a walk over its levels that counts where the engine would compute. */
#include "plan/plan.h"

/** One walk. Sizes are doubles: 2^31 to the third power leaves int64_t. */
typedef struct walk {
    const strassen_plan *plan;
    int row_major;
    strassen_work *work;
} walk;

/** A product that will be added to `adding` blocks of C and overwrite `overwriting` more. */
typedef struct scatter {
    int adding, overwriting;
    int first_overwrites; /**< 1 if the first of them is overwritten: it decides which program a level runs */
} scatter;

/** An m×k by k×n product with operands of so many terms. */
typedef struct load {
    int64_t m, k, n;
    int terms[2];
} load;

static void count_leaf(const walk *w, load l, scatter to) {
    const leaf_setup *leaf = &w->plan->leaf;
    strassen_work *out = w->work;
    if (l.m == 0 || l.n == 0) return;
    if (w->row_major) l = (load){l.n, l.k, l.m, {l.terms[1], l.terms[0]}};
    const int64_t whole_m = round_up(l.m, leaf->kernel->mr), whole_n = round_up(l.n, leaf->kernel->nr);
    const int64_t computed_m = round_up(l.m, leaf->kernel->lanes); // the last tile reads no more of its panel
    const double k = (double)l.k, m = (double)l.m, n = (double)l.n;
    const double panels = (double)ceil_div(l.n, leaf->nc), steps = (double)leaf_steps(leaf, l.k);
    out->leaves++;
    out->multiply_adds += m * n * k;
    out->pack_reads[0] += l.terms[0] * m * k * panels;
    out->pack_reads[1] += l.terms[1] * k * n;
    out->pack_writes[0] += (double)whole_m * k * panels;
    out->pack_writes[1] += (double)whole_n * k;
    out->pack_additions[0] += (l.terms[0] - 1) * m * k * panels;
    out->pack_additions[1] += (l.terms[1] - 1) * k * n;
    out->panel_reads[0] += (double)computed_m * k * (double)(whole_n / leaf->kernel->nr);
    out->panel_reads[1] += (double)whole_n * k * (double)ceil_div(l.m, leaf->mc);
    out->overwrites += m * n * to.overwriting;
    out->updates += m * n * ((to.adding + to.overwriting) * steps - to.overwriting);
    out->leaf_m = max64(out->leaf_m, l.m);
    out->leaf_k = max64(out->leaf_k, l.k);
    out->leaf_n = max64(out->leaf_n, l.n);
}

/** The fused levels, as fused_run walks them. */
static void count_fused(const walk *w, const fused_scheme *s, load l, scatter outer) {
    for (int p = 0; p < s->rank; p++) {
        const load product = {ceil_div(l.m, s->m),
                              ceil_div(l.k, s->k),
                              ceil_div(l.n, s->n),
                              {l.terms[0] * (s->start[STRASSEN_U][p + 1] - s->start[STRASSEN_U][p]),
                               l.terms[1] * (s->start[STRASSEN_V][p + 1] - s->start[STRASSEN_V][p])}};
        int first = 0;
        const int entries = s->start[STRASSEN_W][p + 1] - s->start[STRASSEN_W][p];
        for (int e = s->start[STRASSEN_W][p]; e < s->start[STRASSEN_W][p + 1]; e++) first += s->first[e];
        const int overwriting = outer.overwriting * first;
        count_leaf(w, product, (scatter){(outer.adding + outer.overwriting) * entries - overwriting, overwriting, 0});
    }
}

static void count_sum(const walk *w, double reads, double additions, double writes, int64_t rows, int64_t columns) {
    const double elements = (double)rows * (double)columns;
    w->work->sum_reads += reads * elements;
    w->work->sum_additions += additions * elements;
    w->work->sum_writes += writes * elements;
}

/** The rows of a SUM, a PASS or a prologue on `times` targets; a cell that several rows read is fetched once. */
static void count_rows(const walk *w, const schedule *s, schedule_rows rows, int times, int64_t m, int64_t n) {
    const schedule_rows_cost cost = schedule_cost_of_rows(s, rows);
    count_sum(w, (double)cost.reads * times, (double)cost.additions * times, (double)rows.count * times, m, n);
}

static void count_bottom(const walk *w, load l, scatter to) {
    if (w->plan->engine == STRASSEN_ENGINE_OPTIMAL && w->plan->foreign.gemm)
        w->work->multiply_adds += (double)l.m * (double)l.k * (double)l.n;
    else
        count_fused(w, w->plan->engine == STRASSEN_ENGINE_OPTIMAL ? &w->plan->classical : &w->plan->fused, l, to);
}

static void count_explicit(const walk *w, int level, load l, scatter to);

static void count_product(const walk *w, int level, const schedule *s, const schedule_op *op, load block, scatter to) {
    int first = 0;
    for (int t = 0; t < op->count; t++) first += s->terms[op->start + t].first;
    const int overwriting = to.overwriting * first;
    const scatter inner = {(to.adding + to.overwriting) * op->count - overwriting, overwriting,
                           to.first_overwrites && s->terms[op->start].first};
    block.terms[0] = op->operand[SCHEDULE_A].count;
    block.terms[1] = op->operand[SCHEDULE_B].count;
    count_explicit(w, level + 1, block, inner);
}

/** The explicit levels, as explicit_run walks them. */
static void count_explicit(const walk *w, int level, load l, scatter to) {
    if (level == w->plan->levels - w->plan->fused_levels) {
        count_bottom(w, l, to);
        return;
    }
    const schedule *s = w->plan->level[level].program[!to.first_overwrites];
    const load block = {l.m / s->m, ceil_div(l.k, s->k), l.n / s->n, {1, 1}};
    if (s->passes > 0) count_rows(w, s, s->prologue, to.adding, block.m, block.n);
    for (int i = 0; i < s->op_count; i++) {
        const schedule_op *op = s->ops + i;
        switch (op->kind) {
        case SCHEDULE_SUM:
            count_rows(w, s, op->clean, 1, op->side == SCHEDULE_A ? block.m : block.k,
                       op->side == SCHEDULE_A ? block.k : block.n);
            break;
        case SCHEDULE_MUL: count_product(w, level, s, op, block, to); break;
        case SCHEDULE_PASS:
            count_rows(w, s, op->clean, to.overwriting, block.m, block.n);
            count_rows(w, s, op->full, to.adding, block.m, block.n);
            break;
        }
    }
}

/** Adds `one` as often as `times` says. */
static void add_work(strassen_work *sum, const strassen_work *one, double times) {
    sum->leaves += times * one->leaves;
    sum->multiply_adds += times * one->multiply_adds;
    for (int side = 0; side < 2; side++) {
        sum->pack_reads[side] += times * one->pack_reads[side];
        sum->pack_writes[side] += times * one->pack_writes[side];
        sum->pack_additions[side] += times * one->pack_additions[side];
        sum->panel_reads[side] += times * one->panel_reads[side];
    }
    sum->updates += times * one->updates;
    sum->overwrites += times * one->overwrites;
    sum->sum_reads += times * one->sum_reads;
    sum->sum_writes += times * one->sum_writes;
    sum->sum_additions += times * one->sum_additions;
    sum->leaf_m = max64(sum->leaf_m, one->leaf_m);
    sum->leaf_k = max64(sum->leaf_k, one->leaf_k);
    sum->leaf_n = max64(sum->leaf_n, one->leaf_n);
}

/** `basic`: S, T and P of every product are written, C is cleared first and every product added to it. All products have one size. */
static void count_basic(const walk *w, int level, int64_t m, int64_t k, int64_t n) {
    const strassen_plan *p = w->plan;
    if (level == p->levels) {
        if (p->foreign.gemm)
            w->work->multiply_adds += (double)m * (double)k * (double)n;
        else
            count_leaf(w, (load){m, k, n, {1, 1}}, (scatter){0, 1, 1});
        return;
    }
    const strassen_scheme *s = p->schemes[level];
    count_sum(w, 0, 0, 1, m, n);
    m = ceil_div(m, s->m);
    k = ceil_div(k, s->k);
    n = ceil_div(n, s->n);
    for (int product = 0; product < s->rank; product++) {
        const int u = scheme_row_entries(s, STRASSEN_U, product), v = scheme_row_entries(s, STRASSEN_V, product),
                  c = scheme_row_entries(s, STRASSEN_W, product);
        count_sum(w, u, u - 1, 1, m, k);
        count_sum(w, v, v - 1, 1, k, n);
        count_sum(w, 2 * c, c, c, m, n);
    }
    strassen_work product = {0};
    const walk below = {p, w->row_major, &product};
    count_basic(&below, level + 1, m, k, n);
    add_work(w->work, &product, s->rank);
}

strassen_status strassen_plan_work(const strassen_plan *plan, int row_major, strassen_work *work) {
    if (!plan || !work) return STRASSEN_ERROR_ARGUMENT;
    if (plan->engine == STRASSEN_ENGINE_REFERENCE) return STRASSEN_ERROR_UNSUPPORTED;
    *work = (strassen_work){0};
    const walk w = {plan, row_major, work};
    const int64_t m = plan->problem.m, k = plan->problem.k, n = plan->problem.n;
    const scatter whole = {0, 1, 1};
    if (m == 0 || k == 0 || n == 0) return STRASSEN_OK;
    if (plan->engine == STRASSEN_ENGINE_BASIC) {
        count_basic(&w, 0, m, k, n);
        return STRASSEN_OK;
    }
    const int has_core = plan->core_m > 0 && plan->core_n > 0;
    if (has_core) count_explicit(&w, 0, (load){plan->core_m, k, plan->core_n, {1, 1}}, whole);
    if (plan->core_m > 0) count_leaf(&w, (load){plan->core_m, k, n - (has_core ? plan->core_n : 0), {1, 1}}, whole);
    count_leaf(&w, (load){m - plan->core_m, k, n, {1, 1}}, whole);
    return STRASSEN_OK;
}
