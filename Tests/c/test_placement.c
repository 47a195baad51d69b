// SPDX-License-Identifier: AGPL-3.0-or-later
/** Members of a team leave each other's CPUs, and keep the CPUs that they may use. */
#define _GNU_SOURCE
#include <sched.h>

#include "base/placement.h"
#include "check.h"

/** Claims this thread's own CPU for another member, then for the thread: 1 if that moved it. Its mask stays. */
static int leaves_taken_cpu(void) {
    cpu_set_t before, after;
    sched_getaffinity(0, sizeof before, &before);
    const int own = sched_getcpu();
    atomic_int cpus[2] = {own + 1, 0};
    placement_claim(cpus, 1);
    sched_getaffinity(0, sizeof after, &after);
    const int claimed = cpus[1] - 1;
    CHECK(CPU_EQUAL(&before, &after), "the affinity mask changed");
    CHECK(cpus[0] == own + 1, "another member's entry changed to %d", (int)cpus[0]);
    CHECK(claimed >= 0 && CPU_ISSET(claimed, &before), "claimed CPU %d, which it may not use", claimed);
    return claimed != own;
}

/** The scheduler may move the thread back at any time, so one of a hundred attempts must do. */
static void test_collision(void) {
    cpu_set_t allowed;
    int moved = 0;
    for (int i = 0; i < 100; i++) moved += leaves_taken_cpu();
    sched_getaffinity(0, sizeof allowed, &allowed);
    CHECK(moved > 0 || CPU_COUNT(&allowed) == 1, "it never left a CPU that another member has");
}

/** A thread that may use one CPU only stays there, whoever else is on it. */
static void test_nowhere_to_go(void) {
    cpu_set_t before, one, after;
    sched_getaffinity(0, sizeof before, &before);
    const int own = sched_getcpu();
    CPU_ZERO(&one);
    CPU_SET(own, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0) return;
    atomic_int cpus[2] = {own + 1, 0};
    placement_claim(cpus, 1);
    sched_getaffinity(0, sizeof after, &after);
    CHECK(CPU_EQUAL(&one, &after), "the affinity mask changed");
    CHECK(cpus[1] == own + 1, "claimed CPU %d, not %d", cpus[1] - 1, own);
    sched_setaffinity(0, sizeof before, &before);
}

int main(void) {
    if (sched_getcpu() < 0) {
        printf("skipped: the system does not tell the CPU\n");
        return 0;
    }
    test_collision();
    test_nowhere_to_go();
    return check_summary();
}
