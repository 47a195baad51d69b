// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * C := A·B by strassen's C interface, checked.
 *
 *   cc gemm.c $(pkg-config --cflags --libs strassen) -o gemm && ./gemm 2048
 */
#include <stdio.h>
#include <stdlib.h>
#include <strassen.h>
#include <time.h>

static void stop_on(strassen_status status, const char *doing) {
    if (status == STRASSEN_OK) return;
    fprintf(stderr, "gemm: %s: %s\n", doing, strassen_status_string(status));
    exit(1);
}

static double *random_matrix(int64_t n) {
    double *x = strassen_alloc((size_t)(n * n) * sizeof *x);
    if (!x) stop_on(STRASSEN_ERROR_MEMORY, "allocating a matrix");
    for (int64_t i = 0; i < n * n; ++i) x[i] = (double)rand() / RAND_MAX - 0.5;
    return x;
}

static double seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int main(int argc, char **argv) {
    const int64_t n = argc > 1 ? atoll(argv[1]) : 2048;
    const int threads = argc > 2 ? atoi(argv[2]) : 1;
    if (n < 1 || n > 100000) {
        fprintf(stderr, "usage: gemm [SIZE, 1 to 100000] [THREADS]\n");
        return 64;
    }
    double *A = random_matrix(n), *B = random_matrix(n), *C = random_matrix(n);

    /* A plan is made once per shape; running it allocates nothing. */
    const strassen_problem problem = {.precision = STRASSEN_FLOAT64, .m = n, .n = n, .k = n, .threads = threads};
    const strassen_options options = strassen_options_default();
    strassen_plan *plan;
    strassen_plan_info info;
    stop_on(strassen_plan_create(&problem, &options, &plan), "planning");
    stop_on(strassen_plan_describe(plan, &info), "describing the plan");
    strassen_pool *pool;
    stop_on(strassen_pool_create(threads, &pool), "starting threads");
    void *workspace = info.workspace_bytes ? strassen_alloc(info.workspace_bytes) : NULL;
    if (info.workspace_bytes && !workspace) stop_on(STRASSEN_ERROR_MEMORY, "allocating the workspace");

    /* Row-major: the row stride is n, the column stride 1. */
    const double start = seconds();
    stop_on(strassen_run(plan, 1, A, n, 1, B, n, 1, 0, C, n, 1, pool, workspace), "multiplying");
    const double took = seconds() - start;

    double error, ratio;
    stop_on(strassen_check(&problem, 1, A, n, 1, B, n, 1, 0, NULL, 0, 0, C, n, 1, 16, &error, &ratio), "checking");
    printf("n=%lld threads=%d scheme=%s levels=%d kernel=%s: %.3f s, %.1f GFLOP/s, error %.2g (%.2g of the classical bound)\n",
           (long long)n, info.threads, info.scheme, info.levels, info.kernel, took, 2e-9 * (double)n * (double)n * (double)n / took,
           error, ratio);

    if (workspace) strassen_free(workspace, info.workspace_bytes);
    strassen_pool_free(pool);
    strassen_plan_free(plan);
    const size_t bytes = (size_t)(n * n) * sizeof(double);
    strassen_free(A, bytes);
    strassen_free(B, bytes);
    strassen_free(C, bytes);
    return 0;
}
