// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/cpu.h"
#if defined(STRASSEN_HAS_X86)
CPU_AVX2_BEGIN
#define KERNEL f32_16x6_avx2
#define PRECISION STRASSEN_FLOAT32
#define ISA STRASSEN_ISA_AVX2
#define T float
#define VECTOR 32
#define MV 2
#define NR 6
#include "microkernels/define_kernel.h"
CPU_END
#endif
