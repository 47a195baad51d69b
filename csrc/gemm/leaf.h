// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The leaf product: every target += coef · (Σ u_i A_i)(Σ v_j B_j), in one pass of the packed five loops.
 *
 * With one term a side and one target it is the classical GEMM; with the rows of a scheme it is one product of a
 * fused level. Sums are formed while packing, each register tile is scattered into all targets.
 */
#ifndef STRASSEN_GEMM_LEAF_H
#define STRASSEN_GEMM_LEAF_H

#include "gemm/panels.h"

/** A block of C: c := beta·c + coef·product on its rows × columns; the product may be larger (virtual padding). */
typedef struct leaf_target {
    void *p;
    double coef, beta;
    int64_t rows, columns;
} leaf_target;

typedef struct leaf_call {
    int64_t m, n, k; /**< of the product, padding included; k ≥ 1 */
    leaf_operand a, b;
    const leaf_target *targets;
    int count;
    int64_t c_rs, c_cs;
} leaf_call;

/** Most products that run side by side. */
#define LEAF_MAX_PRODUCTS 4

/** How a leaf runs: the kernel, its blocking, and its buffers. Shared by the team, read only. */
typedef struct leaf_setup {
    const kernel *kernel;
    int64_t mc, kc, nc;  /**< mc a multiple of mr, nc of nr */
    int products;        /**< 1 … LEAF_MAX_PRODUCTS: most that leaf_run gets at once */
    char *a_buffers;     /**< one of leaf_a_bytes per member */
    char *b_buffer;      /**< leaf_b_bytes for the columns of all products that run side by side */
    panel_state *states; /**< leaf_state_bytes */
} leaf_setup;

/** Most that a depth may exceed kc by, so that k = kc + 1 is not done in two halves, which would update C twice. */
static inline int64_t leaf_slack(int64_t kc) { return kc / 16; }

/** How many steps along k a leaf takes; they are made even. */
static inline int64_t leaf_steps(const leaf_setup *setup, int64_t k) {
    return max64(1, ceil_div(k - leaf_slack(setup->kc), setup->kc));
}

/** Bytes of one member's progress and packed A, and of packed B for `columns` of C, of which nc are packed at most; multiples of 64. */
size_t leaf_a_bytes(const leaf_setup *setup);
size_t leaf_b_bytes(const leaf_setup *setup, int64_t columns);
/** Bytes of the states of the panels of all products that run side by side; a multiple of 64. */
size_t leaf_state_bytes(const leaf_setup *setup);

/** Makes a member's buffers ready, the first one's those of all. Every run needs it, and a barrier after it, before the first leaf_run. */
void leaf_prepare(const member *self, const leaf_setup *setup);

/**
 * One product, or several side by side, whose work is dealt out together: they share the strides of C, no element of which is a
 * target of two of them. What an element becomes does not depend on what runs beside it.
 *
 * count  1 … setup->products. Called by every member of the team with equal arguments; ends with a barrier.
 */
void leaf_run(member *self, const leaf_setup *setup, const leaf_call *calls, int count);

#endif
