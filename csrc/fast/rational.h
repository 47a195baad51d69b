// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Exact arithmetic on strassen_rational. Every function takes a sticky overflow flag: once a result does not fit in
 * 64 bits the flag is 1 and the value 0/1, so that a caller checks once at the end.
 */
#ifndef STRASSEN_FAST_RATIONAL_H
#define STRASSEN_FAST_RATIONAL_H

#include "strassen.h"

typedef strassen_rational rational;

static inline rational rational_of(int64_t value) { return (rational){value, 1}; }
static inline int rational_is_zero(rational x) { return x.num == 0; }
static inline int rational_equal(rational x, rational y) { return x.num == y.num && x.den == y.den; }
static inline double rational_value(rational x) { return (double)x.num / (double)x.den; }
static inline rational rational_negate(rational x) { return (rational){-x.num, x.den}; }

/** num/den in lowest terms; den ≠ 0. */
static inline rational rational_reduce(__int128 num, __int128 den, int *overflow) {
    __int128 a = num < 0 ? -num : num, b = den < 0 ? -den : den;
    if (b != 1) {
        while (b) {
            const __int128 rest = a % b;
            a = b;
            b = rest;
        }
        num /= a;
        den /= a;
    }
    if (den < 0) {
        num = -num;
        den = -den;
    }
    if (num > INT64_MAX || num < -INT64_MAX || den > INT64_MAX) {
        *overflow = 1;
        return rational_of(0);
    }
    return (rational){(int64_t)num, (int64_t)den};
}

static inline rational rational_multiply(rational x, rational y, int *overflow) {
    return rational_reduce((__int128)x.num * y.num, (__int128)x.den * y.den, overflow);
}

/** x / y, y ≠ 0. */
static inline rational rational_divide(rational x, rational y, int *overflow) {
    return rational_reduce((__int128)x.num * y.den, (__int128)x.den * y.num, overflow);
}

static inline rational rational_add(rational x, rational y, int *overflow) {
    const __int128 left = (__int128)x.num * y.den, right = (__int128)y.num * x.den;
    __int128 sum;
    if (__builtin_add_overflow(left, right, &sum)) {
        *overflow = 1;
        return rational_of(0);
    }
    return rational_reduce(sum, (__int128)x.den * y.den, overflow);
}

/** x + y·z. */
static inline rational rational_fma(rational x, rational y, rational z, int *overflow) {
    return rational_add(x, rational_multiply(y, z, overflow), overflow);
}

#endif
