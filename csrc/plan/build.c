// SPDX-License-Identifier: AGPL-3.0-or-later
#include <stdio.h>
#include <string.h>

#include "plan/plan.h"

/** The programs of one level; `*temporaries` a side and `*targets` receive what the larger one needs. */
static strassen_status build_programs(strassen_plan *p, int level, int64_t k, int temporaries[2], int *targets) {
    const candidate c = {p->levels, p->fused_levels, {0}};
    const level_place place = place_of(&c, level, k, &p->leaf, p->foreign.gemm && p->engine == STRASSEN_ENGINE_OPTIMAL);
    *targets = 0;
    for (int mode = 0; mode < 2; mode++) {
        const strassen_status status =
            plan_program(p->schemes[level], &p->costs, place, mode, &p->programs[level][mode]);
        if (status != STRASSEN_OK) return status;
        const schedule *program = p->programs[level][mode];
        p->level[level].program[mode] = program;
        for (int side = 0; side < 2; side++)
            temporaries[side] =
                mode && temporaries[side] > program->temporaries[side] ? temporaries[side] : program->temporaries[side];
        *targets = *targets > program->counts.max_targets ? *targets : program->counts.max_targets;
    }
    return STRASSEN_OK;
}

/** Programs and the arena's layout; `*targets` receives how many targets a product below can have. */
static strassen_status build_explicit(strassen_plan *p, int64_t *targets) {
    const size_t size = element_size(p->problem.precision);
    int64_t m = p->core_m, k = p->problem.k, n = p->core_n;
    *targets = 1;
    for (int level = 0; level < p->levels - p->fused_levels; level++) {
        const strassen_scheme *scheme = p->schemes[level];
        int temporaries[2], level_targets;
        m /= scheme->m;
        k = ceil_div(k, scheme->k);
        n /= scheme->n;
        const strassen_status status = build_programs(p, level, k, temporaries, &level_targets);
        if (status != STRASSEN_OK) return status;
        explicit_level *l = &p->level[level];
        l->bytes[0] = temporary_bytes(m, k, size);
        l->bytes[1] = temporary_bytes(k, n, size);
        for (int side = 0; side < 2; side++) {
            l->offset[side] = p->arena_bytes;
            p->arena_bytes += l->bytes[side] * (size_t)temporaries[side];
        }
        *targets *= level_targets;
        if (*targets > KERNEL_MAX_TERMS) return STRASSEN_ERROR_UNSUPPORTED;
    }
    if (p->engine == STRASSEN_ENGINE_OPTIMAL && p->foreign.gemm && *targets > 1) {
        p->product_offset = p->arena_bytes;
        p->arena_bytes += temporary_bytes(m, n, size);
    }
    return STRASSEN_OK;
}

static strassen_status build_fused(strassen_plan *p, int64_t outer_targets) {
    if (p->fused_levels == 0) return fused_create_classical(&p->fused);
    strassen_scheme *product = NULL;
    strassen_status status = scheme_clone(p->schemes[p->levels - p->fused_levels], &product);
    for (int level = p->levels - p->fused_levels + 1; level < p->levels && status == STRASSEN_OK; level++) {
        strassen_scheme *next = NULL;
        status = strassen_scheme_compose(product, p->schemes[level], &next);
        strassen_scheme_free(product);
        product = next;
    }
    if (status == STRASSEN_OK) status = fused_create(product, &p->fused);
    strassen_scheme_free(product);
    if (status == STRASSEN_OK && outer_targets * p->fused.max_targets > KERNEL_MAX_TERMS)
        return STRASSEN_ERROR_UNSUPPORTED;
    return status;
}

/**
 * Sets how many products run side by side: one for every member, as far as the scheme has rounds of so many, and their panels of B
 * are together no wider than one may be. Bytes of packed B, in which the last columns of each may be padding.
 */
static size_t build_products(strassen_plan *p) {
    const int turbo = p->engine == STRASSEN_ENGINE_TURBO;
    int64_t widest = max64(max64(p->core_m, p->core_n), 1); // the sides of a row-major C are exchanged
    for (int level = 0; level < p->levels; level++)
        widest = ceil_div(widest, min64(p->schemes[level]->m, p->schemes[level]->n));
    const int64_t fed = turbo ? min64(p->members, p->fused.most_products) : 1;
    p->leaf.products = (int)clamp64(p->leaf.nc / widest, 1, fed);
    const size_t one = leaf_b_bytes(&p->leaf, p->leaf.nc),
                 all = leaf_b_bytes(&p->leaf, widest) * (size_t)p->leaf.products;
    return one > all ? one : all;
}

/** "winograd^2+strassen": runs of equal names from the outermost level on. */
static void build_scheme_text(strassen_plan *p) {
    size_t used = 0;
    snprintf(p->scheme_text, PLAN_TEXT, "none");
    for (int level = 0, run; level < p->levels; level += run) {
        for (run = 1; level + run < p->levels && strcmp(p->schemes[level]->name, p->schemes[level + run]->name) == 0;
             run++) {
        }
        const int wrote = snprintf(p->scheme_text + used, PLAN_TEXT - used, run > 1 ? "%s%s^%d" : "%s%s",
                                   level > 0 ? "+" : "", p->schemes[level]->name, run);
        if (wrote < 0 || (size_t)wrote >= PLAN_TEXT - used) return;
        used += (size_t)wrote;
    }
}

strassen_status plan_build(strassen_plan *p) {
    strassen_status status = fused_create_classical(&p->classical);
    if (status != STRASSEN_OK) return status;
    p->core_m = p->problem.m;
    p->core_n = p->problem.n;
    int64_t targets = 1;
    if (p->engine == STRASSEN_ENGINE_BASIC) {
        p->basic.levels = p->levels;
        p->basic.schemes = (const strassen_scheme *const *)p->schemes;
        p->arena_bytes = basic_layout(&p->basic, p->problem.precision, p->problem.m, p->problem.k, p->problem.n);
    } else {
        candidate c = {p->levels, p->fused_levels, {0}};
        memcpy(c.schemes, p->schemes, sizeof c.schemes);
        candidate_core(&p->problem, &c, &p->core_m, &p->core_n);
        status = build_explicit(p, &targets);
    }
    if (status == STRASSEN_OK) status = build_fused(p, targets);
    if (status != STRASSEN_OK) return status;
    build_scheme_text(p);
    if (p->engine == STRASSEN_ENGINE_REFERENCE) return STRASSEN_OK; // packs nothing
    const size_t b_bytes = build_products(p);
    p->workspace_bytes =
        p->arena_bytes + leaf_a_bytes(&p->leaf) * (size_t)p->problem.threads + b_bytes + leaf_state_bytes(&p->leaf);
    return STRASSEN_OK;
}
