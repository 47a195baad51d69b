// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The three kernels. Each is the oracle of the next: `basic` is the definition written down, `optimal` adds the
 * schedule and the arena, `turbo` adds fused levels. All take the scheme as data and any sizes and strides.
 */
#ifndef STRASSEN_FAST_ENGINES_H
#define STRASSEN_FAST_ENGINES_H

#include "fast/explicit.h"
#include "fast/foreign.h"
#include "fast/fused.h"

/** Recursion straight from the definition, with S, T and the product P as temporaries at each level. */
typedef struct basic_engine {
    const line_operations *lines;
    int levels;
    const strassen_scheme *const *schemes;    /**< outermost first */
    size_t level_offset[STRASSEN_MAX_LEVELS]; /**< of the level's S, T, P in the arena */
    char *arena;
    const leaf_setup *leaf;
    const fused_scheme *classical;
    const foreign_leaf *foreign; /**< gemm null: our own leaf */
} basic_engine;

/** Bytes of the arena, and the offsets of its levels. */
size_t basic_layout(basic_engine *engine, strassen_precision precision, int64_t m, int64_t k, int64_t n);
/** target := beta·target + coef·A·B. Every member calls it; ends with a barrier. */
void basic_run(member *self, const basic_engine *engine, const product_call *call);

/** What lies below the explicit levels of `optimal`: one GEMM, own or foreign. */
typedef struct optimal_bottom {
    const leaf_setup *leaf;
    const fused_scheme *classical;
    const foreign_leaf *foreign;
    char *product; /**< arena of one leaf product, used when a foreign leaf has several targets */
} optimal_bottom;

/** recursion.bottom of `optimal`; its context is an optimal_bottom. */
void optimal_product(member *self, const recursion *recursion, const product_call *call);

/** What lies below the explicit levels of `turbo`: the fused levels. */
typedef struct turbo_bottom {
    const leaf_setup *leaf;
    const fused_scheme *fused;
} turbo_bottom;

/** recursion.bottom of `turbo`; its context is a turbo_bottom. */
void turbo_product(member *self, const recursion *recursion, const product_call *call);

#endif
