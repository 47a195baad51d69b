// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/cpu.h"
#if defined(STRASSEN_HAS_X86)
CPU_AVX512_BEGIN
#define KERNEL f32_48x8_avx512
#define PRECISION STRASSEN_FLOAT32
#define ISA STRASSEN_ISA_AVX512
#define T float
#define VECTOR 64
#define MV 3
#define NR 8
#include "microkernels/define_kernel.h"
CPU_END
#endif
