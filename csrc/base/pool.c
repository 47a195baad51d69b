// SPDX-License-Identifier: AGPL-3.0-or-later
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "base/placement.h"
#include "base/team.h"

/** Some 20 to 70 µs, by the CPU: longer than a balanced loop's tail, shorter than a scheduler's slice. */
#define SPINS 4000
/** Then some 0.3 ms of offering the CPU to others: two members on one CPU are only told apart by the scheduler while both
    want to run. */
#define YIELDS 1000
/** Waking a sleeper takes longer than a short product, so loose runs do it only when they follow one another so closely
    that it will still be awake for the next one. */
#define CLOSE_NS 200000
#define POOL_MAX_THREADS 1024
/** Multiply-adds that are worth waking a member for: some 90 µs of work. */
#define WORK_PER_MEMBER ((double)(1 << 21))

/** A thread of the pool. */
typedef struct worker {
    _Alignas(64) atomic_uint calls; /**< bumped for every run that it is called to, and at the end */
    atomic_uint answered;           /**< calls that it has begun to follow, or that were taken back */
    atomic_int asleep;              /**< or about to be: must be woken after a call */
    pthread_t thread;
} worker;

struct strassen_pool {
    int threads;
    int started;
    worker *workers;      /**< the first is the caller's place and has no thread */
    atomic_int *cpus;     /**< see placement.h */
    pthread_mutex_t turn; /**< one run at a time */
    atomic_int waiting;   /**< runs that want it */
    team team;
    team_function function;
    void *argument;
    atomic_int running;     /**< workers that have not finished the present run */
    int64_t last_loose_run; /**< when it ended, in ns */
    atomic_int stop;
};

typedef struct worker_start {
    strassen_pool *pool;
    int index;
} worker_start;

static void pause_cpu(void) {
#if defined(STRASSEN_HAS_X86)
    __builtin_ia32_pause();
#endif
}

static void sleep_on(atomic_uint *word, unsigned value) {
#if defined(__linux__)
    syscall(SYS_futex, (unsigned *)word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
#else
    (void)word, (void)value;
    sched_yield();
#endif
}

static void wake_all(atomic_uint *word) {
#if defined(__linux__)
    syscall(SYS_futex, (unsigned *)word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
#else
    (void)word;
#endif
}

/** Spins, then yields; 1 if *word differed from `value` before its patience was at an end. */
static int changes_soon(atomic_uint *word, unsigned value) {
    for (int spin = 0; spin < SPINS; spin++) {
        if (atomic_load_explicit(word, memory_order_acquire) != value) return 1;
        pause_cpu();
    }
    for (int yield = 0; yield < YIELDS; yield++) {
        if (atomic_load_explicit(word, memory_order_acquire) != value) return 1;
        sched_yield();
    }
    return 0;
}

void team_barrier(member *self) {
    team *t = self->team;
    if (t->threads == 1) return;
    const unsigned generation = atomic_load_explicit(&t->generation, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&t->arrived, 1, memory_order_acq_rel) == t->threads - 1) {
        atomic_store_explicit(&t->arrived, 0, memory_order_relaxed);
        atomic_fetch_add_explicit(&t->generation, 1, memory_order_release);
        wake_all(&t->generation);
    } else if (!changes_soon(&t->generation, generation)) {
        while (atomic_load_explicit(&t->generation, memory_order_acquire) == generation)
            sleep_on(&t->generation, generation);
    }
}

void team_await(const atomic_uint_fast64_t *word, uint64_t value) {
    for (int spin = 0; atomic_load_explicit(word, memory_order_acquire) == value; spin++)
        if (spin < SPINS)
            pause_cpu();
        else
            sched_yield(); // who sees to it may be waiting for this CPU
}

/** The next loop's counter was last used TEAM_LOOPS − 1 barriers ago, so nobody reads it while it is reset. */
void team_loop_end(member *self) {
    if (self->index == 0)
        atomic_store_explicit(&self->team->loops[(self->sequence + 1) % TEAM_LOOPS].next, 0, memory_order_relaxed);
    self->sequence++;
    team_barrier(self);
}

static void team_reset(team *t, int threads) {
    t->threads = threads;
    atomic_store(&t->arrived, 0);
    for (int i = 0; i < TEAM_LOOPS; i++) atomic_store(&t->loops[i].next, 0);
}

static void run_alone(team_function function, void *argument, strassen_phase_hook hook, void *hook_context) {
    team alone;
    memset(&alone, 0, sizeof alone);
    team_reset(&alone, 1);
    alone.hook = hook;
    alone.hook_context = hook_context;
    member self = {&alone, 0, 0};
    function(&self, argument);
}

void team_run_alone(team_function function, void *argument) { run_alone(function, argument, NULL, NULL); }

/** Returns when there is a call beyond the `seen` first ones. */
static void wait_for_call(worker *self, unsigned seen) {
    if (changes_soon(&self->calls, seen)) return;
    atomic_store(&self->asleep, 1); // before calls is read again: the caller bumps it before it looks whether we sleep
    while (atomic_load(&self->calls) == seen) sleep_on(&self->calls, seen);
    atomic_store(&self->asleep, 0);
}

static void call_worker(worker *worker) {
    atomic_fetch_add(&worker->calls, 1);
    if (atomic_load(&worker->asleep)) wake_all(&worker->calls);
}

/** The worker begins to follow a call, or the caller takes it back; 0 if the other did so first. */
static int answer(worker *worker, unsigned call) {
    return atomic_compare_exchange_strong(&worker->answered, &call, call + 1);
}

static void *worker_main(void *start) {
    const worker_start mine = *(worker_start *)start;
    free(start);
    strassen_pool *pool = mine.pool;
    for (unsigned seen = 0;; seen++) { // a call is answered, or taken back, before the next one comes
        wait_for_call(&pool->workers[mine.index], seen);
        if (atomic_load(&pool->stop)) return NULL;
        if (!answer(&pool->workers[mine.index], seen)) continue;
        placement_claim(pool->cpus, mine.index);
        member self = {&pool->team, mine.index, 0};
        pool->function(&self, pool->argument);
        atomic_fetch_sub_explicit(&pool->running, 1, memory_order_release);
    }
}

static int64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/** Calls the workers of a team; to a loose run those that sleep only where runs follow one another closely. */
static void call_workers(strassen_pool *pool, int threads, int waits) {
    const int wakes = waits || now_ns() - pool->last_loose_run < CLOSE_NS;
    atomic_store(&pool->running, threads - 1);
    for (int i = 1; i < threads; i++)
        if (wakes || !atomic_load(&pool->workers[i].asleep))
            call_worker(&pool->workers[i]);
        else
            atomic_fetch_sub_explicit(&pool->running, 1, memory_order_relaxed);
}

/** Takes back the last calls of workers that have not come yet. */
static void take_back_calls(strassen_pool *pool, int threads) {
    for (int i = 1; i < threads; i++)
        if (answer(&pool->workers[i], atomic_load(&pool->workers[i].calls) - 1))
            atomic_fetch_sub_explicit(&pool->running, 1, memory_order_relaxed);
}

/** The caller has the pool's turn. */
static void run_team(strassen_pool *pool, int threads, team_function function, void *argument, int waits) {
    threads = (int)clamp64(threads, 1, pool->threads);
    team_reset(&pool->team, threads);
    member self = {&pool->team, 0, 0};
    if (threads > 1) {
        pool->function = function;
        pool->argument = argument;
        placement_claim(pool->cpus, 0);
        call_workers(pool, threads, waits);
    }
    function(&self, argument);
    if (!waits) {
        take_back_calls(pool, threads);
        pool->last_loose_run = now_ns();
    }
    if (threads > 1)
        for (int spin = 0; atomic_load_explicit(&pool->running, memory_order_acquire) > 0; spin++)
            spin < SPINS ? pause_cpu() : (void)sched_yield();
}

void pool_run(strassen_pool *pool, int threads, team_function function, void *argument) {
    atomic_fetch_add(&pool->waiting, 1);
    pthread_mutex_lock(&pool->turn);
    atomic_fetch_sub(&pool->waiting, 1);
    run_team(pool, threads, function, argument, 1);
    pthread_mutex_unlock(&pool->turn);
}

void pool_run_loosely(strassen_pool *pool, int threads, team_function function, void *argument) {
    // One short run after the other would keep the turn from a caller that has to wake up to take it.
    if (atomic_load(&pool->waiting) > 0 || pthread_mutex_trylock(&pool->turn) != 0) {
        run_alone(function, argument, pool->team.hook, pool->team.hook_context);
        return;
    }
    run_team(pool, threads, function, argument, 0);
    pthread_mutex_unlock(&pool->turn);
}

static strassen_status start_workers(strassen_pool *pool) {
    for (int i = 1; i < pool->threads; i++) {
        worker_start *start = malloc(sizeof *start);
        if (!start) return STRASSEN_ERROR_MEMORY;
        *start = (worker_start){pool, i};
        if (pthread_create(&pool->workers[i].thread, NULL, worker_main, start) != 0) {
            free(start);
            return STRASSEN_ERROR_MEMORY;
        }
        pool->started = i;
    }
    return STRASSEN_OK;
}

void pool_phase(const strassen_pool *pool, strassen_phase phase, int enter) {
    if (pool && pool->team.hook) pool->team.hook(pool->team.hook_context, phase, 0, enter);
}

int team_members(double multiply_adds, int threads) {
    const double fed = multiply_adds / WORK_PER_MEMBER;
    return fed >= threads ? threads : fed > 1 ? (int)fed : 1;
}

/** Each on cache lines of its own. */
static worker *zeroed_workers(int count) {
    worker *workers = NULL;
    if (posix_memalign((void **)&workers, _Alignof(worker), (size_t)count * sizeof *workers) != 0) return NULL;
    memset(workers, 0, (size_t)count * sizeof *workers);
    return workers;
}

strassen_status strassen_pool_create(int threads, strassen_pool **out) {
    if (!out) return STRASSEN_ERROR_ARGUMENT;
    *out = NULL;
    if (threads < 1 || threads > POOL_MAX_THREADS) return STRASSEN_ERROR_ARGUMENT;
    strassen_pool *pool = NULL;
    if (posix_memalign((void **)&pool, 64, sizeof *pool) != 0) return STRASSEN_ERROR_MEMORY;
    memset(pool, 0, sizeof *pool);
    pool->threads = threads;
    pool->workers = zeroed_workers(threads);
    pool->cpus = calloc((size_t)threads, sizeof *pool->cpus);
    if (!pool->workers || !pool->cpus) {
        free(pool->workers);
        free(pool->cpus);
        free(pool);
        return STRASSEN_ERROR_MEMORY;
    }
    pthread_mutex_init(&pool->turn, NULL);
    const strassen_status status = start_workers(pool);
    if (status != STRASSEN_OK) {
        strassen_pool_free(pool);
        return status;
    }
    *out = pool;
    return STRASSEN_OK;
}

void strassen_pool_free(strassen_pool *pool) {
    if (!pool) return;
    atomic_store(&pool->stop, 1);
    for (int i = 1; i <= pool->started; i++) call_worker(&pool->workers[i]);
    for (int i = 1; i <= pool->started; i++) pthread_join(pool->workers[i].thread, NULL);
    pthread_mutex_destroy(&pool->turn);
    free(pool->workers);
    free(pool->cpus);
    free(pool);
}

int strassen_pool_threads(const strassen_pool *pool) { return pool ? pool->threads : 0; }

strassen_status strassen_pool_set_hook(strassen_pool *pool, strassen_phase_hook hook, void *context) {
    if (!pool) return STRASSEN_ERROR_ARGUMENT;
    pthread_mutex_lock(&pool->turn);
    pool->team.hook = hook;
    pool->team.hook_context = context;
    pthread_mutex_unlock(&pool->turn);
    return STRASSEN_OK;
}
