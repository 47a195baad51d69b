// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/cpu.h"
#if defined(STRASSEN_HAS_X86)
CPU_AVX512_BEGIN
#define KERNEL f64_24x8_avx512
#define PRECISION STRASSEN_FLOAT64
#define ISA STRASSEN_ISA_AVX512
#define T double
#define VECTOR 64
#define MV 3
#define NR 8
#include "microkernels/define_kernel.h"
CPU_END
#endif
