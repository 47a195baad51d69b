// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What a micro-kernel is: a register tile, and the two packings that feed it.
 *
 * One file of this folder defines one kernel; registry.c lists them, best first. The bodies come from the
 * templates tile.h and panel.h, so a new tile or instruction set is one small file and one line.
 */
#ifndef STRASSEN_MICROKERNELS_KERNEL_H
#define STRASSEN_MICROKERNELS_KERNEL_H

#include "strassen.h"

/** Most blocks of C that one tile is scattered into, and most blocks that one packing sums. */
#define KERNEL_MAX_TERMS 64

/** Where a tile goes: c := beta·c + coef·tile; beta 0 never reads c. */
typedef struct tile_target {
    void *c;
    double coef;
    double beta;
} tile_target;

/**
 * Cache lines that will be read soon: runs of adjoining ones, the last line of a run and the first of the next `jump` bytes apart.
 * They are only fetched, so addresses outside of any object will do.
 */
typedef struct line_runs {
    uintptr_t at; /**< the next line */
    int64_t left; /**< lines of the present run from here on, ≥ 1 */
    int64_t run;  /**< lines of the others */
    uintptr_t jump;
} line_runs;

enum { LINE_BYTES = 64 };

/** Goes on to the next line. */
static inline __attribute__((always_inline)) void line_runs_pass(line_runs *lines) {
    const int more = --lines->left > 0;
    lines->at += more ? (uintptr_t)LINE_BYTES : lines->jump;
    lines->left = more ? lines->left : lines->run;
}

/** Lines of `next` that a tile fetches and passes: one every four steps. */
static inline int64_t tile_lines(int64_t kc) { return kc / 4; }

/**
 * tile (mr×nr) = a (mr×kc panel) · b (kc×nr panel), then scattered: column j of every target lies at c + j·ldc.
 *
 * a, b     packed panels: a[p·mr + i], aligned to whole vectors, b[p·nr + j], to its elements.
 * next     what the caller will read soon: tile_lines(kc) lines of it are fetched into L2, and passed.
 * rows     1…mr: the others of a's panel are zeros. Only whole vectors that hold some of these rows are computed.
 * targets  `count` targets, column-major, the same ldc (elements); nr columns of `rows`, rounded up to whole vectors,
 *          are writable.
 */
typedef void (*tile_function)(int64_t kc, int rows, const void *a, const void *b, line_runs *next,
                              const tile_target *targets, int count, int64_t ldc);

/** One summand of a packed operand: coef · the block at `p`, of which `minor` × `major` elements exist. */
typedef struct panel_term {
    const void *p;
    double coef;
    int64_t minor, major;
    int64_t minor_stride, major_stride; /**< in elements */
} panel_term;

/**
 * Packs panels of a weighted sum: dst[q·w·depth + c·w + r] = Σ_i coef_i · p_i[(q·w+r)·minor_stride_i + c·major_stride_i].
 *
 * A is packed with minor = rows, B with minor = columns; major is the inner dimension for both.
 * width   rows (columns) to pack; the last panel is filled with zeros to w.
 * depth   the inner dimension; elements past a term's minor/major extent count as zero.
 * Cost    terms·width·depth loads, one store each; allocates nothing.
 * Source  Huang, Smith, Henry, van de Geijn, SC16 (sums formed while packing).
 */
typedef void (*panel_function)(const panel_term *terms, int count, int64_t width, int64_t depth, void *dst);

typedef struct kernel {
    const char *name;
    strassen_precision precision;
    strassen_isa isa;
    int mr, nr;
    int lanes; /**< elements of a vector; mr is a multiple */
    tile_function tile;
    panel_function pack_a; /**< w = mr */
    panel_function pack_b; /**< w = nr */
} kernel;

/** The registry, best first within a precision; ends at strassen_kernel_count(). */
const kernel *kernel_at(int index);
/** By name, or the best of `precision` for at most `isa`; null if this CPU or build has none. */
const kernel *kernel_find(strassen_precision precision, strassen_isa isa, const char *name);

static inline size_t element_size(strassen_precision precision) { return precision == STRASSEN_FLOAT32 ? 4 : 8; }

#endif
