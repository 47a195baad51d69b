// SPDX-License-Identifier: AGPL-3.0-or-later
/** Instruction sets, and the small helpers that every layer uses. */
#ifndef STRASSEN_BASE_CPU_H
#define STRASSEN_BASE_CPU_H

#include "strassen.h"

/** Opens and closes a region of functions compiled for an instruction set that is chosen at run time. */
#if defined(__x86_64__)
#define STRASSEN_HAS_X86 1
#define CPU_AVX2_BEGIN _Pragma("clang attribute push(__attribute__((target(\"avx2,fma\"))), apply_to = function)")
#define CPU_AVX512_BEGIN \
    _Pragma(             \
        "clang attribute push(__attribute__((target(\"avx512f,avx512dq,avx512vl,avx512bw,avx2,fma\"))), apply_to = function)")
#define CPU_END _Pragma("clang attribute pop")
#endif

static inline int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t max64(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t clamp64(int64_t x, int64_t low, int64_t high) { return x < low ? low : x > high ? high : x; }
/** ceil(a / b) for a ≥ 0, b > 0. */
static inline int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
static inline int64_t round_up(int64_t a, int64_t b) { return ceil_div(a, b) * b; }

#endif
