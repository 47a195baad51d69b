// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the instantiations of small_template.h share. */
#ifndef STRASSEN_GEMM_SMALL_INTERNAL_H
#define STRASSEN_GEMM_SMALL_INTERNAL_H

#include <string.h>

#include "gemm/small.h"

enum {
    SMALL_COLUMNS = 4, /**< of a tile */
    /* Limits of a small_gemm: with vectors of at most 32 bytes as measured on Zen 3, of 64 on Emerald Rapids. */
    SMALL_LIMIT_F32 = 160,
    SMALL_LIMIT_F64 = 112,
    SMALL_LIMIT_WIDE_F32 = SMALL_LIMIT,
    SMALL_LIMIT_WIDE_F64 = 240
};

/** Before a loop of constant length over registers: unrolled early, they never live in memory. */
#define SMALL_UNROLL _Pragma("clang loop unroll(full)")

/* By strassen_precision. */
extern const small_gemm small_portable[2];
#if defined(STRASSEN_HAS_X86)
extern const small_gemm small_avx2[2], small_avx512[2];
#endif

#endif
