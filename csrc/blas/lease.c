// SPDX-License-Identifier: AGPL-3.0-or-later
#include <pthread.h>

#include "blas.h"

/** A larger workspace is given back to the system after the call that needed it. */
static const size_t MAX_KEPT_BYTES = (size_t)1 << 30;

/* `lock` is held for a few instructions only; `busy` marks the long time during which a call owns the rest. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool busy;
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

blas_lease blas_lease_acquire(int threads) {
    blas_lease lease = {.owned = try_own()};
    if (lease.owned && threads > 1) {
        if (!pool && strassen_pool_create(blas_configuration()->threads, &pool) != STRASSEN_OK) pool = NULL;
        lease.pool = pool;
    }
    return lease;
}

static void drop_workspace(void) {
    if (workspace) strassen_free(workspace, workspace_bytes);
    workspace = NULL;
    workspace_bytes = 0;
}

bool blas_lease_workspace(blas_lease *lease, size_t bytes) {
    if (lease->owned) {
        if (bytes > workspace_bytes) {
            drop_workspace();
            workspace = strassen_alloc(bytes);
            workspace_bytes = workspace ? bytes : 0;
        }
        lease->workspace = workspace;
        return workspace || bytes == 0;
    }
    if (lease->workspace && bytes > lease->bytes) {
        strassen_free(lease->workspace, lease->bytes);
        lease->workspace = NULL;
        lease->bytes = 0;
    }
    if (!lease->workspace && bytes > 0) {
        lease->workspace = strassen_alloc(bytes);
        lease->bytes = lease->workspace ? bytes : 0;
    }
    return lease->workspace || bytes == 0;
}

void blas_lease_release(blas_lease *lease) {
    if (!lease->owned) {
        if (lease->workspace) strassen_free(lease->workspace, lease->bytes);
        return;
    }
    if (workspace_bytes > MAX_KEPT_BYTES) drop_workspace();
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
