// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * A product when the process may have no more memory: BLAS cannot return an error, so the drop-in computes it without a
 * workspace. What plans need comes from a heap that has been grown beforehand; the packed blocks of 4.9 MB do not.
 */
#include <malloc.h>
#include <string.h>
#include <sys/resource.h>

#include "support.h"

enum { M = 160, K = 512, N = 1200, HEAP_BYTES = 4 << 20, PIECE = 1 << 16 };

/** Leaves the heap so much room that is free. */
static void grow_heap(void) {
    static void *pieces[HEAP_BYTES / PIECE];
    mallopt(M_MMAP_THRESHOLD, 2 * PIECE);
    mallopt(M_TRIM_THRESHOLD, 16 * HEAP_BYTES);
    for (int i = 0; i < HEAP_BYTES / PIECE; ++i) pieces[i] = malloc(PIECE);
    for (int i = 0; i < HEAP_BYTES / PIECE; ++i) free(pieces[i]);
}

/** Bytes of the address space in use. */
static rlim_t used_bytes(void) {
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    const bool read = file && fscanf(file, "%lu", &pages) == 1;
    if (file) fclose(file);
    return read ? (rlim_t)pages * 4096 : 0;
}

int main(void) {
    double *a = calloc(M * K, sizeof *a), *b = calloc(K * N, sizeof *b), *c = calloc(M * N, sizeof *c);
    if (!a || !b || !c) return 1;
    for (int i = 0; i < M * K; ++i) a[i] = i % 7 - 3;
    for (int i = 0; i < K * N; ++i) b[i] = i % 5 - 2;
    grow_heap();
    const rlim_t used = used_bytes();
    const struct rlimit none_left = {used, RLIM_INFINITY}, unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    const bool limited = used > 0 && setrlimit(RLIMIT_AS, &none_left) == 0;
    void *volatile more = malloc(2 * HEAP_BYTES); // volatile: or the compiler takes it for granted
    const bool holds = limited && !more;
    const int32_t m = M, k = K, n = N;
    const double one = 1, zero = 0;
    dgemm_("N", "N", &m, &n, &k, &one, a, &m, b, &k, &zero, c, &m);
    setrlimit(RLIMIT_AS, &unlimited);
    int wrong = !holds;
    for (int i = 0; i < M; i += 7)
        for (int j = 0; j < N; j += 11) {
            double expected = 0;
            for (int l = 0; l < K; ++l) expected += a[i + l * M] * b[l + j * K];
            wrong += c[i + j * M] != expected;
        }
    printf("no_memory: the limit %s, %d wrong\n", holds ? "holds" : "does not hold", wrong);
    return wrong != 0;
}
