// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Template of a packing (see panel_function in kernel.h). The including file defines
 *   T         float or double
 *   W         width of a panel
 *   PACK      the function's name
 *   PACK_(x)  a name private to this instance
 * It may be included twice in a file, for W = mr and W = nr.
 *
 * Three sources: `straight` (minor_stride 1: a panel's column is contiguous), `crossed` (major_stride 1: transposed in
 * registers, a square of 32-byte rows at a time), and `scalar` (any strides, and the edges). The number of summands is
 * a constant inside the loops for 1…4 of them.
 */
#include <string.h>

#include "microkernels/transpose.h"

#ifndef STRASSEN_MICROKERNELS_PANEL_H
#define STRASSEN_MICROKERNELS_PANEL_H
#define PANEL_INLINE static inline __attribute__((always_inline))
typedef T lanes __attribute__((vector_size(LANES_BYTES), aligned(sizeof(T))));
#define LANES ((int64_t)(LANES_BYTES / sizeof(T)))
/** Columns that are packed side by side down the panels: their cache lines and those of all summands wait in L1. */
#define PANEL_DEPTH_BLOCK(count) ((count) > 2 ? 4 : 8)

/** Fetches a panel's rows of a column that is packed after the columns side by side with this one; to L2, as it is long until then. */
PANEL_INLINE void fetch_rows(const T *rows, int64_t bytes) {
    for (int64_t line = 0; line < bytes; line += 64) __builtin_prefetch((const char *)rows + line, 0, 2);
}
#endif

/** One panel, columns c0 … c1, all W rows present in every term. */
PANEL_INLINE void PACK_(straight)(const T *const *p, const T *coef, const int64_t *major, int count, int64_t c0,
                                  int64_t c1, T *dst) {
    for (int64_t c = c0; c < c1; c++) {
        T sum[W];
        fetch_rows(p[0] + (c + PANEL_DEPTH_BLOCK(count)) * major[0], W * sizeof(T));
#pragma clang loop unroll(full)
        for (int r = 0; r < W; r++) sum[r] = coef[0] * p[0][c * major[0] + r];
        for (int t = 1; t < count; t++) {
            const T *from = p[t] + c * major[t];
            fetch_rows(from + PANEL_DEPTH_BLOCK(count) * major[t], W * sizeof(T));
#pragma clang loop unroll(full)
            for (int r = 0; r < W; r++) sum[r] += coef[t] * from[r];
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < W; r++) dst[c * W + r] = sum[r];
    }
}

/** The term-wise sum of one element. */
PANEL_INLINE T PACK_(element)(const T *const *p, const T *coef, const int64_t *minor, int count, int64_t r, int64_t c) {
    T sum = p[0][r * minor[0] + c] * coef[0];
    for (int t = 1; t < count; t++) sum += p[t][r * minor[t] + c] * coef[t];
    return sum;
}

/** Rows r … of LANES columns from c on, summed over the terms and transposed into a panel; a panel's last may be fewer. */
PANEL_INLINE void PACK_(square)(const T *const *p, const T *coef, const int64_t *minor, int count, int64_t r, int64_t c,
                                T *dst) {
    const int64_t rows = W - r < LANES ? W - r : LANES;
    lanes square[LANES] = {};
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        square[i] = *(const lanes *)(p[0] + (r + i) * minor[0] + c) * coef[0];
        for (int t = 1; t < count; t++) square[i] += *(const lanes *)(p[t] + (r + i) * minor[t] + c) * coef[t];
    }
    transpose(square);
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) memcpy(dst + (c + i) * W + r, &square[i], (size_t)rows * sizeof(T));
}

/** As straight, for major stride 1: rows are contiguous and `minor` apart. */
PANEL_INLINE void PACK_(crossed)(const T *const *p, const T *coef, const int64_t *minor, int count, int64_t c0,
                                 int64_t c1, T *dst) {
    int64_t c = c0;
    for (; c + LANES <= c1; c += LANES) {
#pragma clang loop unroll(full)
        for (int r = 0; r < W; r += LANES) PACK_(square)(p, coef, minor, count, r, c, dst);
    }
    for (; c < c1; c++)
        for (int r = 0; r < W; r++) dst[c * W + r] = PACK_(element)(p, coef, minor, count, r, c);
}

/** One panel from row0 on, columns c0 … c1, any strides; rows and columns past a term's extent count as zero. */
static void PACK_(scalar)(const panel_term *terms, int count, int64_t row0, int64_t rows, int64_t c0, int64_t c1,
                          T *dst) {
    for (int64_t i = c0 * W; i < c1 * W; i++) dst[i] = 0;
    for (int t = 0; t < count; t++) {
        const panel_term *term = terms + t;
        const T coef = (T)term->coef, *from = (const T *)term->p + row0 * term->minor_stride;
        const int64_t own_rows = term->minor - row0 < rows ? term->minor - row0 : rows,
                      end = term->major < c1 ? term->major : c1;
        for (int64_t c = c0; c < end; c++)
            for (int64_t r = 0; r < own_rows; r++)
                dst[c * W + r] += coef * from[r * term->minor_stride + c * term->major_stride];
    }
}

PANEL_INLINE void PACK_(columns)(const T *const *p, const T *coef, const int64_t *stride, int count, int straight,
                                 int64_t c0, int64_t c1, T *dst) {
    if (straight)
        PACK_(straight)(p, coef, stride, count, c0, c1, dst);
    else
        PACK_(crossed)(p, coef, stride, count, c0, c1, dst);
}

static void PACK_(full)(const T *const *p, const T *coef, const int64_t *stride, int count, int straight, int64_t c0,
                        int64_t c1, T *dst) {
    switch (count) {
    case 1: PACK_(columns)(p, coef, stride, 1, straight, c0, c1, dst); break;
    case 2: PACK_(columns)(p, coef, stride, 2, straight, c0, c1, dst); break;
    case 3: PACK_(columns)(p, coef, stride, 3, straight, c0, c1, dst); break;
    case 4: PACK_(columns)(p, coef, stride, 4, straight, c0, c1, dst); break;
    default: PACK_(columns)(p, coef, stride, count, straight, c0, c1, dst); break;
    }
}

/** 1 if every term has unit stride along the panels' rows (straight) or along their columns (crossed); 0: neither. */
static int PACK_(unit_stride)(const panel_term *terms, int count, int straight) {
    for (int t = 0; t < count; t++)
        if ((straight ? terms[t].minor_stride : terms[t].major_stride) != 1) return 0;
    return 1;
}

static void PACK(const panel_term *terms, int count, int64_t width, int64_t depth, void *panels) {
    T coef[KERNEL_MAX_TERMS];
    const T *p[KERNEL_MAX_TERMS];
    int64_t stride[KERNEL_MAX_TERMS];
    int64_t rows = width, columns = depth; // extents that every term has
    const int straight = PACK_(unit_stride)(terms, count, 1);
    for (int t = 0; t < count; t++) {
        coef[t] = (T)terms[t].coef;
        stride[t] = straight ? terms[t].major_stride : terms[t].minor_stride;
        rows = terms[t].minor < rows ? terms[t].minor : rows;
        columns = terms[t].major < columns ? terms[t].major : columns;
    }
    if (count == 0 || columns < 0 || (!straight && !PACK_(unit_stride)(terms, count, 0))) columns = 0;
    T *dst = panels;
    const int64_t block = straight ? PANEL_DEPTH_BLOCK(count) : columns;
    const int64_t fast = columns > 0 && rows > 0 ? rows / W : 0; // whole panels
    for (int64_t c = 0; c < columns && fast > 0; c += block)
        for (int64_t q = 0; q < fast; q++) {
            for (int t = 0; t < count; t++) p[t] = (const T *)terms[t].p + q * W * terms[t].minor_stride;
            PACK_(full)
            (p, coef, stride, count, straight, c, c + block < columns ? c + block : columns, dst + q * W * depth);
        }
    for (int64_t q = 0; q * W < width; q++) {
        const int64_t left = width - q * W;
        PACK_(scalar)(terms, count, q * W, left < W ? left : W, q < fast ? columns : 0, depth, dst + q * W * depth);
    }
}
