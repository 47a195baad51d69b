// SPDX-License-Identifier: AGPL-3.0-or-later
#include <math.h>

#include "plan/plan.h"

/** One evaluation: what does not change on the way down. */
typedef struct model {
    const candidate *candidate;
    const strassen_costs *costs;
    const leaf_setup *leaf;
    const schedule_counts *const *counts;
    double flops;
} model;

/** Multiplicities of a leaf: summands a side, targets. */
typedef struct leaf_terms {
    double a, b, targets;
} leaf_terms;

static double pack_cost(const strassen_costs *costs, double terms) {
    if (terms <= 1)
        return costs->pack_ns[0];
    if (terms <= 2)
        return costs->pack_ns[1];
    return terms <= 4 ? costs->pack_ns[2] : costs->pack_ns[3] * terms / 8;
}

static double leaf_cost(model *s, double m, double k, double n, leaf_terms terms) {
    const leaf_setup *leaf = s->leaf;
    const double mr = leaf->kernel->mr, nr = leaf->kernel->nr;
    const double panels = ceil(n / (double)leaf->nc), depths = ceil(k / (double)leaf->kc);
    s->flops += 2 * m * n * k + (terms.a - 1) * m * k + (terms.b - 1) * k * n;
    return ceil(m / mr) * mr * (ceil(n / nr) * nr) * k * s->costs->fma_ns + m * k * panels * pack_cost(s->costs, terms.a) +
           k * n * pack_cost(s->costs, terms.b) + m * n * depths * terms.targets * s->costs->update_ns + s->costs->leaf_ns;
}

static int row_terms(const strassen_scheme *scheme, strassen_factor factor, int row) {
    const int width = scheme_width(scheme, factor);
    int terms = 0;
    for (int i = 0; i < width; i++)
        terms += scheme->coef[factor][row * width + i] != 0;
    return terms;
}

/** The fused levels from `level` on: all products of the Kronecker product, without forming it. */
static double fused_cost(model *s, int level, double m, double k, double n, leaf_terms terms) {
    if (level == s->candidate->levels)
        return leaf_cost(s, m, k, n, terms);
    const strassen_scheme *scheme = s->candidate->schemes[level];
    double ns = 0;
    for (int p = 0; p < scheme->rank; p++) {
        const leaf_terms below = {terms.a * row_terms(scheme, STRASSEN_U, p), terms.b * row_terms(scheme, STRASSEN_V, p),
                                  terms.targets * row_terms(scheme, STRASSEN_W, p)};
        ns += fused_cost(s, level + 1, ceil(m / scheme->m), ceil(k / scheme->k), ceil(n / scheme->n), below);
    }
    return ns;
}

/** The explicit levels from `level` on. In accumulate mode the prologue is paid too. */
static double explicit_cost(model *s, int level, double m, double k, double n, double targets, int accumulate) {
    if (level == s->candidate->levels - s->candidate->fused_levels)
        return fused_cost(s, level, m, k, n, (leaf_terms){1, 1, targets});
    const strassen_scheme *scheme = s->candidate->schemes[level];
    const schedule_counts *c = s->counts[level];
    m = floor(m / scheme->m);
    k = ceil(k / scheme->k);
    n = floor(n / scheme->n);
    const double passes = accumulate ? c->pass_transfers_full + c->prologue_transfers : c->pass_transfers;
    double ns = s->costs->sum_ns * (c->transfers[0] * m * k + c->transfers[1] * k * n + targets * passes * m * n);
    s->flops += c->additions[0] * m * k + c->additions[1] * k * n + targets * c->additions[2] * m * n;
    const double all = c->overwrites + c->adds, below = targets * all / scheme->rank;
    const double clean = accumulate ? 0 : scheme->rank * c->overwrites / all;
    const double flops = s->flops;
    s->flops = 0;
    const double adding = explicit_cost(s, level + 1, m, k, n, below, 1);
    const double leaf_flops = s->flops;
    const double overwriting = clean > 0 ? explicit_cost(s, level + 1, m, k, n, below, 0) : 0;
    s->flops = flops + scheme->rank * leaf_flops;
    return ns + clean * overwriting + (scheme->rank - clean) * adding;
}

/** Classical strips where the explicit levels' block sizes do not divide m and n. */
static double strips_cost(model *s, double m, double k, double n, double core_m, double core_n) {
    const leaf_terms one = {1, 1, 1};
    double ns = 0;
    if (core_n < n)
        ns += leaf_cost(s, core_m, k, n - core_n, one);
    if (core_m < m)
        ns += leaf_cost(s, m - core_m, k, n, one);
    return ns;
}

double model_error_growth(const strassen_scheme *scheme) {
    const int width = scheme->m * scheme->n;
    double worst = 0;
    for (int c = 0; c < width; c++) {
        double sum = 0;
        for (int p = 0; p < scheme->rank; p++) {
            double u = 0, v = 0;
            for (int i = 0; i < scheme->m * scheme->k; i++)
                u += fabs(scheme->coef[STRASSEN_U][p * scheme->m * scheme->k + i]);
            for (int i = 0; i < scheme->k * scheme->n; i++)
                v += fabs(scheme->coef[STRASSEN_V][p * scheme->k * scheme->n + i]);
            sum += fabs(scheme->coef[STRASSEN_W][p * width + c]) * u * v;
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
                        const leaf_setup *leaf, const schedule_counts *const *counts) {
    model s = {candidate, costs, leaf, counts, 0};
    int64_t core_m, core_n;
    candidate_core(problem, candidate, &core_m, &core_n);
    estimate e = {.error_growth = 1, .arena_bytes = arena_bytes(problem, candidate, core_m, core_n)};
    e.ns = explicit_cost(&s, 0, (double)core_m, (double)problem->k, (double)core_n, 1, 0) +
           strips_cost(&s, (double)problem->m, (double)problem->k, (double)problem->n, (double)core_m, (double)core_n);
    e.flops = s.flops;
    for (int level = 0; level < candidate->levels; level++)
        e.error_growth *= model_error_growth(candidate->schemes[level]);
    return e;
}
