// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The drop-in BLAS: internal interface of csrc/blas. The flow of a call is
 *
 *   entry.c (arguments, netlib's checks) -> gemm.c (policy, fallbacks, the line of STRASSEN_VERBOSE)
 *     -> plans.c (the thread's plans), lease.c (pool and workspace) -> strassen_run
 *
 * This is the only part of the engine that reads the environment (config.c, once) and prints.
 */
#ifndef STRASSEN_BLAS_H
#define STRASSEN_BLAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/team.h"
#include "gemm/small.h"
#include "strassen.h"

/* ------------------------------------------------------------------ config.c */

typedef enum blas_policy {
    BLAS_POLICY_OFF = 0,  /**< classical GEMM only */
    BLAS_POLICY_AUTO = 1, /**< fast where the profile expects a gain and the data allow it */
    BLAS_POLICY_FORCE =
        2, /**< levels whatever the data: with a cutoff as many as it and max_levels allow, else the planner's best plan with any */
} blas_policy;

/** What the environment and the files of this machine say; read once, then constant. */
typedef struct blas_config {
    int threads; /**< ≥ 1 */
    blas_policy policy;
    int max_levels; /**< 0…STRASSEN_MAX_LEVELS */
    int64_t cutoff; /**< 0: the profile's */
    int isa;        /**< a strassen_isa, or −1: the best */
    bool verbose;
    strassen_scheme *scheme; /**< null: the planner's own choice */
    double growth; /**< most that a level makes of max|A|, max|B|, max|A|·max|B|·k in its sums and products */
    strassen_profile profile;      /**< measured on this machine, or derived from its caches */
    const small_gemm *unpacked[2]; /**< by precision: the kernel of small products */
    int64_t smallest[2]; /**< by precision: no product with a smaller strassen_mean_side is worth a fast level */
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

/* ----------------------------------------------------------------- machine.c */

/** What a profile must have been measured on to be trusted here. */
typedef struct blas_machine {
    char fingerprint[128]; /**< as in strassen_profile.machine */
    int64_t l1d, l2, l3;   /**< bytes of CPU 0's data caches; 0: unknown */
} blas_machine;

/** Looks at /proc/cpuinfo and /sys. */
blas_machine blas_this_machine(void);

/* ----------------------------------------------------------------- profile.c */

/**
 * Loads the profile of this machine: `explicit_path` if not null, else the first found in
 * $XDG_CACHE_HOME/strassen (or ~/.cache/strassen), ./tuning, /usr/local/share/strassen and /usr/share/strassen.
 * Warns once about a file that is malformed or made on another machine, and does not use it.
 * @return false when there is none to trust; then the profile is derived from the caches.
 */
bool blas_load_profile(const char *explicit_path, strassen_profile *profile);

/* ------------------------------------------------------------------ thread.c */

enum { BLAS_PLAN_SLOTS = 64 };

typedef struct blas_plan blas_plan;

/** What a thread keeps between its calls, so that a small call allocates nothing. */
typedef struct blas_thread {
    blas_plan *plans[BLAS_PLAN_SLOTS]; /**< by hash of the key; null: empty */
    void *workspace;                   /**< of small products, 64-byte aligned */
    size_t workspace_bytes;
} blas_thread;

/** The calling thread's; freed when the thread ends. Never null. */
blas_thread *blas_this_thread(void);

/* ------------------------------------------------------------------- lease.c */

/** The right to the process's worker pool and large workspace for one call; all zero: nothing is leased. */
typedef struct blas_lease {
    bool owned;          /**< the process's pool and workspace are this call's */
    strassen_pool *pool; /**< null: one thread */
    void *workspace;     /**< set by blas_lease_workspace */
    size_t bytes;        /**< of a workspace that is this call's only, else 0 */
} blas_lease;

/** Takes the pool, if no other call has it: never waits, so the second of two concurrent callers works alone. */
void blas_lease_pool(blas_lease *lease);
/**
 * The pool for a loose run (team.h), which keeps nobody from it: a product that leases it meanwhile waits for some microseconds.
 * Null while another call has it, or when it cannot be started.
 */
strassen_pool *blas_borrow_pool(void);
/** Provides `bytes` of 64-byte aligned workspace: the thread's, the process's, or memory for this call only. */
bool blas_lease_workspace(blas_lease *lease, size_t bytes);
/** Gives back what the lease holds. */
void blas_lease_end(blas_lease *lease);

/* ------------------------------------------------------------------- plans.c */

/** Which plan: with the configuration, this decides it entirely. */
typedef struct blas_plan_key {
    int64_t m, n, k;
    strassen_precision precision;
    int threads;
    strassen_engine engine; /**< AUTO or TURBO by the policy; CLASSICAL; REFERENCE (needs no workspace) */
} blas_plan_key;

struct blas_plan {
    blas_plan_key key;
    strassen_plan *plan;
    strassen_plan_info info;
};

/** The plan from the thread's cache, or a new one; valid until the thread asks for another. Null: status says why. */
const blas_plan *blas_plan_get(const blas_plan_key *key, strassen_status *status);
/** Frees a plan; null does nothing. */
void blas_plan_free(blas_plan *plan);

/* --------------------------------------------------------- lease.c, for fork.c */

/** Before: takes the lock. After: in a child forgets what only the parent's threads had; releases the lock. */
void blas_lease_before_fork(void);
void blas_lease_after_fork(bool child);

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
