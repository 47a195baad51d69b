// SPDX-License-Identifier: AGPL-3.0-or-later
#ifndef STRASSEN_GEMM_REFERENCE_H
#define STRASSEN_GEMM_REFERENCE_H

#include "base/team.h"

/** C := alpha·A·B + beta·C by three loops in long double, columns shared among the team. Strides in elements. */
void reference_gemm(member *self, const strassen_problem *problem, double alpha, const void *A, int64_t a_rs,
                    int64_t a_cs, const void *B, int64_t b_rs, int64_t b_cs, double beta, void *C, int64_t c_rs,
                    int64_t c_cs);

#endif
