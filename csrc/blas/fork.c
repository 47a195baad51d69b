// SPDX-License-Identifier: AGPL-3.0-or-later
/* A forked child has none of its parent's threads: it starts its own pool at its first product on several threads. */
#include <pthread.h>

#include "blas.h"

static void in_parent(void) { blas_lease_after_fork(false); }
static void in_child(void) { blas_lease_after_fork(true); }

__attribute__((constructor)) static void register_handlers(void) {
    pthread_atfork(blas_lease_before_fork, in_parent, in_child);
}
