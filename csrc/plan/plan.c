// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/text.h"
#include "plan/plan.h"
#include "plan/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_THREADS 1024
/**
 * Elements of a matrix beyond which the arithmetic of strides and workspaces could overflow: 8 PiB of doubles, more than
 * a process can address. A side alone may be as long.
 */
#define MAX_ELEMENTS ((int64_t)1 << 50)

strassen_options strassen_options_default(void) {
    return (strassen_options){.engine = STRASSEN_ENGINE_AUTO,
                              .levels = -1,
                              .fused_levels = -1,
                              .max_workspace = SIZE_MAX,
                              .isa = -1,
                              .max_levels = -1};
}

static int too_large(int64_t rows, int64_t columns) {
    return max64(rows, columns) > MAX_ELEMENTS / max64(1, min64(rows, columns));
}

static strassen_status check_problem(const strassen_problem *p) {
    if (p->precision != STRASSEN_FLOAT32 && p->precision != STRASSEN_FLOAT64) return STRASSEN_ERROR_ARGUMENT;
    if (p->m < 0 || p->n < 0 || p->k < 0 || p->threads < 1 || p->threads > MAX_THREADS) return STRASSEN_ERROR_ARGUMENT;
    return too_large(p->m, p->k) || too_large(p->k, p->n) || too_large(p->m, p->n) ? STRASSEN_ERROR_OVERFLOW
                                                                                   : STRASSEN_OK;
}

static strassen_status check_options(const strassen_options *o) {
    if ((int)o->engine < STRASSEN_ENGINE_AUTO || o->engine > STRASSEN_ENGINE_REFERENCE) return STRASSEN_ERROR_ARGUMENT;
    if (o->schemes_count < 0 || o->schemes_count > STRASSEN_MAX_LEVELS || o->levels < -1 ||
        o->levels > STRASSEN_MAX_LEVELS || o->fused_levels < -1 || o->max_levels < -1 ||
        (o->levels >= 0 && o->fused_levels > o->levels))
        return STRASSEN_ERROR_ARGUMENT;
    if (o->isa < -1 || o->isa > STRASSEN_ISA_AVX512) return STRASSEN_ERROR_ARGUMENT;
    if (o->isa >= 0 && !strassen_isa_supported((strassen_isa)o->isa)) return STRASSEN_ERROR_UNSUPPORTED;
    if (o->profile && !profile_is_valid(o->profile)) return STRASSEN_ERROR_ARGUMENT;
    for (int i = 0; i < o->schemes_count; i++) {
        strassen_brent_report report;
        if (!o->schemes[i]) return STRASSEN_ERROR_ARGUMENT;
        const strassen_status status = strassen_scheme_verify(o->schemes[i], &report);
        if (status != STRASSEN_OK) return status;
        if (report.failed > 0) return STRASSEN_ERROR_NOT_A_SCHEME;
    }
    return STRASSEN_OK;
}

static int kernel_is_known(const char *name) {
    for (int i = 0; i < strassen_kernel_count(); i++)
        if (strcmp(kernel_at(i)->name, name) == 0) return 1;
    return 0;
}

/** The profile's blocking, fitted to the kernel's tile and to the problem. */
static strassen_status setup_leaf(strassen_plan *p, const strassen_options *o, const strassen_profile *profile) {
    if (o->kernel && !kernel_is_known(o->kernel)) return STRASSEN_ERROR_ARGUMENT;
    const strassen_blocking *blocking = &profile->blocking[p->problem.precision];
    const char *wanted = o->kernel ? o->kernel : o->isa < 0 && blocking->kernel[0] ? blocking->kernel : NULL;
    const kernel *k = kernel_find(p->problem.precision, p->isa, wanted);
    if (!k && !o->kernel) k = kernel_find(p->problem.precision, p->isa, NULL);
    if (!k) return STRASSEN_ERROR_UNSUPPORTED;
    const int64_t longest = max64(p->problem.m, p->problem.n); // a row-major C exchanges the two
    p->isa = k->isa;
    p->lines = lines_for(k->isa);
    p->leaf.kernel = k;
    p->leaf.mc = min64(max64(blocking->mc / k->mr, 1) * k->mr, round_up(max64(longest, 1), k->mr));
    p->leaf.kc = clamp64(blocking->kc, 1, max64(p->problem.k, 1));
    p->leaf.nc = round_up(min64(blocking->nc, max64(longest, 1)), k->nr);
    return STRASSEN_OK;
}

/** Tiles of C, the finest that a leaf deals out: more members than these would only meet at barriers. */
static int64_t most_items(const strassen_plan *p) {
    const int64_t m = p->problem.m, n = p->problem.n, mr = p->leaf.kernel->mr, nr = p->leaf.kernel->nr;
    return max64(
        1, max64(ceil_div(m, mr) * ceil_div(n, nr), ceil_div(n, mr) * ceil_div(m, nr))); // C by rows or by columns
}

strassen_tuning plan_tuning(const strassen_profile *profile, strassen_precision precision, int threads) {
    const strassen_tuning *nearest = NULL;
    for (int i = 0; i < profile->tunings; i++) {
        const strassen_tuning *t = &profile->tuning[i];
        if (t->precision == precision && (!nearest || abs(t->threads - threads) < abs(nearest->threads - threads)))
            nearest = t;
    }
    if (!nearest) {
        strassen_profile derived;
        strassen_profile_derive(&derived, profile->l1d, profile->l2, profile->l3);
        return plan_tuning(&derived, precision, threads);
    }
    strassen_tuning tuning = *nearest;
    if (tuning.threads !=
        threads) { // but for sums, which wait for the memory that all share, and what a leaf costs by itself
        const double scale = (double)tuning.threads / threads;
        tuning.costs.fma_ns *= scale;
        for (int i = 0; i < 4; i++) tuning.costs.pack_ns[i] *= scale;
        tuning.costs.update_ns *= scale;
        tuning.threads = threads;
    }
    return tuning;
}

static void take(strassen_plan *p, const candidate *c) {
    p->levels = c->levels;
    p->fused_levels = c->fused_levels;
    for (int level = 0; level < c->levels; level++)
        p->schemes[level] = (strassen_scheme *)c->schemes[level]; // choose_* hands over clones
}

/** Levels and schemes, by the engine's rule. */
static strassen_status choose(strassen_plan *p, const strassen_options *o, const strassen_tuning *tuning, int64_t l3) {
    const strassen_costs costs = model_costs(&p->problem, &tuning->costs, l3);
    const planner planner = {&p->problem, o, tuning, &costs, &p->leaf};
    candidate best = {0};
    strassen_status status = STRASSEN_OK;
    snprintf(p->reason, PLAN_TEXT, "as asked");
    if (o->engine == STRASSEN_ENGINE_AUTO || o->engine == STRASSEN_ENGINE_TURBO)
        status = choose_turbo(&planner, &best, p->reason);
    else if (o->engine == STRASSEN_ENGINE_BASIC || o->engine == STRASSEN_ENGINE_OPTIMAL)
        status = choose_plain(&planner, &best, p->reason);
    if (status != STRASSEN_OK) return status;
    take(p, &best);
    p->engine = o->engine;
    if (o->engine == STRASSEN_ENGINE_AUTO)
        p->engine = best.levels > 0 ? STRASSEN_ENGINE_TURBO : STRASSEN_ENGINE_CLASSICAL;
    return STRASSEN_OK;
}

/** By the walk of strassen_plan_work. */
static double counted_flops(const strassen_plan *p) {
    strassen_work work = {0};
    strassen_plan_work(p, 0, &work);
    return 2 * work.multiply_adds + work.pack_additions[0] + work.pack_additions[1] + work.sum_additions;
}

/** The model's prediction for the plan as built. */
static void predict(strassen_plan *p, const strassen_costs *costs) {
    const schedule_counts *counts[STRASSEN_MAX_LEVELS][2] = {0};
    candidate c = {p->levels, p->fused_levels, {0}};
    for (int level = 0; level < p->levels; level++) {
        c.schemes[level] = p->schemes[level];
        for (int mode = 0; mode < 2 && p->programs[level][mode]; mode++)
            counts[level][mode] = &p->programs[level][mode]->counts;
        p->error_growth *= model_error_growth(p->schemes[level]);
    }
    const int foreign = p->foreign.gemm && (p->engine == STRASSEN_ENGINE_BASIC || p->engine == STRASSEN_ENGINE_OPTIMAL);
    if (p->engine == STRASSEN_ENGINE_BASIC) p->flops = counted_flops(p);
    if (p->engine == STRASSEN_ENGINE_BASIC || p->engine == STRASSEN_ENGINE_REFERENCE) return;
    const estimate e = model_estimate(&p->problem, &c, costs, &p->leaf, counts);
    p->flops = e.flops;
    p->predicted_ns = foreign ? 0 : e.ns;
}

static strassen_status make(strassen_plan *p, const strassen_options *o) {
    strassen_profile derived;
    const strassen_profile *profile = o->profile;
    if (!profile) {
        strassen_profile_derive(&derived, 0, 0, 0);
        profile = &derived;
    }
    p->isa = o->isa >= 0 ? (strassen_isa)o->isa : strassen_isa_best();
    p->foreign = (foreign_leaf){o->leaf, o->leaf_context};
    p->error_growth = 1;
    p->flops = 2.0 * (double)p->problem.m * (double)p->problem.n * (double)p->problem.k;
    p->members =
        o->engine == STRASSEN_ENGINE_AUTO ? team_members(p->flops / 2, p->problem.threads) : p->problem.threads;
    strassen_status status = setup_leaf(p, o, profile);
    if (status != STRASSEN_OK) return status;
    p->members = (int)min64(p->members, most_items(p));
    const strassen_tuning tuning = plan_tuning(profile, p->problem.precision, p->problem.threads);
    // Threads change no bit of what a plan computes, but they may change the plan: then the prices of one thread decide.
    const strassen_tuning deciding = o->deterministic ? plan_tuning(profile, p->problem.precision, 1) : tuning;
    p->costs = deciding.costs;
    status = choose(p, o, &deciding, profile->l3);
    if (status == STRASSEN_OK) status = plan_build(p);
    const int turbo_alone = p->engine == STRASSEN_ENGINE_TURBO && p->levels == 0; // which is the classical product
    if ((p->engine == STRASSEN_ENGINE_CLASSICAL || turbo_alone) && !o->kernel)
        p->unpacked = small_gemm_for(p->isa, p->problem.precision);
    const strassen_costs costs = model_costs(&p->problem, &tuning.costs, profile->l3);
    if (status == STRASSEN_OK) predict(p, &costs);
    return status;
}

strassen_status strassen_plan_create(const strassen_problem *problem, const strassen_options *options,
                                     strassen_plan **out) {
    const strassen_options defaults = strassen_options_default();
    if (!problem || !out) return STRASSEN_ERROR_ARGUMENT;
    *out = NULL;
    if (!options) options = &defaults;
    strassen_status status = check_problem(problem);
    if (status == STRASSEN_OK) status = check_options(options);
    if (status != STRASSEN_OK) return status;
    strassen_plan *plan = calloc(1, sizeof *plan);
    if (!plan) return STRASSEN_ERROR_MEMORY;
    plan->problem = *problem;
    status = make(plan, options);
    if (status != STRASSEN_OK) {
        strassen_plan_free(plan);
        return status;
    }
    *out = plan;
    return STRASSEN_OK;
}

void strassen_plan_free(strassen_plan *plan) {
    if (!plan) return;
    for (int level = 0; level < STRASSEN_MAX_LEVELS; level++) {
        strassen_scheme_free(plan->schemes[level]);
        plan_program_release(plan->programs[level][0]);
        plan_program_release(plan->programs[level][1]);
    }
    fused_free(&plan->fused);
    fused_free(&plan->classical);
    free(plan);
}

strassen_status strassen_plan_describe(const strassen_plan *plan, strassen_plan_info *info) {
    if (!plan || !info) return STRASSEN_ERROR_ARGUMENT;
    *info = (strassen_plan_info){.engine = plan->engine,
                                 .precision = plan->problem.precision,
                                 .m = plan->problem.m,
                                 .n = plan->problem.n,
                                 .k = plan->problem.k,
                                 .threads = plan->problem.threads,
                                 .levels = plan->levels,
                                 .fused_levels = plan->fused_levels,
                                 .scheme = plan->scheme_text,
                                 .kernel = plan->leaf.kernel->name,
                                 .isa = plan->isa,
                                 .mc = plan->leaf.mc,
                                 .kc = plan->leaf.kc,
                                 .nc = plan->leaf.nc,
                                 .workspace_bytes = plan->workspace_bytes,
                                 .predicted_seconds = plan->predicted_ns * 1e-9,
                                 .flops = plan->flops,
                                 .error_growth = plan->error_growth,
                                 .reason = plan->reason};
    return STRASSEN_OK;
}

static void put_plan(text_writer *w, const void *object) {
    const strassen_plan *plan = object;
    for (int level = 0; level < plan->levels; level++) {
        const char *how = plan->programs[level][0]                ? "explicit"
                          : plan->engine == STRASSEN_ENGINE_BASIC ? "by the definition"
                                                                  : "fused";
        text_put(w, "level %d, %s, %s\n", level + 1, how, plan->schemes[level]->name);
        if (level == plan->levels - 1 && plan->leaf.products > 1)
            text_put(w, "%d products of the fused levels side by side\n", plan->leaf.products);
        if (plan->programs[level][0]) {
            schedule_put(w, plan->programs[level][0]);
            text_put(w, "level %d where it accumulates:\n", level + 1);
            schedule_put(w, plan->programs[level][1]);
        }
    }
}

strassen_status strassen_plan_explain(const strassen_plan *plan, char *buffer, size_t capacity, size_t *length) {
    if (!plan || !length || (capacity > 0 && !buffer)) return STRASSEN_ERROR_ARGUMENT;
    text_format(put_plan, plan, buffer, capacity, length);
    return STRASSEN_OK;
}
