// SPDX-License-Identifier: AGPL-3.0-or-later
#include <pthread.h>

#include "blas.h"

static _Thread_local blas_thread mine;
static _Thread_local bool registered;
static pthread_key_t key;
static bool has_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/** At the end of a thread. A destructor that runs later and multiplies once more registers the thread anew. */
static void free_thread(void *argument) {
    blas_thread *thread = argument;
    for (int i = 0; i < BLAS_PLAN_SLOTS; ++i) {
        blas_plan_free(thread->plans[i]);
        thread->plans[i] = NULL;
    }
    if (thread->workspace) strassen_free(thread->workspace, thread->workspace_bytes);
    thread->workspace = NULL;
    thread->workspace_bytes = 0;
    registered = false;
}

static void create_key(void) { has_key = pthread_key_create(&key, free_thread) == 0; }

blas_thread *blas_this_thread(void) {
    if (!registered) {
        pthread_once(&once, create_key);
        if (has_key) pthread_setspecific(key, &mine); /* failing that, the thread's memory is not given back */
        registered = true;
    }
    return &mine;
}
