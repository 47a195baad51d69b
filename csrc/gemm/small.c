// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/small_internal.h"
#include "microkernels/kernel.h"

/* Largest sides where strides are against it, as measured on Zen 3, the first on Emerald Rapids. */
enum {
    LIMIT_COLLIDING = 208, /**< when columns of A push one another out of the caches: strips of it are copied */
    LIMIT_COPIED = 64,     /**< when A has no unit row stride: it is copied element by element */
    LIMIT_COPIED_COLLIDING = 24,
    LIMIT_ACROSS_COLLIDING = 16 /**< when B is read across lines that push one another out of the caches */
};

/** 1 if a walk across lines so far apart keeps none of them: half as many sets as small_collides asks for. */
static int walk_collides(int64_t stride, size_t element) { return stride * (int64_t)element % 1024 == 0; }

int small_fits(const small_gemm *gemm, const small_call *call) {
    const size_t size = element_size(gemm->precision);
    int64_t limit = small_collides(call->a_cs, size) ? min64(gemm->limit, LIMIT_COLLIDING) : gemm->limit;
    if (call->a_rs != 1) limit = walk_collides(call->a_rs, size) ? LIMIT_COPIED_COLLIDING : LIMIT_COPIED;
    if (call->b_rs != 1 && walk_collides(call->b_rs, size)) limit = min64(limit, LIMIT_ACROSS_COLLIDING);
    return call->m <= limit && call->n <= limit && call->k <= limit;
}

/** A member's least work in multiply-adds, 5 to 10 µs, and its least columns. */
enum { WORK_PER_PART = 400000, COLUMNS_PER_PART = 16 };

int small_members(const small_call *call, int threads) {
    const int64_t fed = min64(call->m * call->n * call->k / WORK_PER_PART, call->n / COLUMNS_PER_PART);
    return (int)clamp64(fed, 1, threads);
}

/** A product in parts of so many columns. */
typedef struct small_parts {
    const small_gemm *gemm;
    const small_call *call;
    int64_t columns;
} small_parts;

static void run_parts(member *self, void *argument) {
    const small_parts *parts = argument;
    const int64_t size = (int64_t)element_size(parts->gemm->precision), columns = parts->columns;
    team_phase(self, STRASSEN_PHASE_KERNEL, 1);
    const team_loop loop = team_loop_begin(self, ceil_div(parts->call->n, columns));
    for (int64_t item; (item = team_loop_next(&loop)) >= 0;) {
        small_call part = *parts->call;
        part.n = min64(columns, part.n - item * columns);
        part.b = (const char *)part.b + item * columns * part.b_cs * size;
        part.c = (char *)part.c + item * columns * part.c_cs * size;
        parts->gemm->run(&part);
    }
    team_phase(self, STRASSEN_PHASE_KERNEL, 0);
}

void small_run(const small_gemm *gemm, const small_call *call, strassen_pool *pool, int members) {
    if (!pool || members == 1) {
        pool_phase(pool, STRASSEN_PHASE_KERNEL, 1);
        gemm->run(call);
        pool_phase(pool, STRASSEN_PHASE_KERNEL, 0);
        return;
    }
    small_parts parts = {gemm, call, round_up(ceil_div(call->n, members), 2 * SMALL_COLUMNS)};
    pool_run_loosely(pool, members, run_parts, &parts);
}

const small_gemm *small_gemm_for(strassen_isa isa, strassen_precision precision) {
#if defined(STRASSEN_HAS_X86)
    if (isa >= STRASSEN_ISA_AVX512) return &small_avx512[precision];
    if (isa >= STRASSEN_ISA_AVX2) return &small_avx2[precision];
#endif
    (void)isa;
    return &small_portable[precision];
}
