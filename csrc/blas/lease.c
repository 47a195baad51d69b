// SPDX-License-Identifier: AGPL-3.0-or-later
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>

#include "blas.h"

/** Workspaces up to this size are kept by the thread: room for the packed blocks of a product that runs alone. */
static const size_t MAX_THREAD_BYTES = (size_t)4 << 20;
/** A larger workspace is given back to the system after the call that needed it. */
static const size_t MAX_KEPT_BYTES = (size_t)1 << 30;

/* `lock` is held for a few instructions only; `busy` marks the long time during which a call owns the rest. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool busy;
static bool unstartable; /* by a short product: it does not try again */
static strassen_pool *pool;
static void *workspace;
static size_t workspace_bytes;

static bool try_own(void) {
    pthread_mutex_lock(&lock);
    const bool mine = !busy;
    busy = true;
    pthread_mutex_unlock(&lock);
    return mine;
}

/** The workers inherit a full signal mask: the program's signals go to the program's threads. */
static strassen_pool *start_pool(int threads) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    strassen_pool *started = NULL;
    if (strassen_pool_create(threads, &started) != STRASSEN_OK) started = NULL;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

void blas_lease_pool(blas_lease *lease) {
    lease->owned = try_own();
    if (!lease->owned) return;
    if (!pool) pool = start_pool(blas_configuration()->threads);
    lease->pool = pool;
}

strassen_pool *blas_borrow_pool(void) {
    pthread_mutex_lock(&lock);
    const bool known = busy || pool || unstartable;
    strassen_pool *idle = busy ? NULL : pool;
    pthread_mutex_unlock(&lock);
    if (known) return idle;
    blas_lease lease = {0};
    blas_lease_pool(&lease);
    if (lease.owned) unstartable = !lease.pool;
    blas_lease_end(&lease);
    return lease.pool;
}

/** Grows a buffer that is kept, which loses its contents. */
static bool grow(void **buffer, size_t *bytes, size_t wanted) {
    if (wanted <= *bytes) return true;
    if (*buffer) strassen_free(*buffer, *bytes);
    *buffer = strassen_alloc(wanted);
    *bytes = *buffer ? wanted : 0;
    return *buffer != NULL;
}

static size_t next_power_of_two(size_t bytes) {
    size_t power = 4096;
    while (power < bytes) power *= 2;
    return power;
}

/** Gives back memory that was this call's only. */
static void drop_own(blas_lease *lease) {
    if (lease->bytes > 0) strassen_free(lease->workspace, lease->bytes);
    lease->workspace = NULL;
    lease->bytes = 0;
}

bool blas_lease_workspace(blas_lease *lease, size_t bytes) {
    drop_own(lease);
    if (bytes == 0) return true;
    if (bytes <= MAX_THREAD_BYTES) {
        blas_thread *thread = blas_this_thread();
        if (bytes > thread->workspace_bytes &&
            !grow(&thread->workspace, &thread->workspace_bytes, next_power_of_two(bytes)))
            return false;
        lease->workspace = thread->workspace;
        return true;
    }
    if (!lease->owned) lease->owned = try_own();
    if (lease->owned) {
        if (!grow(&workspace, &workspace_bytes, bytes)) return false;
        lease->workspace = workspace;
        return true;
    }
    lease->workspace = strassen_alloc(bytes);
    lease->bytes = lease->workspace ? bytes : 0;
    return lease->workspace != NULL;
}

void blas_lease_end(blas_lease *lease) {
    drop_own(lease);
    if (!lease->owned) return;
    if (workspace_bytes > MAX_KEPT_BYTES) {
        strassen_free(workspace, workspace_bytes);
        workspace = NULL;
        workspace_bytes = 0;
    }
    pthread_mutex_lock(&lock);
    busy = false;
    pthread_mutex_unlock(&lock);
}

void blas_lease_before_fork(void) { pthread_mutex_lock(&lock); }

void blas_lease_after_fork(bool child) {
    if (child) {
        pool = NULL; /* its threads exist in the parent only, so it cannot be freed here either */
        if (busy) {  /* the owner, too; its workspace may be half grown */
            workspace = NULL;
            workspace_bytes = 0;
        }
        busy = false;
    }
    pthread_mutex_unlock(&lock);
}
