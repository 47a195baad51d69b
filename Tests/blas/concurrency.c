// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Sixteen threads multiply at once, each its own shapes, while the main thread forks; the children multiply too,
 * with threads of their own. Everything is compared with a product computed here. SIGALRM ends a deadlock.
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

enum { THREADS = 16, CALLS = 12, FORKS = 6, TIMEOUT_SECONDS = 100 };

static atomic_int wrong;

/** Small integers: the product is exact in every order and by every scheme with small coefficients. */
static bool multiply_exactly(int64_t n, uint64_t *state) {
    const size_t bytes = (size_t)(n * n) * sizeof(double);
    double *a = must_alloc(bytes), *b = must_alloc(bytes), *c = must_alloc(bytes);
    for (int64_t i = 0; i < n * n; ++i) {
        a[i] = (double)random_below(state, 7) - 3;
        b[i] = (double)random_below(state, 7) - 3;
        c[i] = NAN;
    }
    const int32_t size = (int32_t)n;
    const double one = 1, zero = 0;
    dgemm_("N", "N", &size, &size, &size, &one, a, &size, b, &size, &zero, c, &size);
    bool right = true;
    for (int64_t check = 0; check < 200; ++check) {
        const int64_t i = random_below(state, n), j = random_below(state, n);
        double expected = 0;
        for (int64_t l = 0; l < n; ++l) expected += a[i + l * n] * b[l + j * n];
        right = right && c[i + j * n] == expected;
    }
    free(a), free(b), free(c);
    return right;
}

static void *work(void *argument) {
    uint64_t state = (uint64_t)(uintptr_t)argument * 0x9E3779B97F4A7C15ULL | 1;
    for (int call = 0; call < CALLS; ++call)
        if (!multiply_exactly(1 + random_below(&state, call % 4 == 0 ? 400 : 90), &state)) atomic_fetch_add(&wrong, 1);
    return NULL;
}

/** 0 if a child of a fork multiplies right, twice, the second time after forking itself. */
static int child(uint64_t seed) {
    uint64_t state = seed | 1;
    alarm(TIMEOUT_SECONDS);
    if (!multiply_exactly(300, &state)) return 1;
    const pid_t grandchild = fork();
    if (grandchild == 0) _exit(!multiply_exactly(300, &state));
    int status = 1;
    if (grandchild < 0 || waitpid(grandchild, &status, 0) < 0 || status != 0) return 2;
    return !multiply_exactly(200, &state);
}

static void fork_and_check(uint64_t seed) {
    const pid_t pid = fork();
    if (pid == 0) _exit(child(seed));
    int status = 1;
    if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
        fprintf(stderr, "a forked child failed with status %d\n", status);
        atomic_fetch_add(&wrong, 1);
    }
}

int main(void) {
    alarm(TIMEOUT_SECONDS);
    uint64_t state = 7;
    if (!multiply_exactly(300, &state)) ++wrong; /* the pool exists before the first fork */
    fork_and_check(99);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; ++i)
        if (pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)(i + 1)) != 0) return 2;
    for (int i = 0; i < FORKS; ++i) fork_and_check((uint64_t)i + 100);
    for (int i = 0; i < THREADS; ++i) pthread_join(threads[i], NULL);
    if (!multiply_exactly(300, &state)) ++wrong;
    printf("concurrency: %d threads and %d forks, %d failures\n", THREADS, FORKS + 1, atomic_load(&wrong));
    return wrong != 0;
}
