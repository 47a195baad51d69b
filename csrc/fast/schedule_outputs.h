// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Between the search for passes, which works in floating point, and its exact result.
 *
 * A layout is a number of stages; in stage s product p writes column[s][p]. Stage `passes` is the end: its columns are
 * the rows of W. Columns of an earlier stage are what the passes after it turn into those.
 */
#ifndef STRASSEN_FAST_SCHEDULE_OUTPUTS_H
#define STRASSEN_FAST_SCHEDULE_OUTPUTS_H

#include "fast/schedule_internal.h"

typedef struct layout {
    int rank, cells, passes;
    double *matrix[SCHEDULE_MAX_PASSES];     /**< cells × cells, new = matrix · old */
    double *inverse;                         /**< of all passes */
    double *column[SCHEDULE_MAX_PASSES + 1]; /**< rank × cells */
    int *stage;                              /**< rank */
} layout;

#define LAYOUT_ZERO 1e-9 /* smaller entries are rounding */

static inline int layout_is_zero(double x) { return x < LAYOUT_ZERO && x > -LAYOUT_ZERO; }

/** Allocates; every pass the identity, every product at the end. MEMORY: nothing is left behind. */
strassen_status layout_create(const strassen_scheme *scheme, int passes, layout *out);
void layout_free(layout *self);
strassen_status layout_copy(const layout *from, layout *to);

/** Targets of a product that runs in a stage. */
int layout_entries(const layout *self, int stage, int product);

/** Puts every product into the stage where its column has the fewest entries; among equals the earliest. */
void layout_assign(layout *self);

/** Cost of targets and passes (and of the prologue, in accumulate mode), in transfers. */
double layout_cost(const layout *self, const schedule_options *options);

/** Moves single products to another stage while that is cheaper. Returns the cost. */
double layout_refine(layout *self, const schedule_options *options);

/** The exact counterpart; OVERFLOW when an entry is no small fraction or a pass cannot be inverted in 64 bits. */
strassen_status layout_exact(layout *self, const strassen_scheme *scheme, const schedule_options *options,
                             outputs *out);

#endif
