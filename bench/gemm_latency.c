// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Time of one small cblas_?gemm in several BLAS libraries, interleaved in one process.
 *
 *   cc -O2 bench/gemm_latency.c -o gemm_latency -ldl -lm
 *   STRASSEN_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 ./gemm_latency d libstrassen_blas.so libopenblas.so.0
 *
 * Square, column-major, no transposes, beta 0. Each figure is the median over rounds of the mean of a batch of calls
 * on the same operands, that is, with warm caches; the last columns are the ratio of times to the first library's.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_LIBRARIES = 4, ROUNDS = 15, MAX_SIZE = 512 };

/** One signature for both precisions: alpha and beta are passed in the registers that the element type wants. */
typedef void (*dgemm)(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *,
                      int);
typedef void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);

static int is_double;

static double now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void multiply(void *routine, int n, const void *a, const void *b, void *c) {
    if (is_double)
        ((dgemm)routine)(102, 111, 111, n, n, n, 1, a, n, b, n, 0, c, n);
    else
        ((sgemm)routine)(102, 111, 111, n, n, n, 1, a, n, b, n, 0, c, n);
}

/** Mean ns of `calls` products. */
static double batch(void *routine, int n, int calls, const void *a, const void *b, void *c) {
    const double start = now_ns();
    for (int i = 0; i < calls; ++i) multiply(routine, n, a, b, c);
    return (now_ns() - start) / calls;
}

static int ascending(const void *x, const void *y) {
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static void fill(void *x, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        const double value = (double)rand() / RAND_MAX - 0.5;
        if (is_double)
            ((double *)x)[i] = value;
        else
            ((float *)x)[i] = (float)value;
    }
}

int main(int argc, char **argv) {
    const int count = argc - 2;
    if (count < 1 || count > MAX_LIBRARIES || (strcmp(argv[1], "d") != 0 && strcmp(argv[1], "s") != 0)) {
        fprintf(stderr, "usage: gemm_latency d|s LIBRARY [LIBRARY]…   (at most %d)\n", MAX_LIBRARIES);
        return 64;
    }
    is_double = argv[1][0] == 'd';
    void *routines[MAX_LIBRARIES];
    for (int i = 0; i < count; ++i) {
        void *library = dlopen(argv[2 + i], RTLD_NOW | RTLD_LOCAL);
        routines[i] = library ? dlsym(library, is_double ? "cblas_dgemm" : "cblas_sgemm") : NULL;
        if (!routines[i]) {
            fprintf(stderr, "gemm_latency: %s: no cblas_%sgemm: %s\n", argv[2 + i], argv[1],
                    library ? "not exported" : dlerror());
            return 69;
        }
    }
    const size_t elements = (size_t)MAX_SIZE * MAX_SIZE;
    double *a = malloc(elements * sizeof *a), *b = malloc(elements * sizeof *b), *c = malloc(elements * sizeof *c);
    if (!a || !b || !c) return 1;
    fill(a, elements);
    fill(b, elements);
    printf("%5s", "n");
    for (int i = 0; i < count; ++i) printf("  ns of library %d", i + 1);
    for (int i = 1; i < count; ++i) printf("  %d over 1", i + 1);
    printf("\n");
    static const int sizes[] = {1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
        const int n = sizes[s];
        const double work = (double)n * n * n / 8 + 300; /* about ns */
        const int calls = work > 1e6 ? 1 : (int)(1e6 / work);
        double times[MAX_LIBRARIES][ROUNDS], medians[MAX_LIBRARIES];
        for (int round = -1; round < ROUNDS; ++round) /* round −1 warms up */
            for (int i = 0; i < count; ++i) {
                const double took = batch(routines[i], n, calls, a, b, c);
                if (round >= 0) times[i][round] = took;
            }
        printf("%5d", n);
        for (int i = 0; i < count; ++i) {
            qsort(times[i], ROUNDS, sizeof times[i][0], ascending);
            medians[i] = times[i][ROUNDS / 2];
            printf("  %15.0f", medians[i]);
        }
        for (int i = 1; i < count; ++i) printf("  %8.2f", medians[i] / medians[0]);
        printf("\n");
    }
    free(a), free(b), free(c);
    return 0;
}
