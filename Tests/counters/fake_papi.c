// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * A PAPI 7.0 for machines without counters: what `strassen` calls of it, as strict as the real one. It knows six events,
 * counts three at once, lets a thread run one set at a time, and a set be used by its own thread only. Counts are the
 * thread's processor time in nanoseconds times a factor, so that their ratios are known.
 *
 * FAKE_PAPI_LOG=FILE   gets a line for everything that the real one would refuse or suffer, at the end of the program.
 * FAKE_PAPI_REFUSE=1   no event can be counted.
 */
#define _GNU_SOURCE
#include <papi.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_SETS = 4096, MOST_TOGETHER = 3, MOST_EVENTS = 8 };

typedef struct event {
    const char *name;
    long long factor;
} event;

static const event known[] = {{"PAPI_TOT_CYC", 3}, {"PAPI_TOT_INS", 6},          {"PAPI_L1_DCM", 1},
                              {"PAPI_L2_TCM", 2},  {"perf::LLC-LOAD-MISSES", 5}, {"PAPI_DP_OPS", 12}};

typedef struct set {
    int used, running, multiplexed, count;
    pid_t owner;
    long long factors[MOST_EVENTS], start;
} set;

static set sets[MOST_SETS];
static int wrong_threads, unfinished;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static long long now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (long long)time.tv_sec * 1000000000 + time.tv_nsec;
}

/** The set if it is the calling thread's; else null, which is remembered. */
static set *own(int number) {
    pthread_mutex_lock(&lock);
    set *found =
        number >= 0 && number < MOST_SETS && sets[number].used && sets[number].owner == gettid() ? &sets[number] : NULL;
    wrong_threads += !found;
    pthread_mutex_unlock(&lock);
    return found;
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("FAKE_PAPI_LOG");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file) return;
    int running = 0, used = 0;
    for (int i = 0; i < MOST_SETS; i++) running += sets[i].running, used += sets[i].used;
    if (running) fprintf(file, "%d sets still run\n", running);
    if (used) fprintf(file, "%d sets were not destroyed\n", used);
    if (wrong_threads) fprintf(file, "%d calls from other threads than the set's\n", wrong_threads);
    if (unfinished) fprintf(file, "%d sets were started while another of the thread ran\n", unfinished);
    fclose(file);
}

int PAPI_library_init(int version) { return version == (7 << 24) ? version : PAPI_EINVAL; }
int PAPI_thread_init(unsigned long (*id)(void)) { return id() ? PAPI_OK : PAPI_EINVAL; }
int PAPI_multiplex_init(void) { return PAPI_OK; }

int PAPI_create_eventset(int *number) {
    pthread_mutex_lock(&lock);
    *number = PAPI_NULL;
    for (int i = 0; i < MOST_SETS && *number == PAPI_NULL; i++)
        if (!sets[i].used) {
            sets[i] = (set){.used = 1, .owner = gettid()};
            *number = i;
        }
    pthread_mutex_unlock(&lock);
    return *number == PAPI_NULL ? PAPI_ENOMEM : PAPI_OK;
}

int PAPI_assign_eventset_component(int number, int component) {
    return own(number) && component == 0 ? PAPI_OK : PAPI_EINVAL;
}

int PAPI_set_multiplex(int number) {
    set *s = own(number);
    if (!s) return PAPI_EINVAL;
    s->multiplexed = 1;
    return PAPI_OK;
}

int PAPI_add_named_event(int number, const char *name) {
    set *s = own(number);
    if (!s || s->running) return PAPI_EINVAL;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) != 0 || getenv("FAKE_PAPI_REFUSE")) continue;
        if (s->count == (s->multiplexed ? MOST_EVENTS : MOST_TOGETHER)) return PAPI_ECNFLCT;
        s->factors[s->count++] = known[i].factor;
        return PAPI_OK;
    }
    return PAPI_ENOEVNT;
}

int PAPI_start(int number) {
    set *s = own(number);
    if (!s || s->count == 0) return PAPI_EINVAL;
    for (int i = 0; i < MOST_SETS; i++)
        if (sets[i].running && sets[i].owner == s->owner) { // a thread's sets are its own to look at
            pthread_mutex_lock(&lock);
            unfinished++;
            pthread_mutex_unlock(&lock);
            return PAPI_EISRUN;
        }
    s->running = 1;
    s->start = now_ns();
    return PAPI_OK;
}

int PAPI_read(int number, long long *values) {
    set *s = own(number);
    if (!s || !s->running) return PAPI_ENOTRUN;
    const long long counted = now_ns() - s->start;
    for (int i = 0; i < s->count; i++) values[i] = counted * s->factors[i];
    return PAPI_OK;
}

int PAPI_stop(int number, long long *values) {
    const int status = PAPI_read(number, values);
    if (status == PAPI_OK) sets[number].running = 0;
    return status;
}

int PAPI_cleanup_eventset(int number) {
    set *s = own(number);
    if (!s || s->running) return PAPI_EISRUN;
    s->count = 0;
    return PAPI_OK;
}

int PAPI_destroy_eventset(int *number) {
    set *s = own(*number);
    if (!s || s->running || s->count) return PAPI_EINVAL;
    s->used = 0;
    *number = PAPI_NULL;
    return PAPI_OK;
}

char *PAPI_strerror(int status) {
    return status == PAPI_ENOEVNT   ? (char *)"no such event"
           : status == PAPI_ECNFLCT ? (char *)"no counter left"
                                    : (char *)"refused";
}
