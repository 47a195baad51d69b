// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The packed panels of B of one step along k. Nobody packs them in advance: a group of adjoining panels is packed by the member that
 * needs it first, right before its first tiles, which find it in L2 and meanwhile fetch what the next group will be packed from.
 */
#ifndef STRASSEN_GEMM_PANELS_H
#define STRASSEN_GEMM_PANELS_H

#include "base/team.h"
#include "microkernels/kernel.h"

/** One side of a product, A's as well: a sum. For A minor = rows, for B minor = columns; major is the inner dimension. */
typedef struct leaf_operand {
    const panel_term *terms;
    int count;
} leaf_operand;

/** The terms moved to element (minor, major) of the operand. */
void leaf_operand_at(const leaf_operand *operand, size_t size, int64_t minor, int64_t major, panel_term *out);

/** What has become of the group that begins with a panel: packing or packed, and in which step; see panels.c. */
typedef atomic_uint_fast64_t panel_state;

/** Panels for some columns of B, `depth` deep. */
typedef struct packed_panels {
    const kernel *kernel;
    const leaf_operand *b;
    char *data;
    panel_state *states; /**< one for every panel; zero before the first step of a run */
    uint64_t ticket;     /**< of this step: differs from that of all others of the run, between which are barriers */
    int64_t column, columns; /**< of B */
    int64_t depth_start, depth;
} packed_panels;

/** Columns first … first + width of the packed ones, which are packed together; the same in all members. */
typedef struct panel_group {
    int64_t first, width;
} panel_group;

/** 1 if the group may be read. */
int panels_ready(const packed_panels *p, panel_group group);

/** Packs the group, or waits for the member that is about to have done so. */
void panels_provide(const packed_panels *p, panel_group group);

/** The lines that packing a group will read, one term after the other, as tiles fetch them; where a term ends sooner, some beyond it. */
typedef struct group_source {
    const packed_panels *panels;
    panel_group group;
    int next_term;
    int64_t left; /**< lines of the present term */
    line_runs lines;
} group_source;

group_source group_source_of(const packed_panels *p, panel_group group);

/** Lines for a tile that passes `lines` of them; once there are none left, one over and over. */
line_runs *group_source_take(group_source *source, int64_t lines);

#endif
