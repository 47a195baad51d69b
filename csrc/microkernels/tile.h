// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Template of a micro-kernel. The including file defines
 *   T        float or double
 *   VECTOR   bytes of a vector register
 *   MV, NR   the tile: MV vectors by NR columns
 *   KERNEL   the kernel's name
 * and sets the instruction set with `#pragma clang attribute push` around the include.
 *
 * The loop keeps MV·NR accumulators, loads MV vectors of a and broadcasts NR elements of b per step. Vectors are
 * clang's extended vectors; a·b + c becomes an FMA where the target has one.
 */
#include "microkernels/kernel.h"

#define MR (MV * (int)(VECTOR / sizeof(T)))
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define LINE 64
#define BYTES (MR * (int)sizeof(T)) /* of a column of the tile */

typedef T vector __attribute__((vector_size(VECTOR), aligned(VECTOR)));
typedef T loose_vector __attribute__((vector_size(VECTOR), aligned(sizeof(T))));

static inline __attribute__((always_inline)) void step(vector acc[NR][MV], const T *a, const T *b) {
    vector column[MV];
    for (int v = 0; v < MV; v++) column[v] = *(const vector *)(a + v * (MR / MV));
#pragma clang loop unroll(full)
    for (int j = 0; j < NR; j++)
        for (int v = 0; v < MV; v++) acc[j][v] += column[v] * b[j];
}

/** Four steps; a line of `next` goes to L2. The hardware fetches the panels, which it does better alone. */
static inline __attribute__((always_inline)) void steps4(vector acc[NR][MV], const T *a, const T *b, const char *next) {
    __builtin_prefetch(next, 0, 2);
    step(acc, a, b);
    step(acc, a + MR, b + NR);
    step(acc, a + 2 * MR, b + 2 * NR);
    step(acc, a + 3 * MR, b + 3 * NR);
}

static inline __attribute__((always_inline)) void scatter(const vector acc[NR][MV], const tile_target *target,
                                                          int64_t ldc) {
    const T coef = (T)target->coef, beta = (T)target->beta;
    const int plain = coef == 1 && beta == 1;
    T *c = target->c;
#pragma clang loop unroll(full)
    for (int j = 0; j < NR; j++)
        for (int v = 0; v < MV; v++) {
            loose_vector *at = (loose_vector *)(c + j * ldc + v * (MR / MV));
            if (plain)
                *at += acc[j][v];
            else if (beta == 0)
                *at = acc[j][v] * coef;
            else if (beta == 1)
                *at += acc[j][v] * coef;
            else
                *at = *at * beta + acc[j][v] * coef;
        }
}

/** Fetches the lines of a column of C. */
static inline __attribute__((always_inline)) void fetch_column(const T *c) {
    for (int line = 0; line < BYTES; line += LINE) __builtin_prefetch((const char *)c + line, 1);
    __builtin_prefetch((const char *)c + BYTES - 1, 1); // where a column does not start with a line it ends in one more
}

/** The tiles of C are fetched a column at a time: all at once they would occupy the buffers that loads of the panels wait for. */
static void JOIN(KERNEL, _tile)(int64_t kc, const void *a_panel, const void *b_panel, const void *next_panel,
                                const tile_target *targets, int count, int64_t ldc) {
    const T *a = a_panel, *b = b_panel;
    const char *next = next_panel;
    vector acc[NR][MV];
    for (int j = 0; j < NR; j++)
        for (int v = 0; v < MV; v++) acc[j][v] = (vector){0};
    const T *const end = a + kc / 4 * 4 * MR;
    for (int t = 0; t < count; t++)
        for (int j = 0; j < NR && a < end; j++, a += 4 * MR, b += 4 * NR, next += LINE) {
            fetch_column((const T *)targets[t].c + j * ldc);
            steps4(acc, a, b, next);
        }
    for (; a < end; a += 4 * MR, b += 4 * NR, next += LINE) steps4(acc, a, b, next);
    for (int p = 0; p < kc % 4; p++, a += MR, b += NR) step(acc, a, b);
    for (int t = 0; t < count; t++) scatter(acc, targets + t, ldc);
}
