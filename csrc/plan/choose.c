// SPDX-License-Identifier: AGPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/plan.h"

/** Blocks smaller than this in any direction are never worth a fused level, whatever a profile says. */
#define SMALLEST_BLOCK 16
#define MAX_EXPLICIT 4
#define MAX_FUSED 2
#define MAX_PROGRAMS 16
/**
 * What a candidate must be predicted to gain over a simpler one, or that one is taken: the model is not that good, and of
 * equals the simpler is safer. An explicit level also takes memory.
 */
#define FUSED_LEVEL_GAIN 0.01
#define EXPLICIT_LEVEL_GAIN 0.015
#define NOTHING_FUSED_GAIN 0.005
#define OTHER_SCHEME_GAIN 0.04
/** Of the second fused level: its sums of four far blocks cost up to a sixth more than the model says (docs/tried.md). */
#define SECOND_FUSED_GAIN 0.08
/** Of the third level above shorter leaves: it triples the error, and took 2 % longer than predicted at 4096 on one thread. */
#define THIRD_LEVEL_GAIN 0.02
/** Of the third level where all sides of a leaf are LONG_LEAF or more: what it is predicted to gain at 8192 on two threads, 2 to 3 %, it does. */
#define LONG_THIRD_LEVEL_GAIN (-0.005)
#define LONG_LEAF 1000
/** Of the fourth level: 6 to 9 % slower than predicted at 2600 to 5000; at 8192 1.12 of OpenBLAS, three levels 1.20. */
#define FOURTH_LEVEL_GAIN 0.08
/** Of any level on several threads, which share the memory's bandwidth with each other and with other programs. */
#define SHARED_GAIN 0.01
/** The model of the error is a typical value; several levels keep this distance from the limit. */
#define ERROR_MARGIN 0.95

/** Explicit levels: the first scheme, and on the innermost of them any. */
static const char *const own_explicit[] = {"winograd", "strassen"};
static const char *const own_accurate[] = {"accurate"};
/** What `auto` fuses; one level each, Strassen also two. */
static const char *const own_fused[] = {"strassen", "3x2x3-15", "2x2x3-11", "2x3x2-11",
                                        "3x2x2-11", "2x3x3-15", "3x3x2-15"};

void candidate_core(const strassen_problem *problem, const candidate *candidate, int64_t *core_m, int64_t *core_n) {
    int64_t by_m = 1, by_n = 1;
    for (int level = 0; level < candidate->levels - candidate->fused_levels; level++) {
        by_m *= candidate->schemes[level]->m;
        by_n *= candidate->schemes[level]->n;
    }
    *core_m = problem->m / by_m * by_m;
    *core_n = problem->n / by_n * by_n;
}

/** The search's state: the best candidate so far, and a scheduler's result a scheme. */
typedef struct search {
    const planner *planner;
    strassen_status status; /**< MEMORY once an allocation has failed: what is found without it is another plan */
    size_t workspace_limit;
    int found;
    candidate best;
    estimate best_estimate;
    double classical_ns;
    int programs;
    struct {
        const strassen_scheme *scheme;
        level_place place;
        const schedule *program[2]; /**< null: it has none that the interpreter can run */
    } program[MAX_PROGRAMS];        /**< schemes repeat from level to level and from candidate to candidate */
} search;

/** Counts of the programs of `scheme` in its place; 0 if it has none. */
static int counts_of(search *s, const strassen_scheme *scheme, level_place place, const schedule_counts *counts[2]) {
    int i = 0;
    while (i < s->programs &&
           !(s->program[i].scheme == scheme && s->program[i].place.operand_terms == place.operand_terms &&
             s->program[i].place.steps == place.steps))
        i++;
    if (i == MAX_PROGRAMS) return 0;
    if (i == s->programs) {
        s->programs++;
        s->program[i].scheme = scheme;
        s->program[i].place = place;
        for (int mode = 0; mode < 2; mode++) {
            const schedule **program = &s->program[i].program[mode];
            const strassen_status status = plan_program(scheme, &s->planner->tuning->costs, place, mode, program);
            if (status != STRASSEN_OK) *program = NULL;
            if (status == STRASSEN_ERROR_MEMORY) s->status = status;
        }
    }
    for (int mode = 0; mode < 2; mode++) {
        if (!s->program[i].program[mode]) return 0;
        counts[mode] = &s->program[i].program[mode]->counts;
    }
    return 1;
}

int64_t strassen_mean_side(int64_t m, int64_t k, int64_t n) {
    if (m <= 0 || k <= 0 || n <= 0) return 0;
    const double mean = 3 / (1 / (double)m + 1 / (double)k + 1 / (double)n) *
                        (1 + 1e-12); // of equal sides that side, whatever is rounded
    return mean < 9e18 ? (int64_t)mean : INT64_MAX;
}

/** Blocks that the levels split, and those below all levels, are large enough. */
static int blocks_allow(const search *s, const candidate *c) {
    const strassen_problem *p = s->planner->problem;
    const int64_t cutoff = s->planner->options->cutoff > 0 ? s->planner->options->cutoff : 0;
    int64_t m = p->m, k = p->k, n = p->n;
    for (int level = 0; level < c->levels; level++) {
        const int is_explicit = level < c->levels - c->fused_levels;
        const int64_t least = cutoff        ? cutoff
                              : is_explicit ? s->planner->tuning->explicit_cutoff
                                            : s->planner->tuning->cutoff;
        if (strassen_mean_side(m, k, n) < least) return 0;
        m /= c->schemes[level]->m;
        k /= c->schemes[level]->k;
        n /= c->schemes[level]->n;
    }
    return c->levels == 0 || min64(m, min64(k, n)) >= SMALLEST_BLOCK;
}

/** What the planner's own choices keep to: 3 times the classical error a level, 2.2 times when asked to be accurate. */
static int error_allowed(const search *s, const candidate *c) {
    const double a_level = s->planner->options->accurate ? 2.2 : 3;
    double growth = 1, limit = 1.0001;
    for (int level = 0; level < c->levels; level++) {
        growth *= model_error_growth(c->schemes[level]);
        limit *= a_level;
    }
    return growth <= (c->levels > 1 ? ERROR_MARGIN * limit : limit);
}

/** Most entries that a row of a scheme's factor has: blocks that a product sums or goes into. */
static int64_t most_entries(const strassen_scheme *scheme, strassen_factor factor) {
    int64_t most = 1;
    for (int product = 0; product < scheme->rank; product++)
        most = max64(most, scheme_row_entries(scheme, factor, product));
    return most;
}

/** Counts of the programs of all explicit levels; 0 if one has none, or a leaf would have more targets than a kernel takes. */
static int programs_allow(search *s, const candidate *c, int foreign, const schedule_counts *counts[][2]) {
    int64_t k = s->planner->problem->k, targets = 1;
    for (int level = 0; level < c->levels; level++) {
        if (level < c->levels - c->fused_levels) {
            k = ceil_div(k, c->schemes[level]->k);
            if (!counts_of(s, c->schemes[level], place_of(c, level, k, s->planner->leaf, foreign), counts[level]))
                return 0;
            targets *= max64(counts[level][0]->max_targets, counts[level][1]->max_targets);
        } else {
            targets *= most_entries(c->schemes[level], STRASSEN_W);
        }
        if (targets > KERNEL_MAX_TERMS) return 0;
    }
    return 1;
}

/** 1 if the Kronecker product of the fused levels stays within the limits of a scheme and of what packing sums up. */
static int fusion_allows(const candidate *c) {
    int64_t m = 1, k = 1, n = 1, rank = 1, terms[2] = {1, 1};
    for (int level = c->levels - c->fused_levels; level < c->levels; level++) {
        const strassen_scheme *scheme = c->schemes[level];
        m *= scheme->m, k *= scheme->k, n *= scheme->n, rank *= scheme->rank;
        if (max64(m, max64(k, n)) > STRASSEN_SCHEME_MAX_DIM || rank > STRASSEN_SCHEME_MAX_RANK) return 0;
        terms[0] *= most_entries(scheme, STRASSEN_U), terms[1] *= most_entries(scheme, STRASSEN_V);
        if (max64(terms[0], terms[1]) > KERNEL_MAX_TERMS) return 0;
    }
    return 1;
}

/** 1 if no side of the leaves is short. */
static int leaves_are_long(const strassen_problem *problem, const candidate *c) {
    int64_t m = problem->m, k = problem->k, n = problem->n;
    for (int level = 0; level < c->levels; level++)
        m /= c->schemes[level]->m, k /= c->schemes[level]->k, n /= c->schemes[level]->n;
    return min64(m, min64(k, n)) >= LONG_LEAF;
}

/** Predicted time with what more complicated candidates must gain on top: by this candidates are compared. */
static double judged_ns(const planner *planner, const candidate *c, double ns) {
    const int explicit_levels = c->levels - c->fused_levels;
    double gain = explicit_levels * EXPLICIT_LEVEL_GAIN + c->fused_levels * FUSED_LEVEL_GAIN;
    if (explicit_levels > 0 && c->fused_levels == 0) gain += NOTHING_FUSED_GAIN;
    if (c->fused_levels > 1) gain += SECOND_FUSED_GAIN;
    if (c->levels > 2) gain += leaves_are_long(planner->problem, c) ? LONG_THIRD_LEVEL_GAIN : THIRD_LEVEL_GAIN;
    if (c->levels > 3) gain += FOURTH_LEVEL_GAIN;
    if (c->levels > 0 && planner->tuning->threads > 1) gain += SHARED_GAIN;
    for (int level = explicit_levels; level < c->levels; level++)
        if (c->schemes[level]->rank != 7) gain += OTHER_SCHEME_GAIN;
    return ns * (1 + gain);
}

static void consider(search *s, const candidate *c) {
    const schedule_counts *counts[STRASSEN_MAX_LEVELS][2];
    if (!fusion_allows(c) || !programs_allow(s, c, 0, counts)) return;
    const estimate e = model_estimate(s->planner->problem, c, s->planner->costs, s->planner->leaf, counts);
    if (e.arena_bytes > s->workspace_limit) return;
    if (s->found && judged_ns(s->planner, c, e.ns) >= judged_ns(s->planner, &s->best, s->best_estimate.ns)) return;
    s->best = *c;
    s->best_estimate = e;
    s->found = 1;
}

/** Schemes by name, made for one search. */
typedef struct shelf {
    int count;
    strassen_scheme *schemes[16];
} shelf;

/** Adds built-in schemes; MEMORY. */
static strassen_status shelf_fill(shelf *s, const char *const *names, int count) {
    strassen_status status = STRASSEN_OK;
    for (int i = 0; i < count && status == STRASSEN_OK; i++) {
        status = strassen_scheme_builtin(names[i], &s->schemes[s->count]);
        if (status == STRASSEN_OK) s->count++;
    }
    return status;
}

static void shelf_free(shelf *s) {
    for (int i = 0; i < s->count; i++) strassen_scheme_free(s->schemes[i]);
}

static candidate levels_of(const shelf *outer, int explicit_levels, int innermost, const strassen_scheme *inner,
                           int fused_levels) {
    candidate c = {explicit_levels + fused_levels, fused_levels, {0}};
    for (int level = 0; level < c.levels; level++)
        c.schemes[level] = level < explicit_levels - 1 ? outer->schemes[0]
                           : level < explicit_levels   ? outer->schemes[innermost]
                                                       : inner;
    return c;
}

/** The caller's schemes, outermost first, the last one repeated. */
static candidate levels_given(const strassen_options *options, int levels, int fused_levels) {
    candidate c = {levels, fused_levels, {0}};
    for (int level = 0; level < levels; level++)
        c.schemes[level] = options->schemes[level < options->schemes_count ? level : options->schemes_count - 1];
    return c;
}

/** 1 if the options and the planner's own limits leave so many levels open. */
static int levels_allowed(const strassen_options *o, int levels, int fused_levels) {
    if (o->fused_levels >= 0 ? fused_levels != o->fused_levels : fused_levels > MAX_FUSED) return 0;
    if (o->levels >= 0) return levels == o->levels;
    return levels > 0 && levels - fused_levels <= MAX_EXPLICIT && (o->max_levels < 0 || levels <= o->max_levels);
}

/** All splits of the caller's schemes into explicit and fused levels that the options leave open. */
static void consider_given(search *s) {
    const strassen_options *o = s->planner->options;
    const int least = o->levels >= 0 ? o->levels : 1, most = o->levels >= 0 ? o->levels : MAX_EXPLICIT + MAX_FUSED;
    for (int levels = least; levels <= most; levels++)
        for (int fused = 0; fused <= levels; fused++) {
            if (!levels_allowed(o, levels, fused)) continue;
            const candidate c = levels_given(o, levels, fused);
            if (o->levels >= 0 || blocks_allow(s, &c)) consider(s, &c);
        }
}

/** The planner's own choice: `outer` explicitly, any of `inner` fused below. */
static void consider_own(search *s, const shelf *outer, const shelf *inner) {
    const strassen_options *o = s->planner->options;
    for (int e = 0; e <= MAX_EXPLICIT; e++)
        for (int last = 0; last < (e > 0 ? outer->count : 1); last++)
            for (int i = 0; i < inner->count; i++)
                for (int f = i == 0 ? 0 : 1; f <= (i == 0 ? MAX_FUSED : 1); f++) {
                    if (e + f == 0 || !levels_allowed(o, e + f, f)) continue;
                    const candidate c = levels_of(outer, e, last, inner->schemes[i], f);
                    if ((o->levels >= 0 || blocks_allow(s, &c)) && error_allowed(s, &c)) consider(s, &c);
                }
}

/** The cutoff that holds for whole problems. */
static int64_t least_mean_side(const search *s) {
    const int64_t own = s->planner->options->cutoff;
    return own > 0 ? own : s->planner->tuning->cutoff;
}

static void explain_choice(const search *s, int fast, char *reason) {
    const strassen_options *o = s->planner->options;
    if (o->levels == 0 || (o->levels < 0 && o->max_levels == 0))
        snprintf(reason, PLAN_TEXT, "classical: no level is allowed");
    else if (fast)
        snprintf(reason, PLAN_TEXT, "%d explicit and %d fused levels: predicted %.4g ms, classical %.4g ms",
                 s->best.levels - s->best.fused_levels, s->best.fused_levels, s->best_estimate.ns * 1e-6,
                 s->classical_ns * 1e-6);
    else if (s->found)
        snprintf(reason, PLAN_TEXT, "classical: predicted %.4g ms, the best fast plan %.4g ms does not gain enough",
                 s->classical_ns * 1e-6, s->best_estimate.ns * 1e-6);
    else
        snprintf(
            reason, PLAN_TEXT,
            "classical: no level that was asked for fits above the cutoff of %lld, the workspace and the limit of the error",
            (long long)least_mean_side(s));
}

static void release_programs(search *s) {
    for (int i = 0; i < s->programs; i++)
        for (int mode = 0; mode < 2; mode++) plan_program_release(s->program[i].program[mode]);
}

/** Default limit of turbo's temporaries: the bytes of C, which the explicit levels of Winograd's form stay below. */
static size_t workspace_limit(const strassen_problem *p, const strassen_options *o) {
    if (o->max_workspace != SIZE_MAX || o->levels >= 0) return o->max_workspace;
    const double bytes = (double)p->m * (double)p->n * (double)element_size(p->precision);
    return bytes < 9e18 ? (size_t)bytes : SIZE_MAX;
}

static strassen_status adopt(search *s, candidate *best) {
    candidate c = s->best;
    for (int level = 0; level < c.levels; level++) {
        strassen_scheme *copy = NULL;
        const strassen_status status = scheme_clone(c.schemes[level], &copy);
        if (status != STRASSEN_OK) {
            for (int done = 0; done < level; done++) strassen_scheme_free((strassen_scheme *)c.schemes[done]);
            return status;
        }
        c.schemes[level] = copy;
    }
    *best = c;
    return STRASSEN_OK;
}

strassen_status choose_turbo(const planner *planner, candidate *best, char *reason) {
    const strassen_options *o = planner->options;
    search s = {.planner = planner, .workspace_limit = workspace_limit(planner->problem, o)};
    const candidate classical = {0};
    s.classical_ns = model_estimate(planner->problem, &classical, planner->costs, planner->leaf, NULL).ns;
    *best = classical;
    const strassen_problem *p = planner->problem;
    const int small = o->levels < 0 && strassen_mean_side(p->m, p->k, p->n) < least_mean_side(&s);
    shelf outer = {0}, inner = {0};
    if (o->schemes_count > 0 && o->levels != 0 && !small) {
        consider_given(&s);
    } else if (o->levels != 0 && !small) {
        s.status = o->accurate ? shelf_fill(&outer, own_accurate, 1) : shelf_fill(&outer, own_explicit, 2);
        if (s.status == STRASSEN_OK)
            s.status = o->accurate ? shelf_fill(&inner, own_accurate, 1)
                                   : shelf_fill(&inner, own_fused, (int)(sizeof own_fused / sizeof *own_fused));
        if (s.status == STRASSEN_OK) consider_own(&s, &outer, &inner);
    }
    int fast = s.found;
    if (o->engine == STRASSEN_ENGINE_AUTO && o->levels < 0 && s.found)
        fast = judged_ns(planner, &s.best, s.best_estimate.ns) < s.classical_ns;
    strassen_status status = s.status;
    if (status == STRASSEN_OK && fast)
        status = adopt(&s, best);
    else if (status == STRASSEN_OK && o->levels > 0)
        status = STRASSEN_ERROR_UNSUPPORTED;
    explain_choice(&s, fast, reason);
    release_programs(&s);
    shelf_free(&outer);
    shelf_free(&inner);
    return status;
}

strassen_status choose_plain(const planner *planner, candidate *best, char *reason) {
    const strassen_options *o = planner->options;
    const strassen_problem *p = planner->problem;
    search s = {.planner = planner, .found = 1};
    shelf own = {0};
    strassen_options given = *o;
    if (o->schemes_count == 0) {
        const strassen_status status = shelf_fill(&own, o->accurate ? own_accurate : own_explicit, 1);
        if (status != STRASSEN_OK) return status;
        given.schemes[0] = own.schemes[0];
        given.schemes_count = 1;
    }
    const int64_t cutoff = o->cutoff > 0 ? o->cutoff : planner->tuning->explicit_cutoff;
    int levels = o->levels >= 0 ? o->levels : 0;
    int64_t m = p->m, k = p->k, n = p->n;
    while (o->levels < 0 && levels_allowed(o, levels + 1, 0) && strassen_mean_side(m, k, n) >= cutoff) {
        const schedule_counts *counts[STRASSEN_MAX_LEVELS][2];
        const candidate deeper = levels_given(&given, levels + 1, 0);
        if (o->engine == STRASSEN_ENGINE_OPTIMAL && !programs_allow(&s, &deeper, o->leaf != NULL, counts)) break;
        const strassen_scheme *scheme = deeper.schemes[levels];
        levels++;
        m = ceil_div(m, scheme->m);
        k = ceil_div(k, scheme->k);
        n = ceil_div(n, scheme->n);
    }
    s.best = levels_given(&given, levels, 0);
    const strassen_status status = s.status == STRASSEN_OK ? adopt(&s, best) : s.status;
    snprintf(reason, PLAN_TEXT, "%d levels above a cutoff of %lld", levels, (long long)cutoff);
    release_programs(&s);
    shelf_free(&own);
    return status;
}
