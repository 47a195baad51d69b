// SPDX-License-Identifier: AGPL-3.0-or-later
/** Linear combinations of whole blocks, shared among a team. */
#ifndef STRASSEN_GEMM_BLOCKS_H
#define STRASSEN_GEMM_BLOCKS_H

#include "base/team.h"
#include "gemm/lines.h"

/** A block in someone's memory; rows × columns elements exist. */
typedef struct block {
    char *p;
    int64_t rs, cs;
    int64_t rows, columns;
} block;

typedef struct weighted_block {
    block block;
    double coef;
} weighted_block;

/** Most summands of an operand that is never formed. */
#define OPERAND_MAX_TERMS 4

/** An operand of a product: a sum of blocks of one size, at most; strides may differ. */
typedef struct operand {
    weighted_block terms[OPERAND_MAX_TERMS];
    int count;
} operand;

/** The operand that is one block. */
static inline operand operand_of(block b) { return (operand){{{b, 1}}, 1}; }

/** One destination and what it becomes: dst := Σ coef·source on all of dst's elements. */
typedef struct block_row {
    block dst;
    const weighted_block *sources;
    int count;
} block_row;

#define BLOCKS_MAX_ROWS 16

/** Sub-block starting at (row, column), at most rows × columns; extents past the end are 0. */
block block_part(const block *b, size_t size, int64_t row, int64_t column, int64_t rows, int64_t columns);

/**
 * Every row's destination := its sum, all sources read before any destination is written, element by element.
 * Elements that a source lacks count as zero; destinations may be among the sources and all have one size and strides.
 *
 * count  1 … BLOCKS_MAX_ROWS. Every member calls it with equal arguments; ends with a barrier.
 */
void blocks_combine(member *self, const line_operations *lines, strassen_precision precision, const block_row *rows,
                    int count);

/** C := beta·C; beta 0 fills without reading, 1 does nothing. Every member calls it; ends with a barrier, but for 1. */
void blocks_scale(member *self, const line_operations *lines, strassen_precision precision, const block *c,
                  double beta);

#endif
