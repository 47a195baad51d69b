// SPDX-License-Identifier: AGPL-3.0-or-later
#include "scheme/scheme.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 int128;

/** One non-zero of a row: its column and its value in the row's primitive integer multiple. */
typedef struct term {
    int column;
    int64_t value;
} term;

/** The rows of one factor without zeros: row p is scale[p] times the integers terms[start[p]] … terms[start[p+1]−1]. */
typedef struct sparse {
    int *start;
    term *terms;
    strassen_rational *scale; /**< numerator: common divisor of the row; denominator: its common denominator */
} sparse;

/** Everything the proof works on; see prepare(). */
typedef struct proof {
    const strassen_scheme *scheme;
    sparse factor[3];
    int64_t common;  /**< the common denominator D of the products' scales */
    int64_t *weight; /**< per product: D times the product of its rows' scales, an integer */
    int128 *sum;     /**< kn×mn, row-major: D·Σ_p U_pa V_pb W_pc for the entry a at hand */
    int odd;         /**< all denominators are odd, so the equations make sense mod 2 */
    int integral;    /**< all denominators are 1 */
} proof;

/** *value := lcm(*value, other); both positive. Returns 1 on overflow. */
static int grow_to_multiple(int64_t *value, int64_t other) {
    return __builtin_mul_overflow(*value, other / scheme_gcd(*value, other), value);
}

/** Appends a row's terms and its scale. Returns 1 on overflow. */
static int clear_row(const strassen_rational *row, int width, strassen_rational *scale, term *terms, int *count) {
    int64_t common = 1, content = 0;
    for (int i = 0; i < width; i++)
        if (grow_to_multiple(&common, row[i].den)) return 1;
    int first = *count;
    for (int i = 0; i < width; i++) {
        if (row[i].num == 0) continue;
        term *t = &terms[(*count)++];
        t->column = i;
        if (__builtin_mul_overflow(row[i].num, common / row[i].den, &t->value) || t->value == INT64_MIN) return 1;
        content = scheme_gcd(content, t->value);
    }
    for (int i = first; i < *count; i++) terms[i].value /= content;
    *scale = (strassen_rational){content == 0 ? 1 : content, common};
    return 0;
}

static strassen_status make_sparse(const strassen_scheme *scheme, strassen_factor factor, sparse *out) {
    size_t rank = (size_t)scheme->rank, width = (size_t)scheme_width(scheme, factor);
    out->start = malloc((rank + 1) * sizeof *out->start);
    out->terms = malloc(rank * width * sizeof *out->terms);
    out->scale = malloc(rank * sizeof *out->scale);
    if (!out->start || !out->terms || !out->scale) return STRASSEN_ERROR_MEMORY;
    int count = 0;
    for (size_t p = 0; p < rank; p++) {
        out->start[p] = count;
        if (clear_row(scheme->exact[factor] + p * width, (int)width, &out->scale[p], out->terms, &count))
            return STRASSEN_ERROR_OVERFLOW;
    }
    out->start[rank] = count;
    return STRASSEN_OK;
}

/** The scale of product p: the product of its three rows', kept in lowest terms. Returns 1 on overflow. */
static int product_scale(const proof *proof, int p, strassen_rational *out) {
    *out = (strassen_rational){1, 1};
    for (int f = 0; f < 3; f++) {
        strassen_rational s = proof->factor[f].scale[p];
        int64_t across = scheme_gcd(s.num, out->den), down = scheme_gcd(out->num, s.den);
        if (__builtin_mul_overflow(out->num / down, s.num / across, &out->num) ||
            __builtin_mul_overflow(out->den / across, s.den / down, &out->den))
            return 1;
    }
    return 0;
}

/** Finds D and the products' weights. Returns 1 on overflow. */
static int weigh_products(proof *proof) {
    strassen_rational scale;
    proof->common = 1;
    for (int p = 0; p < proof->scheme->rank; p++)
        if (product_scale(proof, p, &scale) || grow_to_multiple(&proof->common, scale.den)) return 1;
    for (int p = 0; p < proof->scheme->rank; p++)
        if (product_scale(proof, p, &scale) ||
            __builtin_mul_overflow(scale.num, proof->common / scale.den, &proof->weight[p]))
            return 1;
    return 0;
}

static size_t sum_bytes(const strassen_scheme *scheme) {
    return (size_t)scheme_width(scheme, STRASSEN_V) * (size_t)scheme_width(scheme, STRASSEN_W) * sizeof(int128);
}

static strassen_status prepare(const strassen_scheme *scheme, proof *proof) {
    int rank = scheme->rank;
    proof->scheme = scheme;
    proof->weight = malloc((size_t)rank * sizeof *proof->weight);
    proof->sum = malloc(sum_bytes(scheme));
    if (!proof->weight || !proof->sum) return STRASSEN_ERROR_MEMORY;
    proof->odd = proof->integral = 1;
    for (int f = 0; f < 3; f++) {
        strassen_status status = make_sparse(scheme, (strassen_factor)f, &proof->factor[f]);
        if (status != STRASSEN_OK) return status;
        for (int p = 0; p < rank; p++) {
            proof->odd &= (int)(proof->factor[f].scale[p].den & 1);
            proof->integral &= proof->factor[f].scale[p].den == 1;
        }
    }
    return weigh_products(proof) ? STRASSEN_ERROR_OVERFLOW : STRASSEN_OK;
}

static void release(proof *proof) {
    for (int f = 0; f < 3; f++) {
        free(proof->factor[f].start);
        free(proof->factor[f].terms);
        free(proof->factor[f].scale);
    }
    free(proof->weight);
    free(proof->sum);
}

static int64_t entry(const sparse *factor, int row, int column) {
    for (int i = factor->start[row]; i < factor->start[row + 1]; i++)
        if (factor->terms[i].column == column) return factor->terms[i].value;
    return 0;
}

/** Adds product p's share u·V_p⊗W_p to the sums. Returns 1 on overflow of 128 bits. */
static int add_product(proof *proof, int p, int64_t u) {
    const sparse *v = &proof->factor[STRASSEN_V], *w = &proof->factor[STRASSEN_W];
    int width = scheme_width(proof->scheme, STRASSEN_W);
    for (int i = v->start[p]; i < v->start[p + 1]; i++) {
        int128 scale = (int128)u * v->terms[i].value;
        if (__builtin_mul_overflow(scale, (int128)proof->weight[p], &scale)) return 1;
        int128 *row = proof->sum + (size_t)v->terms[i].column * (size_t)width;
        for (int j = w->start[p]; j < w->start[p + 1]; j++) {
            int128 share, *sum = &row[w->terms[j].column];
            if (__builtin_mul_overflow(scale, (int128)w->terms[j].value, &share) ||
                __builtin_add_overflow(*sum, share, sum))
                return 1;
        }
    }
    return 0;
}

/** The right-hand side of the Brent equation of entries a = (i,l), b = (l',j), c = (i',j'). */
static int expected_value(const strassen_scheme *s, int a, int b, int c) {
    return a % s->k == b / s->n && a / s->k == c / s->n && b % s->n == c % s->n;
}

static int128 gcd128(int128 a, int128 b) {
    while (b != 0) {
        int128 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/** Writes sum/D in lowest terms. Returns 1 when it does not fit in 64 bits. */
static int to_rational(int128 sum, int64_t common, strassen_rational *out) {
    const int128 most = ((int128)INT64_MAX + 1) * INT64_MAX; // what 64 bits times a denominator can be
    if (sum > most || sum < -most) return 1;
    int128 divisor = gcd128(sum < 0 ? -sum : sum, common);
    int128 num = sum / divisor;
    out->den = (int64_t)(common / divisor);
    out->num = (int64_t)num;
    return num != out->num;
}

/** Compares one sum with the tensor over Q and, when it makes sense, mod 2. Returns 1 on overflow. */
static int judge(const proof *proof, int a, int b, int c, strassen_brent_report *report, int *holds_mod2) {
    int expected = expected_value(proof->scheme, a, b, c);
    int128 sum = proof->sum[(size_t)b * (size_t)scheme_width(proof->scheme, STRASSEN_W) + (size_t)c];
    /* D is odd when all denominators are, so D·x ≡ x (mod 2). */
    if ((int)(sum & 1) != expected) *holds_mod2 = 0;
    if (sum == (expected ? (int128)proof->common : 0) || report->failed++ > 0) return 0;
    report->first_a = a, report->first_b = b, report->first_c = c;
    report->first_expected = expected;
    return to_rational(sum, proof->common, &report->first_value);
}

static strassen_status check_all(proof *proof, strassen_brent_report *report) {
    const strassen_scheme *s = proof->scheme;
    int mod2 = proof->odd;
    for (int a = 0; a < scheme_width(s, STRASSEN_U); a++) {
        memset(proof->sum, 0, sum_bytes(s));
        for (int p = 0; p < s->rank; p++) {
            int64_t u = entry(&proof->factor[STRASSEN_U], p, a);
            if (u != 0 && add_product(proof, p, u)) return STRASSEN_ERROR_OVERFLOW;
        }
        for (int b = 0; b < scheme_width(s, STRASSEN_V); b++)
            for (int c = 0; c < scheme_width(s, STRASSEN_W); c++)
                if (judge(proof, a, b, c, report, &mod2)) return STRASSEN_ERROR_OVERFLOW;
    }
    if (report->failed == 0) report->rings |= STRASSEN_RING_Q | (proof->integral ? STRASSEN_RING_Z : 0);
    if (mod2) report->rings |= STRASSEN_RING_GF2;
    return STRASSEN_OK;
}

strassen_status strassen_scheme_verify(const strassen_scheme *scheme, strassen_brent_report *report) {
    if (!scheme || !report) return STRASSEN_ERROR_ARGUMENT;
    memset(report, 0, sizeof *report);
    report->first_a = report->first_b = report->first_c = -1;
    report->first_value.den = 1;
    report->equations =
        (int64_t)scheme_width(scheme, STRASSEN_U) * scheme_width(scheme, STRASSEN_V) * scheme_width(scheme, STRASSEN_W);
    proof proof = {0};
    strassen_status status = prepare(scheme, &proof);
    if (status == STRASSEN_OK) status = check_all(&proof, report);
    release(&proof);
    return status;
}
