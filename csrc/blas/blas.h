// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The drop-in BLAS: internal interface of csrc/blas. The flow of a call is
 *
 *   entry.c (arguments, netlib's checks) -> gemm.c (policy, fallbacks, the line of STRASSEN_VERBOSE)
 *     -> plans.c (cache of plans), lease.c (the process's pool and workspace) -> strassen_run
 *
 * This is the only part of the engine that reads the environment (config.c, once) and prints.
 */
#ifndef STRASSEN_BLAS_H
#define STRASSEN_BLAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "strassen.h"

/* ------------------------------------------------------------------ config.c */

typedef enum blas_policy {
    BLAS_POLICY_OFF = 0,   /**< classical GEMM only */
    BLAS_POLICY_AUTO = 1,  /**< fast where the profile expects a gain and the data allow it */
    BLAS_POLICY_FORCE = 2, /**< as many levels as cutoff and max_levels allow, whatever the data */
} blas_policy;

/** What the environment and the files of this machine say; read once, then constant. */
typedef struct blas_config {
    int threads; /**< ≥ 1 */
    blas_policy policy;
    int max_levels;          /**< 0…STRASSEN_MAX_LEVELS */
    int64_t cutoff;          /**< 0: the profile's */
    int isa;                 /**< a strassen_isa, or −1: the best */
    bool verbose;
    strassen_scheme *scheme; /**< null: the planner's own choice */
    bool has_profile;
    strassen_profile profile; /**< valid if has_profile */
} blas_config;

/** The configuration; the first call reads it. Never null. */
const blas_config *blas_configuration(void);

/** Prints one line "strassen: …" on stderr. */
void blas_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ------------------------------------------------------------------ system.c */

/** CPUs that this process may use: its affinity mask, cut to its cgroups' CPU quota (rounded up). At least 1. */
int blas_available_cpus(void);

/** Reads a regular file of at most 1 MiB. The text (NUL-terminated) is the caller's to free. 0, or an errno. */
int blas_read_text(const char *path, char **text, size_t *length);

/* ----------------------------------------------------------------- profile.c */

/**
 * Loads the profile of this machine: `explicit_path` if not null, else the first found of
 * $XDG_CACHE_HOME/strassen (or ~/.cache/strassen), ./tuning and /usr/share/strassen.
 * Warns once about a file that is malformed or made on another machine, and does not use it.
 * @return false when there is none to trust.
 */
bool blas_load_profile(const char *explicit_path, strassen_profile *profile);

/* ------------------------------------------------------------------- lease.c */

/** The right to the process's worker pool and workspace for one call. */
typedef struct blas_lease {
    bool owned;          /**< false: somebody else has them; this call works alone */
    strassen_pool *pool; /**< null: one thread */
    void *workspace;     /**< set by blas_lease_workspace */
    size_t bytes;        /**< of a workspace that is not the process's */
} blas_lease;

/** Never waits: the second of two concurrent callers gets a lease without pool. `threads` ≥ 1 is the wish. */
blas_lease blas_lease_acquire(int threads);
/** Provides `bytes` of 64-byte aligned workspace, kept between calls where it is the process's. */
bool blas_lease_workspace(blas_lease *lease, size_t bytes);
void blas_lease_release(blas_lease *lease);

/* ------------------------------------------------------------------- plans.c */

/** Which plan: with the configuration, this decides it entirely. */
typedef struct blas_plan_key {
    int64_t m, n, k;
    strassen_precision precision;
    int threads;
    strassen_engine engine; /**< AUTO or TURBO by the policy; CLASSICAL; REFERENCE (needs no workspace) */
} blas_plan_key;

/** A plan and its description, shared between threads while `users` > 0. */
typedef struct blas_plan {
    blas_plan_key key;
    strassen_plan *plan;
    strassen_plan_info info;
    int users;
    bool cached;
    uint64_t used; /**< time of last use, for eviction */
} blas_plan;

/** From the cache, or made. Null: status says why. Give it back with blas_plan_put. */
blas_plan *blas_plan_get(const blas_plan_key *key, strassen_status *status);
void blas_plan_put(blas_plan *plan);

/* -------------------------------------------------------------------- fork.c */

/* Before: takes the part's lock. After: in a child forgets what only the parent's threads had; releases the lock. */
void blas_lease_before_fork(void);
void blas_lease_after_fork(bool child);
void blas_plans_before_fork(void);
void blas_plans_after_fork(bool child);

/* -------------------------------------------------------------------- gemm.c */

/** One GEMM with valid arguments: column-major C (m×n) := alpha·op(A)·op(B) + beta·C. */
typedef struct blas_call {
    strassen_precision precision;
    bool transpose_a, transpose_b;
    int64_t m, n, k;
    double alpha;
    const void *a;
    int64_t lda;
    const void *b;
    int64_t ldb;
    double beta;
    void *c;
    int64_t ldc;
} blas_call;

void blas_gemm(const blas_call *call);

/* ------------------------------------------------------------------ errors.c */

/** Reports parameter `info` of SGEMM or DGEMM to xerbla_ or, if `wide` (64-bit integers), xerbla_64_. */
void blas_report_fortran(strassen_precision precision, bool wide, int info);
/**
 * Reports parameter `info` of cblas_?gemm to cblas_xerbla, numbered as netlib does: for row-major calls the
 * numbers of M and N and of lda and ldb are those of the swapped column-major call, and RowMajorStrg says so.
 */
void blas_report_cblas(strassen_precision precision, bool row_major, int info, const char *what, int value);

#endif
