// SPDX-License-Identifier: AGPL-3.0-or-later
/** Runs of a team: every item once, nobody inside afterwards, whoever slept, came late, or was not waited for. */
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/team.h"
#include "check.h"

enum { THREADS = 4, ITEMS = 8, RUNS = 4000 };

/** What the members of a run do to it; it lies on the caller's stack, so that one who stays too long is found out. */
typedef struct work {
    atomic_int done[ITEMS], inside, members;
} work;

static void take_items(member *self, work *w) {
    const team_loop loop = team_loop_begin(self, ITEMS);
    for (int64_t item; (item = team_loop_next(&loop)) >= 0;) atomic_fetch_add(w->done + item, 1);
}

static void loose(member *self, void *argument) {
    work *w = argument;
    atomic_fetch_add(&w->inside, 1);
    atomic_fetch_add(&w->members, 1);
    take_items(self, w);
    atomic_fetch_sub(&w->inside, 1);
}

static void with_barriers(member *self, void *argument) {
    work *w = argument;
    atomic_fetch_add(&w->inside, 1);
    atomic_fetch_add(&w->members, 1);
    team_barrier(self);
    take_items(self, w);
    team_loop_end(self);
    atomic_fetch_sub(&w->inside, 1);
}

static void check_work(const work *w, int run, int least_members) {
    for (int item = 0; item < ITEMS; item++)
        CHECK(w->done[item] == 1, "run %d: item %d was done %d times", run, item, (int)w->done[item]);
    CHECK(w->inside == 0, "run %d: %d members are still inside", run, (int)w->inside);
    CHECK(w->members >= least_members && w->members <= THREADS, "run %d: %d members", run, (int)w->members);
}

/** Loose runs and others in turn; now and then a pause, after which workers yield or sleep. */
static void test_runs_in_turn(strassen_pool *pool) {
    for (int run = 0; run < RUNS; run++) {
        work w;
        memset(&w, 0, sizeof w);
        const int is_loose = run % 5 != 0;
        if (is_loose)
            pool_run_loosely(pool, THREADS, loose, &w);
        else
            pool_run(pool, THREADS, with_barriers, &w);
        check_work(&w, run, is_loose ? 1 : THREADS);
        memset(&w, 255, sizeof w);
        if (run % 100 == 0) usleep(run % 200 == 0 ? 100 : 2000);
    }
}

static void test_a_team_of_one(strassen_pool *pool) {
    work w;
    memset(&w, 0, sizeof w);
    pool_run_loosely(pool, 1, loose, &w);
    check_work(&w, 0, 1);
    CHECK(w.members == 1, "%d members", (int)w.members);
}

/** Returns how many items were not done once, and members that stayed, as a pointer: checks are counted by one thread. */
static void *many_loose_runs(void *argument) {
    intptr_t wrong = 0;
    for (int run = 0; run < RUNS; run++) {
        work w;
        memset(&w, 0, sizeof w);
        pool_run_loosely(argument, THREADS, loose, &w);
        for (int item = 0; item < ITEMS; item++) wrong += w.done[item] != 1;
        wrong += w.inside != 0;
    }
    return (void *)wrong;
}

/** Two threads with one pool: a loose run that does not get it is done by its caller. */
static void test_two_callers(strassen_pool *pool) {
    pthread_t other;
    void *wrong = NULL;
    CHECK(pthread_create(&other, NULL, many_loose_runs, pool) == 0, "no thread");
    for (int run = 0; run < RUNS / 10; run++) {
        work w;
        memset(&w, 0, sizeof w);
        pool_run(pool, THREADS, with_barriers, &w);
        check_work(&w, run, THREADS);
    }
    pthread_join(other, &wrong);
    CHECK(!wrong, "%ld items or members of loose runs", (long)(intptr_t)wrong);
}

/** The last call may be one that was taken back before its worker woke. */
static void test_end_after_a_loose_run(void) {
    for (int i = 0; i < 50; i++) {
        strassen_pool *pool;
        work w;
        memset(&w, 0, sizeof w);
        CHECK(strassen_pool_create(THREADS, &pool) == STRASSEN_OK, "no pool");
        if (i % 2) usleep(1000);
        for (int run = 0; run < 3; run++) {
            memset(&w, 0, sizeof w);
            pool_run_loosely(pool, THREADS, loose, &w);
        }
        strassen_pool_free(pool);
        check_work(&w, i, 1);
    }
}

static void count_enters(void *context, strassen_phase phase, int thread, int enter) {
    (void)thread;
    if (phase == STRASSEN_PHASE_KERNEL && enter) atomic_fetch_add((atomic_int *)context, 1);
}

static void one_phase(member *self, void *argument) {
    (void)argument;
    team_phase(self, STRASSEN_PHASE_KERNEL, 1);
    team_phase(self, STRASSEN_PHASE_KERNEL, 0);
}

static void loose_run_in_a_run(member *self, void *pool) {
    if (self->index == 0) pool_run_loosely(pool, THREADS, one_phase, NULL);
}

/** A short run that finds the pool busy is done by its caller alone, and told to the pool's hook like any other. */
static void test_hook_of_a_busy_pool(strassen_pool *pool) {
    atomic_int enters = 0;
    CHECK(strassen_pool_set_hook(pool, count_enters, &enters) == STRASSEN_OK, "hook");
    pool_run(pool, THREADS, loose_run_in_a_run, pool);
    CHECK(atomic_load(&enters) == 1, "%d phases", atomic_load(&enters));
    CHECK(strassen_pool_set_hook(pool, NULL, NULL) == STRASSEN_OK, "no hook");
}

int main(void) {
    strassen_pool *pool;
    CHECK(strassen_pool_create(THREADS, &pool) == STRASSEN_OK, "no pool");
    test_runs_in_turn(pool);
    test_a_team_of_one(pool);
    test_two_callers(pool);
    test_hook_of_a_busy_pool(pool);
    strassen_pool_free(pool);
    test_end_after_a_loose_run();
    return check_summary();
}
