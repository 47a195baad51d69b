// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The explicit levels: an interpreter of schedules. It forms sums of blocks in the arena, hands products down, and
 * combines blocks of C in place. `turbo` and `optimal` differ only in what they do below the last explicit level.
 */
#ifndef STRASSEN_FAST_EXPLICIT_H
#define STRASSEN_FAST_EXPLICIT_H

#include "fast/schedule.h"
#include "gemm/blocks.h"
#include "gemm/leaf.h"

/** One level: its programs and where its temporaries lie in the arena (bytes from its start). */
typedef struct explicit_level {
    const schedule *program[2]; /**< for targets with beta 0, and for those that accumulate */
    size_t offset[2];           /**< of side A's, side B's first temporary */
    size_t bytes[2];            /**< of one temporary of side A, B; covers both orientations, padding included */
} explicit_level;

typedef struct product_call {
    operand a, b; /**< m×k, k×n; extents may be smaller: zeros. One block of coefficient 1 where a level is below */
    const leaf_target *targets; /**< m×n each, whole where a level is below */
    int count;
    int64_t c_rs, c_cs;
    int64_t m, k, n;
} product_call;

typedef struct recursion {
    strassen_precision precision;
    const line_operations *lines;
    int levels;
    const explicit_level *level;
    char *arena;
    /** What happens to a product below the last level; called by every member, ends with a barrier. */
    void (*bottom)(member *self, const struct recursion *recursion, const product_call *call);
    void *context;
} recursion;

/** Most terms of the rows of one SUM or PASS together: a plan checks its schedules against it. */
#define EXPLICIT_MAX_ROW_TERMS 256

/** Leading dimension of a temporary whose lines have `length` elements: whole cache lines, never a power-of-two stride. */
int64_t temporary_stride(int64_t length, size_t element);
/** Bytes of a rows × columns temporary in either orientation, a multiple of 64. */
size_t temporary_bytes(int64_t rows, int64_t columns, size_t element);

/**
 * targets := beta·targets + coef·A·B by the levels from `level` on. m and n are multiples of the product of the
 * levels' m and n; k is nominal, extents of a and b may end earlier. Every member calls it; ends with a barrier.
 */
void explicit_run(member *self, const recursion *recursion, int level, const product_call *call);

#endif
