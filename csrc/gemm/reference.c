// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/reference.h"

#define DEFINE_COLUMN(T, NAME)                                                                                    \
    static void NAME(const strassen_problem *s, double alpha, const T *a, int64_t a_rs, int64_t a_cs, const T *b, \
                     int64_t b_rs, double beta, T *c, int64_t c_rs) {                                             \
        for (int64_t i = 0; i < s->m; i++) {                                                                      \
            long double sum = 0;                                                                                  \
            for (int64_t p = 0; alpha != 0 && p < s->k; p++)                                                      \
                sum += (long double)a[i * a_rs + p * a_cs] * (long double)b[p * b_rs];                            \
            const long double before = beta == 0 ? 0 : (long double)beta * (long double)c[i * c_rs];              \
            c[i * c_rs] = (T)((long double)alpha * sum + before);                                                 \
        }                                                                                                         \
    }
DEFINE_COLUMN(float, column_f32)
DEFINE_COLUMN(double, column_f64)

void reference_gemm(member *self, const strassen_problem *problem, double alpha, const void *A, int64_t a_rs,
                    int64_t a_cs, const void *B, int64_t b_rs, int64_t b_cs, double beta, void *C, int64_t c_rs,
                    int64_t c_cs) {
    const team_loop loop = team_loop_begin(self, problem->n);
    for (int64_t j; (j = team_loop_next(&loop)) >= 0;) {
        if (problem->precision == STRASSEN_FLOAT32)
            column_f32(problem, alpha, A, a_rs, a_cs, (const float *)B + j * b_cs, b_rs, beta, (float *)C + j * c_cs,
                       c_rs);
        else
            column_f64(problem, alpha, A, a_rs, a_cs, (const double *)B + j * b_cs, b_rs, beta, (double *)C + j * c_cs,
                       c_rs);
    }
    team_loop_end(self);
}
