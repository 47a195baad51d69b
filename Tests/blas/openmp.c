// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Products inside OpenMP regions, nested ones too: built by run.sh with a compiler that has OpenMP, if there is one.
 * Small integers, so every product is exact. SIGALRM ends a deadlock.
 */
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CALLS = 24, SIZE = 260, TIMEOUT_SECONDS = 60 };

void cblas_dgemm(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);

/** A[i][l] = i % 5 − 2 in every column, B[l][j] = j % 7 − 3: C[i][j] = n·A·B. */
static int product_is_wrong(int n) {
    double *a = malloc((size_t)n * n * sizeof *a), *b = malloc((size_t)n * n * sizeof *b),
           *c = malloc((size_t)n * n * sizeof *c);
    if (!a || !b || !c) return 1;
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) {
            a[i * n + j] = i % 5 - 2;
            b[i * n + j] = j % 7 - 3;
        }
    cblas_dgemm(101, 111, 111, n, n, n, 1, a, n, b, n, 0, c, n);
    int wrong = 0;
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) wrong |= c[i * n + j] != (double)n * (i % 5 - 2) * (j % 7 - 3);
    free(a), free(b), free(c);
    return wrong;
}

int main(void) {
    alarm(TIMEOUT_SECONDS);
    int wrong = 0;
    omp_set_max_active_levels(2);
#pragma omp parallel for num_threads(4) reduction(+ : wrong)
    for (int call = 0; call < CALLS; ++call) wrong += product_is_wrong(SIZE + call);
#pragma omp parallel num_threads(2) reduction(+ : wrong)
    {
#pragma omp parallel for num_threads(2) reduction(+ : wrong)
        for (int call = 0; call < CALLS; ++call) wrong += product_is_wrong(SIZE - call);
    }
    printf("openmp: %d products, %d wrong\n", 3 * CALLS, wrong);
    return wrong != 0;
}
