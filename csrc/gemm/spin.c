// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the machine can do at most: kernels in cache, FMAs in registers, streams through memory. */
#include <stdlib.h>
#include <string.h>

#include "gemm/lines.h"

strassen_status strassen_kernel_spin(int index, int64_t kc, int64_t repeats) {
    if (index < 0 || index >= strassen_kernel_count() || kc < 1 || kc > 4096 || repeats < 0)
        return STRASSEN_ERROR_ARGUMENT;
    const kernel *k = kernel_at(index);
    if (!strassen_isa_supported(k->isa)) return STRASSEN_ERROR_UNSUPPORTED;
    const size_t size = element_size(k->precision);
    const size_t a_bytes = (size_t)round_up(k->mr * kc, 16) * size, b_bytes = (size_t)round_up(k->nr * kc, 16) * size;
    const size_t c_bytes = (size_t)round_up(k->mr * k->nr, 16) * size, bytes = a_bytes + b_bytes + c_bytes;
    char *memory = strassen_alloc(bytes);
    if (!memory) return STRASSEN_ERROR_MEMORY;
    memset(memory, 0, bytes);
    const tile_target target = {memory + a_bytes + b_bytes, 1, 1};
    const char *b = memory + a_bytes;
    for (int64_t i = 0; i < repeats; i++)
        k->tile(kc, k->mr, memory, b, &(line_runs){(uintptr_t)b, INT64_MAX, INT64_MAX, 0}, &target, 1, k->mr);
    strassen_free(memory, bytes);
    return STRASSEN_OK;
}

/**
 * Chains enough to hide the latency of an FMA on every current core: 12, in registers. What they start from is read from
 * memory that the compiler must not presume to know: it would find chains that stay as they are, drop them, and the peak
 * would come out too high.
 */
#define CHAINS 12
#define FMA_ROUNDS 64
#define DEFINE_FMA(NAME, T, BYTES)                                                                \
    static double NAME(int64_t repeats) {                                                         \
        typedef T vector __attribute__((vector_size(BYTES)));                                     \
        volatile T start[CHAINS + 2];                                                             \
        for (int i = 0; i < CHAINS + 2; i++) start[i] = (T)1 / (T)(i + 2);                        \
        vector x = (vector){0} + start[CHAINS], y = (vector){0} + start[CHAINS + 1], sum[CHAINS]; \
        for (int i = 0; i < CHAINS; i++) sum[i] = (vector){0} + start[i];                         \
        for (int64_t r = 0; r < repeats; r++)                                                     \
            for (int round = 0; round < FMA_ROUNDS; round++)                                      \
                for (int i = 0; i < CHAINS; i++) sum[i] = sum[i] * x + y;                         \
        for (int i = 1; i < CHAINS; i++) sum[0] += sum[i];                                        \
        volatile T sink = sum[0][0];                                                              \
        (void)sink;                                                                               \
        return 2.0 * CHAINS * FMA_ROUNDS * (BYTES / sizeof(T)) * (double)repeats;                 \
    }
DEFINE_FMA(fma_portable_f32, float, 16)
DEFINE_FMA(fma_portable_f64, double, 16)
#if defined(STRASSEN_HAS_X86)
CPU_AVX2_BEGIN
DEFINE_FMA(fma_avx2_f32, float, 32)
DEFINE_FMA(fma_avx2_f64, double, 32)
CPU_END
CPU_AVX512_BEGIN
DEFINE_FMA(fma_avx512_f32, float, 64)
DEFINE_FMA(fma_avx512_f64, double, 64)
CPU_END
#endif

strassen_status strassen_fma_spin(strassen_isa isa, strassen_precision precision, int64_t repeats, double *flops) {
    if (!flops || repeats < 0 || (precision != STRASSEN_FLOAT32 && precision != STRASSEN_FLOAT64))
        return STRASSEN_ERROR_ARGUMENT;
    if (!strassen_isa_supported(isa)) return STRASSEN_ERROR_UNSUPPORTED;
    const int single = precision == STRASSEN_FLOAT32;
    switch (isa) {
#if defined(STRASSEN_HAS_X86)
    case STRASSEN_ISA_AVX2: *flops = single ? fma_avx2_f32(repeats) : fma_avx2_f64(repeats); break;
    case STRASSEN_ISA_AVX512: *flops = single ? fma_avx512_f32(repeats) : fma_avx512_f64(repeats); break;
#endif
    default: *flops = single ? fma_portable_f32(repeats) : fma_portable_f64(repeats); break;
    }
    return STRASSEN_OK;
}

strassen_status strassen_stream_spin(strassen_stream kind, void *buffer, size_t bytes, int64_t repeats, double *moved) {
    if (!buffer || !moved || repeats < 0 || (int)kind < STRASSEN_STREAM_READ || kind > STRASSEN_STREAM_TRIAD)
        return STRASSEN_ERROR_ARGUMENT;
    const line_operations *lines = lines_for(strassen_isa_best());
    const int parts = kind == STRASSEN_STREAM_READ ? 1 : kind == STRASSEN_STREAM_COPY ? 2 : 3;
    const size_t part = bytes / (size_t)parts / 64 * 64;
    const int64_t length = (int64_t)(part / sizeof(double));
    char *at = buffer;
    const void *src[2] = {at + part, at + 2 * part};
    const double coef[2] = {1, 0.5};
    for (int64_t i = 0; i < repeats; i++) {
        if (kind == STRASSEN_STREAM_READ) {
            volatile double sink = lines->max[STRASSEN_FLOAT64](at, length);
            (void)sink;
        } else {
            lines->sum[STRASSEN_FLOAT64](at, src, coef, NULL, parts - 1, length, 0);
        }
    }
    *moved = (double)part * parts * (double)repeats;
    return STRASSEN_OK;
}
