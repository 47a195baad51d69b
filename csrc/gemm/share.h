// SPDX-License-Identifier: AGPL-3.0-or-later
/** How a team deals out the tiles of one packed panel of B among its members. */
#ifndef STRASSEN_GEMM_SHARE_H
#define STRASSEN_GEMM_SHARE_H

#include <stdatomic.h>

#include "base/cpu.h"
#include "microkernels/kernel.h"

/** Items of work: one of `blocks` parts of the rows of A (mc at most) by one of `chunks` parts of the columns of B. */
typedef struct leaf_share {
    int64_t blocks, chunks;
} leaf_share;

/** Rows row … row + rows of A. */
typedef struct leaf_rows {
    int64_t row, rows;
} leaf_rows;

/** The rows of a block: blocks are even but for a tile, those that have one more come first, the incomplete tile last. */
leaf_rows leaf_block(const kernel *k, int64_t m, int64_t blocks, int64_t index);

/** What a step deals out: `products` times m rows of A, in blocks of mc at most, by `columns` columns of B. */
typedef struct leaf_step_size {
    int64_t mc, m, columns;
    int products;
} leaf_step_size;

/**
 * How a team deals out each product of a step: so that the busiest member has least to do, where more chunks let more members
 * pack the same rows of A, and more blocks let B be read more often. One thread takes as few as there can be.
 */
leaf_share leaf_share_of(const kernel *k, const leaf_step_size *step, int64_t threads);

/**
 * The item that a member has begun, and how many parts of it are taken. Members that find no item left take parts of the
 * others': a core that a neighbour slows is not waited for, whatever the items' size.
 */
typedef struct leaf_progress {
    _Alignas(64) atomic_uint_fast64_t state; /**< the item, and in the lowest LEAF_PART_BITS how many parts are taken */
} leaf_progress;

/** Room for the parts of an item, of which the limits of a profile allow 2^21. */
#define LEAF_PART_BITS 22
/** No item's number: so many are more than 64 TiB of C, whatever the tile. */
#define LEAF_NO_ITEM (((int64_t)1 << (64 - LEAF_PART_BITS)) - 1)

void leaf_progress_begin(leaf_progress *progress, int64_t item);
/** The next part of `item`, or −1 if all `parts` are taken or its owner has gone on. */
int64_t leaf_progress_take(leaf_progress *progress, int64_t item, int64_t parts);
/** The item and how many of its parts are taken. */
int64_t leaf_progress_item(leaf_progress *progress, int64_t *taken);

#endif
