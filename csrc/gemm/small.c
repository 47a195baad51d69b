// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/small_internal.h"
#include "microkernels/kernel.h"

/* Largest sides where strides are against it, as measured on Zen 3. */
enum {
    LIMIT_COPIED = 64, /**< when A has no unit row stride: it is copied element by element */
    LIMIT_COPIED_COLLIDING = 24,
    LIMIT_ACROSS_COLLIDING = 16 /**< when B is read across lines that push one another out of the caches */
};

/** 1 if a walk across lines so far apart keeps none of them: half as many sets as small_collides asks for. */
static int walk_collides(int64_t stride, size_t element) { return stride * (int64_t)element % 1024 == 0; }

int small_fits(const small_gemm *gemm, const small_call *call) {
    const size_t size = element_size(gemm->precision);
    int64_t limit = gemm->limit;
    if (call->a_rs != 1) limit = walk_collides(call->a_rs, size) ? LIMIT_COPIED_COLLIDING : LIMIT_COPIED;
    if (call->b_rs != 1 && walk_collides(call->b_rs, size)) limit = min64(limit, LIMIT_ACROSS_COLLIDING);
    return call->m <= limit && call->n <= limit && call->k <= limit;
}

const small_gemm *small_gemm_for(strassen_isa isa, strassen_precision precision) {
#if defined(STRASSEN_HAS_X86)
    if (isa >= STRASSEN_ISA_AVX512) return &small_avx512[precision];
    if (isa >= STRASSEN_ISA_AVX2) return &small_avx2[precision];
#endif
    (void)isa;
    return &small_portable[precision];
}
