// SPDX-License-Identifier: AGPL-3.0-or-later
/** The two innermost loops: the tiles of a packed block of A and some packed panels of B. */
#ifndef STRASSEN_GEMM_MACRO_KERNEL_H
#define STRASSEN_GEMM_MACRO_KERNEL_H

#include "gemm/leaf.h"
#include "gemm/share.h"

/** What a step does of one product: nothing, with 0 columns or depth, where the product is through and another is not. */
typedef struct slice {
    const leaf_call *call;
    packed_panels b;
} slice;

/**
 * Adds one packed block of A times a group of panels, which are ready, to all targets; those beyond the targets' edges and those
 * without unit row stride by way of a buffer.
 *
 * a      the packed rows `block` of A, as deep as the panels
 * ahead  what another group will be packed from, which the tiles then fetch; null: they fetch the next packed panels
 */
void macro_kernel(const slice *s, const char *a, leaf_rows block, panel_group group, group_source *ahead);

#endif
