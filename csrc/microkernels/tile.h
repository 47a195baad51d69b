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
 * clang's extended vectors; a·b + c becomes an FMA where the target has one. Every function below is compiled for a
 * constant number of vectors, `mv`: MV, or fewer for a panel whose last rows are zeros.
 */
#include "microkernels/kernel.h"

#define LANES_OF_VECTOR (VECTOR / (int)sizeof(T))
#define MR (MV * LANES_OF_VECTOR)
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
/**
 * Fours of steps from the fetch of the last column of C to the end of a tile: 64 steps are longer than memory takes. The
 * a panel of a tile of 512-bit vectors is larger than L1 and would displace what was fetched at its start.
 */
#define FETCH_LEAD 16
#define FETCHES_LATE (VECTOR == 64)

typedef T vector __attribute__((vector_size(VECTOR), aligned(VECTOR)));
typedef T loose_vector __attribute__((vector_size(VECTOR), aligned(sizeof(T))));

#define TILE_INLINE static inline __attribute__((always_inline))

TILE_INLINE void step(int mv, vector acc[NR][MV], const T *a, const T *b) {
    vector column[MV];
#pragma clang loop unroll(full)
    for (int v = 0; v < mv; v++) column[v] = *(const vector *)(a + v * LANES_OF_VECTOR);
#pragma clang loop unroll(full)
    for (int j = 0; j < NR; j++)
#pragma clang loop unroll(full)
        for (int v = 0; v < mv; v++) acc[j][v] += column[v] * b[j];
}

/** Four steps, and a line of `next` into L2. The hardware fetches the panels, which it does better alone. */
TILE_INLINE void steps4(int mv, vector acc[NR][MV], const T *a, const T *b, line_runs *next) {
    __builtin_prefetch((const void *)next->at, 0, 2);
    line_runs_pass(next);
    step(mv, acc, a, b);
    step(mv, acc, a + MR, b + NR);
    step(mv, acc, a + 2 * MR, b + 2 * NR);
    step(mv, acc, a + 3 * MR, b + 3 * NR);
}

TILE_INLINE void scatter(int mv, const vector acc[NR][MV], const tile_target *target, int64_t ldc) {
    const T coef = (T)target->coef, beta = (T)target->beta;
    const int plain = coef == 1 && beta == 1;
    T *c = target->c;
#pragma clang loop unroll(full)
    for (int j = 0; j < NR; j++)
#pragma clang loop unroll(full)
        for (int v = 0; v < mv; v++) {
            loose_vector *at = (loose_vector *)(c + j * ldc + v * LANES_OF_VECTOR);
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
TILE_INLINE void fetch_column(int mv, const T *c) {
    const int bytes = mv * VECTOR;
    for (int line = 0; line < bytes; line += LINE_BYTES) __builtin_prefetch((const char *)c + line, 1);
    __builtin_prefetch((const char *)c + bytes - 1, 1); // where a column does not start with a line it ends in one more
}

/** The tiles of C are fetched a column at a time: all at once they would occupy the buffers that loads of the panels wait for. */
TILE_INLINE void compute(int mv, int64_t kc, const T *a, const T *b, line_runs *ahead, const tile_target *targets,
                         int count, int64_t ldc) {
    vector acc[NR][MV];
    line_runs next = *ahead;
#pragma clang loop unroll(full)
    for (int j = 0; j < NR; j++)
#pragma clang loop unroll(full)
        for (int v = 0; v < mv; v++) acc[j][v] = (vector){0};
    const T *const end = a + kc / 4 * 4 * MR;
    const int64_t wait = FETCHES_LATE ? kc / 4 - count * NR - FETCH_LEAD : 0;
    for (int64_t p = 0; p < wait; p++, a += 4 * MR, b += 4 * NR) steps4(mv, acc, a, b, &next);
    for (int t = 0; t < count; t++)
        for (int j = 0; j < NR && a < end; j++, a += 4 * MR, b += 4 * NR) {
            fetch_column(mv, (const T *)targets[t].c + j * ldc);
            steps4(mv, acc, a, b, &next);
        }
    for (; a < end; a += 4 * MR, b += 4 * NR) steps4(mv, acc, a, b, &next);
    for (int p = 0; p < kc % 4; p++, a += MR, b += NR) step(mv, acc, a, b);
    *ahead = next;
    for (int t = 0; t < count; t++) scatter(mv, acc, targets + t, ldc);
}

static void JOIN(KERNEL, _tile)(int64_t kc, int rows, const void *a, const void *b, line_runs *next,
                                const tile_target *targets, int count, int64_t ldc) {
    switch ((rows + LANES_OF_VECTOR - 1) / LANES_OF_VECTOR) {
    case 1: compute(1, kc, a, b, next, targets, count, ldc); break;
#if MV > 2
    case 2: compute(2, kc, a, b, next, targets, count, ldc); break;
#endif
    default: compute(MV, kc, a, b, next, targets, count, ldc); break;
    }
}
