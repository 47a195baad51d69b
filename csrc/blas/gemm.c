// SPDX-License-Identifier: AGPL-3.0-or-later
#define _GNU_SOURCE
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "blas.h"

/** A thread is worth waking for this many multiply-adds (some ten microseconds of work). */
static const double WORK_PER_THREAD = 1 << 18;

/**
 * Bound, per level, on how far sums of blocks and their products grow beyond max|A|, max|B|, max|A|·max|B|·k.
 * Strassen's own is 4·4 (two-term sums, up to four products in a block of C); the schemes of shared tables stay
 * below 256. Only the exponent range is at stake, so a generous bound costs nothing.
 */
static const double GROWTH_PER_LEVEL = 256;

/** How a call went. */
typedef struct outcome {
    blas_plan *plan;     /**< that ran; to be put back */
    const char *refused; /**< why the last plan that was not run was not, or null */
} outcome;

static double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

static int wanted_threads(const blas_call *call) {
    const double work = (double)call->m * (double)call->n * (double)call->k / WORK_PER_THREAD;
    const int threads = blas_configuration()->threads;
    return work >= threads ? threads : work > 1 ? (int)work : 1;
}

/**
 * Null if a fast plan gives what the classical one would: finite operands, and no intermediate sum or product
 * that can overflow where the classical one does not. Else the reason.
 */
static const char *data_forbid_fast(const blas_call *call, const blas_lease *lease, int levels) {
    const int64_t a_rows = call->transpose_a ? call->k : call->m, a_cols = call->transpose_a ? call->m : call->k;
    const int64_t b_rows = call->transpose_b ? call->n : call->k, b_cols = call->transpose_b ? call->k : call->n;
    const double limit = call->precision == STRASSEN_FLOAT64 ? DBL_MAX : (double)FLT_MAX;
    double a = NAN, b = NAN;
    if (strassen_max_abs(call->precision, a_rows, a_cols, call->a, 1, call->lda, lease->pool, &a) != STRASSEN_OK ||
        strassen_max_abs(call->precision, b_rows, b_cols, call->b, 1, call->ldb, lease->pool, &b) != STRASSEN_OK)
        return "A and B could not be checked";
    if (!isfinite(a) || !isfinite(b)) return "A or B holds NaN or infinity";
    const double growth = pow(GROWTH_PER_LEVEL, levels) * fmax(1, fabs(call->alpha));
    const double largest = fmax(fmax(a, b), a * b * (double)call->k) * growth;
    return largest < limit ? NULL : "A, B or alpha is so large that sums of blocks could overflow";
}

/** Runs the call by `engine`. False, with C untouched and `refused` set, when that cannot or must not be. */
static bool run_with(const blas_call *call, blas_lease *lease, strassen_engine engine, outcome *out) {
    const blas_plan_key key = {.m = call->m, .n = call->n, .k = call->k, .precision = call->precision,
                               .threads = lease->pool ? wanted_threads(call) : 1, .engine = engine};
    strassen_status status;
    blas_plan *plan = blas_plan_get(&key, &status);
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
    if (refused) {
        out->refused = refused;
        blas_plan_put(plan);
        return false;
    }
    out->plan = plan;
    return true;
}

static void print_call(const blas_call *call, const outcome *out, double ms, bool alone) {
    const strassen_plan_info *info = &out->plan->info;
    static const char *const engines[] = {"auto", "classical", "basic", "optimal", "turbo", "reference"};
    fprintf(stderr,
            "strassen: %cgemm %c%c m=%lld n=%lld k=%lld threads=%d engine=%s kernel=%s scheme=%s levels=%d %.3f ms (%s%s)\n",
            call->precision == STRASSEN_FLOAT64 ? 'd' : 's', call->transpose_a ? 'T' : 'N',
            call->transpose_b ? 'T' : 'N', (long long)call->m, (long long)call->n, (long long)call->k, info->threads,
            engines[info->engine], info->kernel, info->scheme, info->levels, ms, out->refused ? out->refused : info->reason,
            alone ? "; another call has the threads" : "");
}

static strassen_engine engine_of_policy(void) {
    const blas_config *config = blas_configuration();
    if (config->policy == BLAS_POLICY_OFF || config->max_levels == 0) return STRASSEN_ENGINE_CLASSICAL;
    return config->policy == BLAS_POLICY_FORCE ? STRASSEN_ENGINE_TURBO : STRASSEN_ENGINE_AUTO;
}

static void run(const blas_call *call) {
    const bool verbose = blas_configuration()->verbose;
    const double start = verbose ? now_ms() : 0;
    const int threads = wanted_threads(call);
    const strassen_engine engine = call->k == 0 ? STRASSEN_ENGINE_CLASSICAL : engine_of_policy();
    blas_lease lease = blas_lease_acquire(threads);
    outcome out = {0};
    /* The reference engine needs no workspace: slow, but right when memory has run out. */
    if (!run_with(call, &lease, engine, &out) &&
        !(engine != STRASSEN_ENGINE_CLASSICAL && run_with(call, &lease, STRASSEN_ENGINE_CLASSICAL, &out)) &&
        !run_with(call, &lease, STRASSEN_ENGINE_REFERENCE, &out)) {
        blas_warn("a product of %lld x %lld x %lld cannot be computed: %s", (long long)call->m, (long long)call->k,
                  (long long)call->n, out.refused);
        abort(); /* BLAS has no way to return an error, and a wrong C is worse */
    }
    const bool alone = !lease.owned && threads > 1;
    blas_lease_release(&lease);
    if (verbose) print_call(call, &out, now_ms() - start, alone);
    blas_plan_put(out.plan);
}

void blas_gemm(const blas_call *call) {
    if (call->m == 0 || call->n == 0) return;
    blas_call effective = *call;
    if (effective.alpha == 0) effective.k = 0;
    if (effective.k == 0 && effective.beta == 1) return;
    run(&effective);
}
