// SPDX-License-Identifier: AGPL-3.0-or-later
#include <math.h>
#include <stdatomic.h>

#include "base/team.h"
#include "gemm/lines.h"

#define LINES_PER_ITEM 16

typedef struct max_call {
    strassen_precision precision;
    const char *x;
    int64_t length, lines, stride, step; /**< lines of `length` elements `step` apart, `stride` between lines */
    _Atomic double result;
} max_call;

static double strided_max(const max_call *call, const char *line) {
    double worst = 0;
    for (int64_t i = 0; i < call->length; i++) {
        const char *at = line + i * call->step * (int64_t)element_size(call->precision);
        const double v = call->precision == STRASSEN_FLOAT32 ? (double)*(const float *)(const void *)at
                                                             : *(const double *)(const void *)at;
        if (!(fabs(v) <= worst)) worst = fabs(v);
        if (isnan(worst)) return worst;
    }
    return worst;
}

static void max_lines(member *self, void *argument) {
    max_call *call = argument;
    const line_operations *lines = lines_for(strassen_isa_best());
    double worst = 0;
    const team_loop loop = team_loop_begin(self, ceil_div(call->lines, LINES_PER_ITEM));
    for (int64_t item; (item = team_loop_next(&loop)) >= 0;)
        for (int64_t j = item * LINES_PER_ITEM; j < min64(call->lines, (item + 1) * LINES_PER_ITEM) && !isnan(worst);
             j++) {
            const char *line = call->x + j * call->stride * (int64_t)element_size(call->precision);
            const double v =
                call->step == 1 ? lines->max[call->precision](line, call->length) : strided_max(call, line);
            worst = v <= worst ? worst : v;
        }
    double seen = atomic_load(&call->result);
    while (!isnan(seen) && !(worst <= seen) && !atomic_compare_exchange_weak(&call->result, &seen, worst)) {
    }
    team_loop_end(self);
}

strassen_status strassen_max_abs(strassen_precision precision, int64_t m, int64_t n, const void *X, int64_t rs,
                                 int64_t cs, strassen_pool *pool, double *out) {
    if (m < 0 || n < 0 || !out || (m > 0 && n > 0 && !X)) return STRASSEN_ERROR_ARGUMENT;
    if (precision != STRASSEN_FLOAT32 && precision != STRASSEN_FLOAT64) return STRASSEN_ERROR_ARGUMENT;
    max_call call = {precision, X, m, n, cs, rs, 0};
    if (rs != 1 && cs == 1) {
        call.length = n;
        call.lines = m;
        call.stride = rs;
        call.step = cs;
    }
    if (m > 0 && n > 0) {
        if (pool)
            pool_run(pool, strassen_pool_threads(pool), max_lines, &call);
        else
            team_run_alone(max_lines, &call);
    }
    *out = atomic_load(&call.result);
    return STRASSEN_OK;
}
