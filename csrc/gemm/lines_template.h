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
        for (int t = 1; t < count; t++) sum += coef[t] * src[t][i];
        dst[i] = sum;
    }
    for (; i + step <= length; i += step) {
        NAME(vector) sum = *(const NAME(loose) *)(src[0] + i) * coef[0];
        for (int t = 1; t < count; t++) sum += *(const NAME(loose) *)(src[t] + i) * coef[t];
        if (stream)
            __builtin_nontemporal_store(sum, (NAME(vector) *)(dst + i));
        else
            *(NAME(vector) *)(dst + i) = sum;
    }
    for (; i < length; i++) {
        T sum = coef[0] * src[0][i];
        for (int t = 1; t < count; t++) sum += coef[t] * src[t][i];
        dst[i] = sum;
    }
}

static void NAME(sum)(void *dst, const void *const *sources, const double *coefs, int count, int64_t length,
                      int stream) {
    T coef[LINE_MAX_TERMS];
    const T *src[LINE_MAX_TERMS];
    for (int t = 0; t < count; t++) {
        coef[t] = (T)coefs[t];
        src[t] = sources[t];
    }
    switch (count) {
    case 0: memset(dst, 0, (size_t)length * sizeof(T)); break;
    case 1:
        stream ? NAME(sum_count)(dst, src, coef, 1, length, 1) : NAME(sum_count)(dst, src, coef, 1, length, 0);
        break;
    case 2:
        stream ? NAME(sum_count)(dst, src, coef, 2, length, 1) : NAME(sum_count)(dst, src, coef, 2, length, 0);
        break;
    case 3:
        stream ? NAME(sum_count)(dst, src, coef, 3, length, 1) : NAME(sum_count)(dst, src, coef, 3, length, 0);
        break;
    case 4:
        stream ? NAME(sum_count)(dst, src, coef, 4, length, 1) : NAME(sum_count)(dst, src, coef, 4, length, 0);
        break;
    default: NAME(sum_count)(dst, src, coef, count, length, stream); break;
    }
}

/* Without its sign a number is ordered as its bits are, and NaN comes after infinity: one integer maximum finds both. */
typedef __typeof__(_Generic((T)0, float : (int32_t)0, double : (int64_t)0)) __attribute__((may_alias)) NAME(bits);
typedef NAME(bits) NAME(bit_vector) __attribute__((vector_size(VECTOR), aligned(sizeof(T)), may_alias));

static double NAME(max)(const void *line, int64_t length) {
    enum { step = VECTOR / sizeof(T), chains = 4 };
    const NAME(bits) magnitude = (NAME(bits))(sizeof(T) == sizeof(int32_t) ? INT32_MAX : INT64_MAX);
    const NAME(bits) *x = line;
    NAME(bit_vector) largest[chains] = {0};
    int64_t i = 0;
    for (; i + chains * step <= length; i += chains * step)
        for (int c = 0; c < chains; c++)
            largest[c] =
                __builtin_elementwise_max(largest[c], *(const NAME(bit_vector) *)(x + i + c * step) & magnitude);
    NAME(bits) worst = 0;
    for (int c = 0; c < chains; c++)
        for (int j = 0; j < step; j++) worst = largest[c][j] > worst ? largest[c][j] : worst;
    for (; i < length; i++) worst = (x[i] & magnitude) > worst ? x[i] & magnitude : worst;
    T value;
    memcpy(&value, &worst, sizeof value);
    return (double)value;
}
