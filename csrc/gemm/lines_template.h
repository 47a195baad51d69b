// SPDX-License-Identifier: AGPL-3.0-or-later
/** Template of line operations for one element type T and vectors of VECTOR bytes; names by NAME(x). */

typedef T NAME(vector) __attribute__((vector_size(VECTOR), aligned(VECTOR)));
typedef T NAME(loose) __attribute__((vector_size(VECTOR), aligned(sizeof(T))));

/** Whole vectors of a sum from an aligned dst[i] on; returns where they end. */
static inline __attribute__((always_inline)) int64_t NAME(sum_vectors)(T *dst, const T *const *src, const T *coef,
                                                                       const int64_t *ahead, int count, int64_t i,
                                                                       int64_t length, int stream) {
    enum { step = VECTOR / sizeof(T) };
    for (; i + step <= length; i += step) {
        for (int t = 0; ahead && t < count; t++) __builtin_prefetch((const char *)(src[t] + i) + ahead[t], 0, 2);
        NAME(vector) sum = *(const NAME(loose) *)(src[0] + i) * coef[0];
        for (int t = 1; t < count; t++) sum += *(const NAME(loose) *)(src[t] + i) * coef[t];
        if (stream)
            __builtin_nontemporal_store(sum, (NAME(vector) *)(dst + i));
        else
            *(NAME(vector) *)(dst + i) = sum;
    }
    return i;
}

/** Elements i … until of a sum. */
static inline __attribute__((always_inline)) void NAME(sum_elements)(T *dst, const T *const *src, const T *coef,
                                                                     int count, int64_t i, int64_t until) {
    for (; i < until; i++) {
        T sum = coef[0] * src[0][i];
        for (int t = 1; t < count; t++) sum += coef[t] * src[t][i];
        dst[i] = sum;
    }
}

static inline __attribute__((always_inline)) void NAME(sum_count)(T *dst, const T *const *src, const T *coef,
                                                                  const int64_t *ahead, int count, int64_t length,
                                                                  int stream) {
    int64_t head = 0; // elements before the first aligned store
    while (head < length && (uintptr_t)(dst + head) % VECTOR != 0) head++;
    NAME(sum_elements)(dst, src, coef, count, 0, head);
    int64_t done;
    if (stream)
        done = NAME(sum_vectors)(dst, src, coef, ahead, count, head, length, 1);
    else if (ahead)
        done = NAME(sum_vectors)(dst, src, coef, ahead, count, head, length, 0);
    else
        done = NAME(sum_vectors)(dst, src, coef, NULL, count, head, length, 0);
    NAME(sum_elements)(dst, src, coef, count, done, length);
}

static void NAME(sum)(void *dst, const void *const *sources, const double *coefs, const int64_t *ahead, int count,
                      int64_t length, int stream) {
    T coef[LINE_MAX_TERMS];
    const T *src[LINE_MAX_TERMS];
    for (int t = 0; t < count; t++) {
        coef[t] = (T)coefs[t];
        src[t] = sources[t];
    }
    switch (count) {
    case 0: memset(dst, 0, (size_t)length * sizeof(T)); break;
    case 1: NAME(sum_count)(dst, src, coef, ahead, 1, length, stream); break;
    case 2: NAME(sum_count)(dst, src, coef, ahead, 2, length, stream); break;
    case 3: NAME(sum_count)(dst, src, coef, ahead, 3, length, stream); break;
    case 4: NAME(sum_count)(dst, src, coef, ahead, 4, length, stream); break;
    default: NAME(sum_count)(dst, src, coef, ahead, count, length, stream); break;
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
