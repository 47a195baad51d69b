// SPDX-License-Identifier: AGPL-3.0-or-later
/** Transposes of squares of 32-byte rows in registers, for the packings of 256- and 512-bit kernels alike. */
#ifndef STRASSEN_MICROKERNELS_TRANSPOSE_H
#define STRASSEN_MICROKERNELS_TRANSPOSE_H

/** Bytes of a row of a square. */
#define LANES_BYTES 32

typedef float lanes_f32 __attribute__((vector_size(LANES_BYTES), aligned(sizeof(float))));
typedef double lanes_f64 __attribute__((vector_size(LANES_BYTES), aligned(sizeof(double))));

/** Transposes 8×8 floats: pairs of rows, then pairs of pairs, are interleaved within halves, which then change places. */
static inline __attribute__((always_inline, overloadable)) void transpose(lanes_f32 square[8]) {
    lanes_f32 pairs[8], quads[8];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        const lanes_f32 upper = square[2 * i], lower = square[2 * i + 1];
        pairs[2 * i] = __builtin_shufflevector(upper, lower, 0, 8, 1, 9, 4, 12, 5, 13);
        pairs[2 * i + 1] = __builtin_shufflevector(upper, lower, 2, 10, 3, 11, 6, 14, 7, 15);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        const lanes_f32 upper = pairs[i / 2 * 4 + i % 2], lower = pairs[i / 2 * 4 + i % 2 + 2];
        quads[i / 2 * 4 + i % 2 * 2] = __builtin_shufflevector(upper, lower, 0, 1, 8, 9, 4, 5, 12, 13);
        quads[i / 2 * 4 + i % 2 * 2 + 1] = __builtin_shufflevector(upper, lower, 2, 3, 10, 11, 6, 7, 14, 15);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        square[i] = __builtin_shufflevector(quads[i], quads[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        square[i + 4] = __builtin_shufflevector(quads[i], quads[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

/** Transposes 4×4 doubles: pairs of rows are interleaved within halves, which then change places. */
static inline __attribute__((always_inline, overloadable)) void transpose(lanes_f64 square[4]) {
    const lanes_f64 even0 = __builtin_shufflevector(square[0], square[1], 0, 4, 2, 6);
    const lanes_f64 odd0 = __builtin_shufflevector(square[0], square[1], 1, 5, 3, 7);
    const lanes_f64 even1 = __builtin_shufflevector(square[2], square[3], 0, 4, 2, 6);
    const lanes_f64 odd1 = __builtin_shufflevector(square[2], square[3], 1, 5, 3, 7);
    square[0] = __builtin_shufflevector(even0, even1, 0, 1, 4, 5);
    square[1] = __builtin_shufflevector(odd0, odd1, 0, 1, 4, 5);
    square[2] = __builtin_shufflevector(even0, even1, 2, 3, 6, 7);
    square[3] = __builtin_shufflevector(odd0, odd1, 2, 3, 6, 7);
}
#endif
