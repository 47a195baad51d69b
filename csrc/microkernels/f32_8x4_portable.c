// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/cpu.h"
#define KERNEL f32_8x4_portable
#define PRECISION STRASSEN_FLOAT32
#define ISA STRASSEN_ISA_PORTABLE
#define T float
#define VECTOR 16
#define MV 2
#define NR 4
#include "microkernels/define_kernel.h"
