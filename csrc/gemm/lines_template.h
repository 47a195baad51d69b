// SPDX-License-Identifier: AGPL-3.0-or-later
/** Template of line operations for one element type T and vectors of VECTOR bytes; names by NAME(x). */

typedef T NAME(vector) __attribute__((vector_size(VECTOR), aligned(VECTOR)));
typedef T NAME(loose) __attribute__((vector_size(VECTOR), aligned(sizeof(T))));

static inline __attribute__((always_inline)) void NAME(sum_count)(T *dst, const T *const *src, const T *coef, int count,
                                                                 int64_t length, int stream) {
    enum { step = VECTOR / sizeof(T) };
    int64_t i = 0;
    for (; i < length && (uintptr_t)(dst + i) % VECTOR != 0; i++) { // up to an aligned store
        T sum = coef[0] * src[0][i];
        for (int t = 1; t < count; t++)
            sum += coef[t] * src[t][i];
        dst[i] = sum;
    }
    for (; i + step <= length; i += step) {
        NAME(vector) sum = *(const NAME(loose) *)(src[0] + i) * coef[0];
        for (int t = 1; t < count; t++)
            sum += *(const NAME(loose) *)(src[t] + i) * coef[t];
        if (stream)
            __builtin_nontemporal_store(sum, (NAME(vector) *)(dst + i));
        else
            *(NAME(vector) *)(dst + i) = sum;
    }
    for (; i < length; i++) {
        T sum = coef[0] * src[0][i];
        for (int t = 1; t < count; t++)
            sum += coef[t] * src[t][i];
        dst[i] = sum;
    }
}

static void NAME(sum)(void *dst, const void *const *sources, const double *coefs, int count, int64_t length, int stream) {
    T coef[LINE_MAX_TERMS];
    const T *src[LINE_MAX_TERMS];
    for (int t = 0; t < count; t++) {
        coef[t] = (T)coefs[t];
        src[t] = sources[t];
    }
    switch (count) {
    case 0: memset(dst, 0, (size_t)length * sizeof(T)); break;
    case 1: stream ? NAME(sum_count)(dst, src, coef, 1, length, 1) : NAME(sum_count)(dst, src, coef, 1, length, 0); break;
    case 2: stream ? NAME(sum_count)(dst, src, coef, 2, length, 1) : NAME(sum_count)(dst, src, coef, 2, length, 0); break;
    case 3: stream ? NAME(sum_count)(dst, src, coef, 3, length, 1) : NAME(sum_count)(dst, src, coef, 3, length, 0); break;
    case 4: stream ? NAME(sum_count)(dst, src, coef, 4, length, 1) : NAME(sum_count)(dst, src, coef, 4, length, 0); break;
    default: NAME(sum_count)(dst, src, coef, count, length, stream); break;
    }
}

static double NAME(max)(const void *line, int64_t length) {
    enum { step = 8 };
    const T *x = line;
    T largest[step] = {0};
    T poison = 0; // counts NaNs, which comparisons would lose
    int64_t i = 0;
    for (; i + step <= length; i += step)
        for (int j = 0; j < step; j++) {
            const T a = x[i + j] < 0 ? -x[i + j] : x[i + j];
            largest[j] = a > largest[j] ? a : largest[j];
            poison += x[i + j] != x[i + j];
        }
    for (; i < length; i++) {
        const T a = x[i] < 0 ? -x[i] : x[i];
        largest[0] = a > largest[0] ? a : largest[0];
        poison += x[i] != x[i];
    }
    if (poison > 0)
        return NAN;
    for (int j = 1; j < step; j++)
        largest[0] = largest[j] > largest[0] ? largest[j] : largest[0];
    return (double)largest[0];
}
