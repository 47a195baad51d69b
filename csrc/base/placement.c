// SPDX-License-Identifier: AGPL-3.0-or-later
#define _GNU_SOURCE
#include "base/placement.h"

#if defined(__linux__)
#include <sched.h>

static int taken(const atomic_int *cpus, int index, int cpu) {
    for (int i = 0; i < index; i++)
        if (atomic_load_explicit(cpus + i, memory_order_relaxed) == cpu + 1) return 1;
    return 0;
}

/** Moves the calling thread to a CPU that no member before `index` has, if it may use one. */
static void move_away(const atomic_int *cpus, int index) {
    cpu_set_t allowed, free_ones;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return; // more CPUs than a cpu_set_t holds
    free_ones = allowed;
    for (int i = 0; i < index; i++) {
        const int cpu = atomic_load_explicit(cpus + i, memory_order_relaxed) - 1;
        if (cpu >= 0 && cpu < CPU_SETSIZE) CPU_CLR(cpu, &free_ones);
    }
    if (CPU_COUNT(&free_ones) > 0 && sched_setaffinity(0, sizeof free_ones, &free_ones) == 0)
        sched_setaffinity(0, sizeof allowed, &allowed);
}

void placement_claim(atomic_int *cpus, int index) {
    const int own = sched_getcpu();
    if (own >= 0 && taken(cpus, index, own)) move_away(cpus, index);
    atomic_store_explicit(cpus + index, sched_getcpu() + 1, memory_order_relaxed);
}

#else

void placement_claim(atomic_int *cpus, int index) { (void)cpus, (void)index; }

#endif
