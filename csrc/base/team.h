// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * A team of threads that runs one function side by side (SPMD): every member walks the same recursion, shares its
 * loops through team_loop and meets at barriers. One start and one end per strassen_run, nothing per product.
 */
#ifndef STRASSEN_BASE_TEAM_H
#define STRASSEN_BASE_TEAM_H

#include <stdatomic.h>

#include "base/cpu.h"

#define TEAM_LOOPS 8

/** What the members share. */
typedef struct team {
    int threads;
    _Alignas(64) atomic_int arrived;
    _Alignas(64) atomic_uint generation;
    struct {
        _Alignas(64) atomic_llong next;
    } loops[TEAM_LOOPS];
    strassen_phase_hook hook;
    void *hook_context;
} team;

/** One member's view; lives on its stack. */
typedef struct member {
    team *team;
    int index;         /**< 0 … threads−1; 0 is the caller */
    uint64_t sequence; /**< of loops; the same in all members at the same place in the program */
} member;

typedef void (*team_function)(member *self, void *argument);

/** Spins briefly, then sleeps: a neighbour that takes the core must not stop the team. */
void team_barrier(member *self);

/** Waits, without sleeping, until *word is not `value`, which another member is about to see to. */
void team_await(const atomic_uint_fast64_t *word, uint64_t value);

/**
 * A loop whose items are handed out one by one. Every member calls team_loop_begin, then team_loop_next until it
 * returns −1, then team_loop_end (a barrier). Which member gets an item varies; what an item computes must not.
 */
typedef struct team_loop {
    atomic_llong *next;
    int64_t count;
} team_loop;

static inline team_loop team_loop_begin(member *self, int64_t count) {
    return (team_loop){&self->team->loops[self->sequence % TEAM_LOOPS].next, count};
}

static inline int64_t team_loop_next(const team_loop *loop) {
    const int64_t item = atomic_fetch_add_explicit(loop->next, 1, memory_order_relaxed);
    return item < loop->count ? item : -1;
}

void team_loop_end(member *self);

static inline void team_phase(const member *self, strassen_phase phase, int enter) {
    if (self->team->hook) self->team->hook(self->team->hook_context, phase, self->index, enter);
}

/** Tells the pool's hook what the calling thread does without a team; a null pool has none. */
void pool_phase(const strassen_pool *pool, strassen_phase phase, int enter);

/** How many of `threads` members a product of so many multiply-adds feeds: each gets enough to be worth waking it. */
int team_members(double multiply_adds, int threads);

/** Runs `function` on `threads` members of the pool (at most its size); returns when all have finished. */
void pool_run(strassen_pool *pool, int threads, team_function function, void *argument);
/**
 * The same for a function without barriers, of whose loops the caller does what nobody else takes: members that have not come
 * by the time it is through are not waited for, nor is another run. Short products can so use workers that are awake.
 */
void pool_run_loosely(strassen_pool *pool, int threads, team_function function, void *argument);
/** The same on the calling thread alone, without a pool. */
void team_run_alone(team_function function, void *argument);

#endif
