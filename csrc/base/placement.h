// SPDX-License-Identifier: AGPL-3.0-or-later
/** On which CPUs the members of a team run. */
#ifndef STRASSEN_BASE_PLACEMENT_H
#define STRASSEN_BASE_PLACEMENT_H

#include <stdatomic.h>

/**
 * Called by every member when a run begins: publishes its CPU in cpus[index], and leaves that CPU if a member of a
 * lower index has it.
 *
 * A scheduler may wake a worker where its waker runs, even beside an idle CPU, and take several ticks to move it: the
 * two then share one, and a product of some milliseconds takes twice as long. A member that finds itself so is bound to
 * the other CPUs that it may use, which moves it at once, and released again. Where all is well this costs two
 * sched_getcpu, which are no system calls. Entries of members that have not claimed yet are those of the run before.
 *
 * cpus  a number per member, CPU plus 1; 0 while unknown (always, where the system does not tell).
 */
void placement_claim(atomic_int *cpus, int index);

#endif
