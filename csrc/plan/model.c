// SPDX-License-Identifier: AGPL-3.0-or-later
#include <math.h>

#include "plan/plan.h"

/** Elements that are read for one that packing forms from 1, 2, 3–4 and more terms. */
static const double pack_reads[] = {1, 2, 3.5, 8};
/**
 * Of a larger L3 others have the rest: of 260 MiB, which a virtual machine saw on Emerald Rapids, sums of 7 MiB were no more in
 * reach, and two levels at 2000 to 3000 were promised 2 to 4 % too much (docs/tuning.md).
 */
#define MOST_L3 ((int64_t)64 << 20)

strassen_costs model_costs(const strassen_problem *p, const strassen_costs *costs, int64_t l3) {
    const double m = (double)p->m, k = (double)p->k, n = (double)p->n;
    const double bytes = (m * k + k * n + m * n) * (double)element_size(p->precision);
    const double far = costs->far_ns * fmax(0, 1 - 0.5 * (double)min64(l3, MOST_L3) / fmax(bytes, 1));
    strassen_costs own = *costs;
    for (int i = 0; i < 4; i++) own.pack_ns[i] += far * pack_reads[i];
    own.update_ns += far;
    own.sum_ns += far;
    return own;
}

/** One evaluation: what does not change on the way down. */
typedef struct model {
    const candidate *candidate;
    const strassen_costs *costs;
    const leaf_setup *leaf;
    const schedule_counts *const (*counts)[2];
    double flops;
} model;

/** What a leaf finds: the ns and the additions of packing one element a side, and how many targets it updates. */
typedef struct leaf_load {
    double pack[2], additions[2], targets;
} leaf_load;

static double pack_cost(const strassen_costs *costs, double terms) {
    if (terms <= 1) return costs->pack_ns[0];
    if (terms <= 2) return costs->pack_ns[1];
    return terms <= 4 ? costs->pack_ns[2] : costs->pack_ns[3] * terms / 8;
}

static double leaf_cost(model *s, double m, double k, double n, leaf_load load) {
    const leaf_setup *leaf = s->leaf;
    const double lanes = leaf->kernel->lanes, nr = leaf->kernel->nr;
    const double panels = ceil(n / (double)leaf->nc), steps = (double)leaf_steps(leaf, (int64_t)k);
    s->flops += 2 * m * n * k + load.additions[0] * m * k + load.additions[1] * k * n;
    return ceil(m / lanes) * lanes * (ceil(n / nr) * nr) * k * s->costs->fma_ns + m * k * panels * load.pack[0] +
           k * n * load.pack[1] + m * n * steps * load.targets * s->costs->update_ns + s->costs->leaf_ns;
}

/** A leaf whose operands have so many terms. */
static leaf_load load_of(const model *s, double a_terms, double b_terms, double targets) {
    return (leaf_load){
        {pack_cost(s->costs, a_terms), pack_cost(s->costs, b_terms)}, {a_terms - 1, b_terms - 1}, targets};
}

/** The average leaf below an explicit level whose operands are sums. */
static leaf_load load_below(const model *s, const schedule_counts *counts, int rank, double targets) {
    leaf_load load = {.targets = targets};
    for (int side = 0; side < 2; side++)
        for (int terms = 1; terms <= SCHEDULE_MAX_OPERAND_TERMS; terms++) {
            const double share = (double)counts->operands[side][terms - 1] / rank;
            load.pack[side] += share * pack_cost(s->costs, terms);
            load.additions[side] += share * (terms - 1);
        }
    return load;
}

/** The fused levels from `level` on: all products of the Kronecker product, without forming it. */
static double fused_cost(model *s, int level, double m, double k, double n, double a_terms, double b_terms,
                         double targets) {
    if (level == s->candidate->levels) return leaf_cost(s, m, k, n, load_of(s, a_terms, b_terms, targets));
    const strassen_scheme *scheme = s->candidate->schemes[level];
    double ns = 0;
    for (int p = 0; p < scheme->rank; p++)
        ns += fused_cost(s, level + 1, ceil(m / scheme->m), ceil(k / scheme->k), ceil(n / scheme->n),
                         a_terms * scheme_row_entries(scheme, STRASSEN_U, p),
                         b_terms * scheme_row_entries(scheme, STRASSEN_V, p),
                         targets * scheme_row_entries(scheme, STRASSEN_W, p));
    return ns;
}

static double explicit_cost(model *s, int level, double m, double k, double n, double targets, int accumulate);

/** One product below explicit level `level`, of m×k by k×n. */
static double product_cost(model *s, int level, const schedule_counts *counts, double m, double k, double n,
                           double targets, int accumulate) {
    const int explicit_levels = s->candidate->levels - s->candidate->fused_levels;
    if (level + 1 < explicit_levels) return explicit_cost(s, level + 1, m, k, n, targets, accumulate);
    if (s->candidate->fused_levels > 0) return fused_cost(s, level + 1, m, k, n, 1, 1, targets);
    return leaf_cost(s, m, k, n, load_below(s, counts, s->candidate->schemes[level]->rank, targets));
}

/** The explicit levels from `level` on. When accumulating the prologue is paid too. */
static double explicit_cost(model *s, int level, double m, double k, double n, double targets, int accumulate) {
    const strassen_scheme *scheme = s->candidate->schemes[level];
    const schedule_counts *c = s->counts[level][accumulate];
    m = floor(m / scheme->m);
    k = ceil(k / scheme->k);
    n = floor(n / scheme->n);
    const double passes = accumulate ? c->pass_transfers_full + c->prologue_transfers : c->pass_transfers;
    double ns = s->costs->sum_ns * (c->transfers[0] * m * k + c->transfers[1] * k * n + targets * passes * m * n);
    s->flops += c->sum_additions[0] * m * k + c->sum_additions[1] * k * n + targets * c->additions[2] * m * n;
    const double all = c->overwrites + c->adds, below = targets * all / scheme->rank;
    const double clean = accumulate ? 0 : scheme->rank * c->overwrites / all;
    const double flops = s->flops;
    s->flops = 0;
    const double adding = product_cost(s, level, c, m, k, n, below, 1);
    const double product_flops = s->flops;
    const double overwriting = clean > 0 ? product_cost(s, level, c, m, k, n, below, 0) : 0;
    s->flops = flops + scheme->rank * product_flops;
    return ns + clean * overwriting + (scheme->rank - clean) * adding;
}

/** The levels on the core. */
static double core_cost(model *s, double m, double k, double n) {
    const int explicit_levels = s->candidate->levels - s->candidate->fused_levels;
    return explicit_levels > 0 ? explicit_cost(s, 0, m, k, n, 1, 0) : fused_cost(s, 0, m, k, n, 1, 1, 1);
}

/** Classical strips where the explicit levels' block sizes do not divide m and n. */
static double strips_cost(model *s, double m, double k, double n, double core_m, double core_n) {
    const leaf_load one = load_of(s, 1, 1, 1);
    double ns = 0;
    if (core_n < n) ns += leaf_cost(s, core_m, k, n - core_n, one);
    if (core_m < m) ns += leaf_cost(s, m - core_m, k, n, one);
    return ns;
}

/** Σ of the squares of `count` coefficients. */
static double sum_of_squares(const double *coef, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) sum += coef[i] * coef[i];
    return sum;
}

double model_error_growth(const strassen_scheme *scheme) {
    const int u = scheme->m * scheme->k, v = scheme->k * scheme->n, w = scheme->m * scheme->n;
    double worst = 0;
    for (int c = 0; c < w; c++) {
        double sum = 0;
        for (int p = 0; p < scheme->rank; p++) {
            const double to_c = scheme->coef[STRASSEN_W][p * w + c];
            sum += to_c * to_c * sum_of_squares(scheme->coef[STRASSEN_U] + p * u, u) *
                   sum_of_squares(scheme->coef[STRASSEN_V] + p * v, v);
        }
        worst = fmax(worst, sum);
    }
    return sqrt(worst / scheme->k);
}

/** S and T of each explicit level; levels lie one after the other. */
static size_t arena_bytes(const strassen_problem *problem, const candidate *candidate, int64_t core_m, int64_t core_n) {
    const size_t size = element_size(problem->precision);
    int64_t m = core_m, k = problem->k, n = core_n;
    size_t bytes = 0;
    for (int level = 0; level < candidate->levels - candidate->fused_levels; level++) {
        m /= candidate->schemes[level]->m;
        k = ceil_div(k, candidate->schemes[level]->k);
        n /= candidate->schemes[level]->n;
        bytes += temporary_bytes(m, k, size) + temporary_bytes(k, n, size);
    }
    return bytes;
}

estimate model_estimate(const strassen_problem *problem, const candidate *candidate, const strassen_costs *costs,
                        const leaf_setup *leaf, const schedule_counts *const (*counts)[2]) {
    model s = {candidate, costs, leaf, counts, 0};
    int64_t core_m, core_n;
    candidate_core(problem, candidate, &core_m, &core_n);
    estimate e = {.arena_bytes = arena_bytes(problem, candidate, core_m, core_n)};
    e.ns = core_cost(&s, (double)core_m, (double)problem->k, (double)core_n) +
           strips_cost(&s, (double)problem->m, (double)problem->k, (double)problem->n, (double)core_m, (double)core_n);
    e.flops = s.flops;
    return e;
}
