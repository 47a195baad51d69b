// SPDX-License-Identifier: AGPL-3.0-or-later
/** What plans promise beside the product: what is refused, what a run needs and tells. */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "scheme/scheme.h"
#include "strassen.h"

/** What strassen_plan_create refuses. */
static void test_bad_arguments(void) {
    const strassen_problem good = {STRASSEN_FLOAT64, 8, 8, 8, 1};
    strassen_problem problem = good;
    strassen_options o = strassen_options_default();
    strassen_plan *plan = NULL;
    problem.threads = 0;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_ERROR_ARGUMENT, "0 threads");
    problem = good;
    problem.m = -1;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_ERROR_ARGUMENT, "negative m");
    problem.m = INT64_MAX;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_ERROR_OVERFLOW, "huge m");
    for (int engine = STRASSEN_ENGINE_AUTO; engine <= STRASSEN_ENGINE_REFERENCE; engine++) {
        o.engine = (strassen_engine)engine;
        problem.m = problem.n = problem.k = (int64_t)1 << 31;
        CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_ERROR_OVERFLOW, "huge C, engine %d", engine);
        problem.m = (int64_t)1 << 33; // a long side alone is a matrix that a 64-bit BLAS is there for
        problem.n = problem.k = 1;
        CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "long side, engine %d", engine);
        strassen_plan_free(plan);
        plan = NULL;
    }
    o = strassen_options_default();
    o.kernel = "no_such_kernel";
    CHECK(strassen_plan_create(&good, &o, &plan) == STRASSEN_ERROR_ARGUMENT, "unknown kernel");
    o.kernel = NULL;
    for (o.isa = -7; o.isa < 100; o.isa += 49)
        CHECK(strassen_plan_create(&good, &o, &plan) == STRASSEN_ERROR_ARGUMENT, "instruction set %d", o.isa);
    const strassen_rational zero = {0, 1};
    strassen_scheme *false_scheme = NULL;
    CHECK(strassen_scheme_create("zero", 1, 1, 1, 1, &zero, &zero, &zero, &false_scheme) == STRASSEN_OK, "zero scheme");
    o = strassen_options_default();
    o.schemes[0] = false_scheme;
    o.schemes_count = 1;
    CHECK(strassen_plan_create(&good, &o, &plan) == STRASSEN_ERROR_NOT_A_SCHEME,
          "a plan accepts coefficients that do not multiply");
    strassen_scheme_free(false_scheme);
    CHECK(plan == NULL, "a failed call left a plan");
}

/** What strassen_run refuses before it touches anything. */
static void test_bad_runs(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 2, 2, 2, 1};
    strassen_plan *plan = NULL;
    _Alignas(64) double x[4] = {1, 2, 3, 4}, c[4] = {5, 6, 7, 8}, workspace[1 << 14];
    CHECK(strassen_plan_create(&problem, NULL, &plan) == STRASSEN_OK, "plan");
    CHECK(strassen_run(plan, 1, x, 1, 2, x, 1, 2, 0, c, 0, 2, NULL, NULL) == STRASSEN_ERROR_ARGUMENT,
          "C's rows on one");
    CHECK(strassen_run(plan, 1, x, 1, 2, x, 1, 2, 0, c, 1, 0, NULL, NULL) == STRASSEN_ERROR_ARGUMENT, "columns on one");
    CHECK(strassen_run(plan, 1, NULL, 1, 2, x, 1, 2, 0, c, 1, 2, NULL, NULL) == STRASSEN_ERROR_ARGUMENT, "no A");
    CHECK(strassen_run(plan, 1, x, 1, 2, x, 1, 2, 0, c, 1, 2, NULL, workspace + 1) == STRASSEN_ERROR_WORKSPACE,
          "a workspace that is not aligned");
    CHECK(c[0] == 5 && c[1] == 6 && c[2] == 7 && c[3] == 8, "a refused call wrote C");
    strassen_plan_free(plan);
    double error, ratio;
    CHECK(strassen_check(&problem, 1, NULL, 1, 2, x, 1, 2, 0, NULL, 1, 2, c, 1, 2, 0, &error, &ratio) ==
              STRASSEN_ERROR_ARGUMENT,
          "a check without A");
    CHECK(strassen_max_abs((strassen_precision)7, 2, 2, x, 1, 2, NULL, &error) == STRASSEN_ERROR_ARGUMENT,
          "precision 7");
}

/** Its work is counted when it is planned: level by level, not product by product, of which there are 8 · 10^10. */
static void test_basic_of_many_levels(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 1, 1, 1, 1};
    strassen_scheme *scheme = NULL;
    strassen_options o = strassen_options_default();
    strassen_plan *plan = NULL;
    strassen_work work;
    CHECK(strassen_scheme_builtin("3x3x3-23", &scheme) == STRASSEN_OK, "3x3x3-23");
    o.engine = STRASSEN_ENGINE_BASIC;
    o.schemes[0] = scheme;
    o.schemes_count = 1;
    o.levels = 8;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "8 levels");
    CHECK(strassen_plan_work(plan, 0, &work) == STRASSEN_OK && work.leaves == pow(23, 8), "%g leaves", work.leaves);
    strassen_plan_free(plan);
    strassen_scheme_free(scheme);
}

/** The last resort of those who have no memory: it packs nothing. */
static void test_reference_needs_no_workspace(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 300, 300, 300, 2};
    strassen_options o = strassen_options_default();
    strassen_plan *plan = NULL;
    strassen_plan_info info;
    o.engine = STRASSEN_ENGINE_REFERENCE;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "plan");
    CHECK(strassen_plan_describe(plan, &info) == STRASSEN_OK && info.workspace_bytes == 0, "%zu bytes",
          info.workspace_bytes);
    double *a = calloc(2 * 300 * 300, sizeof *a), *c = a + 300 * 300;
    for (int i = 0; i < 300; i++) a[i * 300 + i] = i;
    CHECK(strassen_run(plan, 1, a, 1, 300, a, 1, 300, 0, c, 1, 300, NULL, NULL) == STRASSEN_OK, "run");
    CHECK(c[0] == 0 && c[299 * 300 + 299] == 299.0 * 299.0 && c[1] == 0, "product");
    free(a);
    strassen_plan_free(plan);
}

/** Workspace of a plan with so many fused levels of Strassen's scheme, packed B of 1024 columns at most; `*products` receives how many run side by side, as the plan's text has it. */
static size_t fused_workspace(int64_t side, int levels, int threads, int *products) {
    const strassen_problem problem = {STRASSEN_FLOAT64, side, side, side, threads};
    strassen_profile profile;
    strassen_profile_derive(&profile, 0, 0, 0);
    profile.blocking[STRASSEN_FLOAT64].nc = 1024;
    strassen_options o = strassen_options_default();
    strassen_plan *plan = NULL;
    strassen_plan_info info;
    char text[256];
    size_t length;
    strassen_scheme *scheme = NULL;
    CHECK(strassen_scheme_builtin("strassen", &scheme) == STRASSEN_OK, "strassen");
    o.engine = STRASSEN_ENGINE_TURBO;
    o.profile = &profile;
    o.levels = o.fused_levels = levels;
    o.schemes[0] = scheme;
    o.schemes_count = 1;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "%d levels, %d threads", levels, threads);
    CHECK(strassen_plan_describe(plan, &info) == STRASSEN_OK, "described");
    CHECK(strassen_plan_explain(plan, text, sizeof text, &length) == STRASSEN_OK, "explained");
    const char *line = strstr(text, " products of the fused levels side by side");
    *products = line ? line[-1] - '0' : 1;
    strassen_plan_free(plan);
    strassen_scheme_free(scheme);
    return info.workspace_bytes;
}

/**
 * As many as there are members, as the scheme has without a common block of C, and as fit a panel of B that is as wide as the
 * profile allows one to be.
 */
static void test_products_side_by_side(void) {
    static const struct {
        int64_t side;
        int levels, threads, products;
    } cases[] = {{1024, 1, 1, 1}, {1024, 1, 2, 2},  {1024, 1, 64, 2}, {1024, 2, 1, 1},  {1024, 2, 2, 2},
                 {1024, 2, 3, 3}, {1024, 2, 64, 4}, {1025, 1, 2, 1},  {2048, 2, 64, 2}, {4096, 2, 64, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int products, alone;
        const size_t bytes = fused_workspace(cases[i].side, cases[i].levels, cases[i].threads, &products);
        const size_t classical = fused_workspace(cases[i].side, 0, cases[i].threads, &alone);
        CHECK(products == cases[i].products && alone == 1,
              "%d levels on %d threads: %d side by side, %d without levels", cases[i].levels, cases[i].threads,
              products, alone);
        CHECK(bytes == classical, "%d levels on %d threads: %zu bytes, without levels %zu", cases[i].levels,
              cases[i].threads, bytes, classical);
    }
}

static void count_packing(void *context, strassen_phase phase, int thread, int enter) {
    (void)thread;
    if (enter && phase != STRASSEN_PHASE_KERNEL) ++*(int *)context;
}

/** Without a level turbo is the classical product, which packs nothing where that does not pay. */
static void test_turbo_without_levels(void) {
    static double ones[64 * 64], c[64 * 64];
    const strassen_problem problem = {STRASSEN_FLOAT64, 64, 64, 64, 1};
    strassen_options o = strassen_options_default();
    strassen_plan *plan = NULL;
    strassen_pool *pool = NULL;
    int packed = 0, wrong = 0;
    for (int i = 0; i < 64 * 64; i++) ones[i] = 1;
    o.engine = STRASSEN_ENGINE_TURBO;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "plan");
    CHECK(strassen_pool_create(1, &pool) == STRASSEN_OK && strassen_pool_set_hook(pool, count_packing, &packed) == 0,
          "pool");
    CHECK(strassen_run(plan, 1, ones, 1, 64, ones, 1, 64, 0, c, 1, 64, pool, NULL) == STRASSEN_OK, "run");
    for (int i = 0; i < 64 * 64; i++) wrong += c[i] != 64;
    CHECK(packed == 0 && wrong == 0, "packed %d times, %d wrong elements", packed, wrong);
    strassen_plan_free(plan);
    strassen_pool_free(pool);
}

/** One pool for plans of fewer threads and of all, in any order: only those that take part are called. */
static void test_members_change(void) {
    strassen_pool *pool = NULL;
    strassen_plan *plans[5] = {0};
    static double ones[64 * 64], c[64 * 64];
    CHECK(strassen_pool_create(5, &pool) == STRASSEN_OK, "pool");
    for (int i = 0; i < 64 * 64; i++) ones[i] = 1;
    for (int i = 0; i < 5; i++) {
        const strassen_problem problem = {STRASSEN_FLOAT64, 64, 64, 64, i + 1};
        strassen_options o = strassen_options_default();
        o.engine = STRASSEN_ENGINE_TURBO;
        o.levels = o.fused_levels = 1;
        CHECK(strassen_plan_create(&problem, &o, &plans[i]) == STRASSEN_OK, "plan of %d", i + 1);
    }
    int wrong = 0;
    for (int run = 0; run < 500; run++) {
        strassen_run(plans[rand() % 5], 1, ones, 1, 64, ones, 1, 64, 0, c, 1, 64, pool, NULL);
        for (int i = 0; i < 64 * 64; i++) wrong += c[i] != 64;
    }
    CHECK(wrong == 0, "%d wrong elements", wrong);
    for (int i = 0; i < 5; i++) strassen_plan_free(plans[i]);
    strassen_pool_free(pool);
}

/** C of ones times ones by a plan is k everywhere. */
static void check_ones(const strassen_plan *plan, int64_t m, int64_t k, int64_t n) {
    double *ones = calloc((size_t)(m * k + k * n + m * n), sizeof *ones), *c = ones + m * k + k * n;
    int64_t wrong = 0;
    for (int64_t i = 0; i < m * k + k * n; i++) ones[i] = 1;
    CHECK(strassen_run(plan, 1, ones, 1, m, ones + m * k, 1, k, 0, c, 1, m, NULL, NULL) == STRASSEN_OK, "run");
    for (int64_t i = 0; i < m * n; i++) wrong += c[i] != (double)k;
    CHECK(wrong == 0, "%lld wrong elements of %lld×%lld×%lld", (long long)wrong, (long long)m, (long long)k,
          (long long)n);
    free(ones);
}

/** More blocks of C than a pass of the interpreter may have rows: the level runs without passes. */
static void test_many_blocks_explicitly(void) {
    strassen_scheme *outer = NULL, *inner = NULL, *both = NULL;
    CHECK(strassen_scheme_builtin("strassen", &outer) == STRASSEN_OK, "strassen");
    CHECK(strassen_scheme_builtin("3x2x3-15", &inner) == STRASSEN_OK, "3x2x3-15");
    CHECK(strassen_scheme_compose(outer, inner, &both) == STRASSEN_OK, "6x4x6");
    const strassen_problem problem = {STRASSEN_FLOAT64, 125, 131, 83, 1}; // m, n, k
    strassen_options o = strassen_options_default();
    strassen_plan *plan = NULL;
    o.engine = STRASSEN_ENGINE_TURBO;
    o.schemes[0] = both;
    o.schemes_count = o.levels = 1;
    o.fused_levels = 0;
    const strassen_status status = strassen_plan_create(&problem, &o, &plan);
    CHECK(status == STRASSEN_OK, "status %d", (int)status);
    if (plan) check_ones(plan, 125, 83, 131);
    strassen_plan_free(plan);
    strassen_scheme_free(outer);
    strassen_scheme_free(inner);
    strassen_scheme_free(both);
}

static atomic_int seen_members;
static void note_member(void *context, strassen_phase phase, int thread, int enter) {
    (void)context, (void)phase, (void)enter;
    atomic_fetch_or(&seen_members, 1 << thread);
}

/** A long inner product of few tiles is not shared among members that would only meet at barriers. */
static void test_no_more_members_than_tiles(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 4, 4, 100000, 4};
    strassen_pool *pool = NULL;
    strassen_plan *plan = NULL;
    CHECK(strassen_pool_create(4, &pool) == STRASSEN_OK, "pool");
    strassen_options o = strassen_options_default();
    o.engine = STRASSEN_ENGINE_CLASSICAL; // asks for all threads
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "plan");
    double *ones = calloc(800016, sizeof *ones), *c = ones + 800000;
    for (int i = 0; i < 800000; i++) ones[i] = 1;
    strassen_pool_set_hook(pool, note_member, NULL);
    CHECK(strassen_run(plan, 1, ones, 1, 4, ones + 400000, 1, 100000, 0, c, 1, 4, pool, NULL) == STRASSEN_OK, "run");
    CHECK(seen_members == 1 && c[0] == 100000 && c[15] == 100000, "members %x, c %g", (int)seen_members, c[0]);
    strassen_plan_free(plan);
    strassen_pool_free(pool);
    free(ones);
}

/** A price of updates far above that of sums makes no program impossible. */
static void test_extreme_prices(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 512, 512, 512, 1};
    strassen_profile profile;
    strassen_profile_derive(&profile, 0, 0, 0);
    for (int i = 0; i < profile.tunings; i++) {
        profile.tuning[i].costs.sum_ns = 1e-6;
        profile.tuning[i].costs.update_ns = 1e9;
    }
    for (int engine = STRASSEN_ENGINE_BASIC; engine <= STRASSEN_ENGINE_TURBO; engine++) {
        strassen_options o = strassen_options_default();
        strassen_plan *plan = NULL;
        o.engine = (strassen_engine)engine;
        o.profile = &profile;
        o.levels = 1;
        o.fused_levels = 0;
        CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "engine %d", engine);
        strassen_plan_info info;
        CHECK(strassen_plan_describe(plan, &info) == STRASSEN_OK && info.flops < 2.0 * 512 * 512 * 512,
              "engine %d: %g flops", engine, info.flops);
        strassen_plan_free(plan);
    }
}

/** A right C is right where the product itself is nothing. */
static void test_check_without_product(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 2, 2, 2, 1};
    const double zero[4] = {0}, before[4] = {1, 2, 3, 4};
    double after[4], error, ratio;
    for (int i = 0; i < 4; i++) after[i] = 0.1 * before[i];
    for (int alpha = 0; alpha <= 1; alpha++) {
        CHECK(strassen_check(&problem, alpha, zero, 1, 2, zero, 1, 2, 0.1, before, 1, 2, after, 1, 2, 0, &error,
                             &ratio) == STRASSEN_OK,
              "check");
        CHECK(ratio <= 2, "alpha %d: error %g, ratio %g", alpha, error, ratio);
    }
}

int main(void) {
    test_bad_arguments();
    test_bad_runs();
    test_basic_of_many_levels();
    test_reference_needs_no_workspace();
    test_products_side_by_side();
    test_turbo_without_levels();
    test_members_change();
    test_many_blocks_explicitly();
    test_no_more_members_than_tiles();
    test_extreme_prices();
    test_check_without_product();
    return check_summary();
}
