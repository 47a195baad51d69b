// SPDX-License-Identifier: AGPL-3.0-or-later
#define _GNU_SOURCE
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "blas.h"

/** How a call went. */
typedef struct outcome {
    const strassen_plan_info *ran;
    const char *refused; /**< why a faster plan was not tried or not run, or null */
    bool alone;          /**< the pool was wished for in vain */
    int threads;         /**< that took part, or were called to */
} outcome;

/** What STRASSEN_VERBOSE says about products that need no plan. */
static const strassen_plan_info unpacked = {
    .engine = STRASSEN_ENGINE_CLASSICAL, .scheme = "none", .kernel = "unpacked", .reason = "a small product"};

static double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

static int wanted_threads(const blas_call *call) {
    return team_members((double)call->m * (double)call->n * (double)call->k, blas_configuration()->threads);
}

/** Largest magnitude of a column-major rows × cols matrix; NaN when there is one or it cannot be found out. */
static double largest_of(const blas_call *call, const blas_lease *lease, int64_t rows, int64_t cols, const void *x,
                         int64_t ld) {
    double largest = NAN;
    return strassen_max_abs(call->precision, rows, cols, x, 1, ld, lease->pool, &largest) == STRASSEN_OK ? largest
                                                                                                         : NAN;
}

/**
 * Null if a fast plan gives what the classical one would: finite operands, and no intermediate sum or product
 * that can overflow where the classical one does not. Else the reason. C counts when beta is not 0: products are added to
 * it one by one, and explicit levels add and subtract its blocks.
 */
static const char *data_forbid_fast(const blas_call *call, const blas_lease *lease, int levels) {
    const bool ta = call->transpose_a, tb = call->transpose_b;
    const double a = largest_of(call, lease, ta ? call->k : call->m, ta ? call->m : call->k, call->a, call->lda);
    if (!isfinite(a)) return "A holds NaN or infinity";
    const double b = largest_of(call, lease, tb ? call->n : call->k, tb ? call->k : call->n, call->b, call->ldb);
    if (!isfinite(b)) return "B holds NaN or infinity";
    const double c = call->beta != 0 ? largest_of(call, lease, call->m, call->n, call->c, call->ldc) : 0;
    if (!isfinite(c)) return "C holds NaN or infinity";
    const double product = a * b * (double)call->k, scale = fmax(1, fabs(call->alpha));
    const double largest = fmax(fmax(a, b), product) * scale + fmax(1, fabs(call->beta)) * c;
    const double limit = call->precision == STRASSEN_FLOAT64 ? DBL_MAX : (double)FLT_MAX;
    return largest < limit / pow(blas_configuration()->growth, levels) ? NULL : "sums of blocks could overflow";
}

/** Runs the call by `engine`. False, with C untouched and `refused` set, when that cannot or must not be. */
static bool run_with(const blas_call *call, blas_lease *lease, strassen_engine engine, outcome *out) {
    const blas_plan_key key = {.m = call->m,
                               .n = call->n,
                               .k = call->k,
                               .precision = call->precision,
                               .threads = lease->pool ? wanted_threads(call) : 1,
                               .engine = engine};
    strassen_status status;
    const blas_plan *plan = blas_plan_get(&key, &status);
    if (!plan) {
        out->refused = strassen_status_string(status);
        return false;
    }
    const strassen_plan_info *info = &plan->info;
    const char *refused = NULL;
    if (info->levels > 0 && blas_configuration()->policy == BLAS_POLICY_AUTO)
        refused = data_forbid_fast(call, lease, info->levels);
    if (!refused && !blas_lease_workspace(lease, info->workspace_bytes)) refused = "no memory for the workspace";
    if (!refused) {
        const int64_t lda = call->lda, ldb = call->ldb;
        const bool ta = call->transpose_a, tb = call->transpose_b;
        status = strassen_run(plan->plan, call->alpha, call->a, ta ? lda : 1, ta ? 1 : lda, call->b, tb ? ldb : 1,
                              tb ? 1 : ldb, call->beta, call->c, 1, call->ldc, lease->pool, lease->workspace);
        if (status != STRASSEN_OK) refused = strassen_status_string(status);
    }
    if (refused)
        out->refused = refused;
    else
        *out = (outcome){info, out->refused, out->alone, info->threads};
    return !refused;
}

static void print_call(const blas_call *call, const outcome *out, double ms) {
    const strassen_plan_info *info = out->ran;
    static const char *const engines[] = {"auto", "classical", "basic", "optimal", "turbo", "reference"};
    fprintf(stderr,
            "strassen: %cgemm %c%c m=%lld n=%lld k=%lld threads=%d engine=%s kernel=%s scheme=%s levels=%d %.3f ms "
            "(%s%s)\n",
            call->precision == STRASSEN_FLOAT64 ? 'd' : 's', call->transpose_a ? 'T' : 'N',
            call->transpose_b ? 'T' : 'N', (long long)call->m, (long long)call->n, (long long)call->k, out->threads,
            engines[info->engine], info->kernel, info->scheme, info->levels, ms,
            out->refused ? out->refused : info->reason,
            out->alone ? "; the threads are busy or cannot be started" : "");
}

/** The engine to try first; says in `out` why it is the classical one where the policy would have another. */
static strassen_engine first_engine(const blas_call *call, outcome *out) {
    const blas_config *config = blas_configuration();
    if (config->policy == BLAS_POLICY_OFF || config->max_levels == 0 || call->k == 0) return STRASSEN_ENGINE_CLASSICAL;
    const int64_t least = config->smallest[call->precision];
    if (strassen_mean_side(call->m, call->k, call->n) < least) {
        out->refused = "the sides are below the cutoff";
        return STRASSEN_ENGINE_CLASSICAL;
    }
    return config->policy == BLAS_POLICY_FORCE ? STRASSEN_ENGINE_TURBO : STRASSEN_ENGINE_AUTO;
}

/** By the policy's engine, else by the classical one, else by loops that need no workspace. */
static void run_planned(const blas_call *call, strassen_engine engine, outcome *out) {
    blas_lease lease = {0};
    const bool parallel = wanted_threads(call) > 1;
    if (parallel) blas_lease_pool(&lease);
    out->alone = parallel && !lease.pool;
    if (!run_with(call, &lease, engine, out) &&
        !(engine != STRASSEN_ENGINE_CLASSICAL && run_with(call, &lease, STRASSEN_ENGINE_CLASSICAL, out)) &&
        !run_with(call, &lease, STRASSEN_ENGINE_REFERENCE, out)) {
        blas_warn("a product of %lld x %lld x %lld cannot be computed: %s", (long long)call->m, (long long)call->k,
                  (long long)call->n, out->refused);
        abort(); /* BLAS has no way to return an error, and a wrong C is worse */
    }
    blas_lease_end(&lease);
}

static small_call small_call_for(const blas_call *call) {
    const bool ta = call->transpose_a, tb = call->transpose_b;
    return (small_call){.m = call->m,
                        .n = call->n,
                        .k = call->k,
                        .alpha = call->alpha,
                        .beta = call->beta,
                        .a = call->a,
                        .a_rs = ta ? call->lda : 1,
                        .a_cs = ta ? 1 : call->lda,
                        .b = call->b,
                        .b_rs = tb ? call->ldb : 1,
                        .b_cs = tb ? 1 : call->ldb,
                        .c = call->c,
                        .c_cs = call->ldc};
}

/** Products that are not worth packing; false: this is none. */
static bool run_unpacked(const blas_call *call, outcome *out) {
    const small_call small = small_call_for(call);
    const small_gemm *gemm = blas_configuration()->unpacked[call->precision];
    if (call->k == 0 || !small_fits(gemm, &small)) return false;
    const int members = small_members(&small, blas_configuration()->threads);
    strassen_pool *pool = members > 1 ? blas_borrow_pool() : NULL;
    small_run(gemm, &small, pool, members);
    *out = (outcome){&unpacked, out->refused, members > 1 && !pool, pool ? members : 1};
    return true;
}

void blas_gemm(const blas_call *given) {
    if (given->m == 0 || given->n == 0) return;
    blas_call call = *given;
    if (call.alpha == 0) call.k = 0;
    if (call.k == 0 && call.beta == 1) return;
    const bool verbose = blas_configuration()->verbose;
    const double start = verbose ? now_ms() : 0;
    outcome out = {0};
    const strassen_engine engine = first_engine(&call, &out);
    if (engine != STRASSEN_ENGINE_CLASSICAL || !run_unpacked(&call, &out)) run_planned(&call, engine, &out);
    if (verbose) print_call(&call, &out, now_ms() - start);
}
