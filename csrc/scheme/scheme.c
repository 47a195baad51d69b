// SPDX-License-Identifier: AGPL-3.0-or-later
#include "scheme/scheme.h"

#include <stdlib.h>
#include <string.h>

static int is_name_byte(unsigned char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != 0 && strchr("_.+-", c) != NULL);
}

int scheme_name_is_valid(const char *name) {
    int length = 0;
    while (length < STRASSEN_SCHEME_NAME_MAX && is_name_byte((unsigned char)name[length])) length++;
    return length > 0 && length < STRASSEN_SCHEME_NAME_MAX && name[length] == 0;
}

int64_t scheme_gcd(int64_t a, int64_t b) {
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

strassen_status scheme_reduce(strassen_rational *value) {
    if (value->den <= 0) return STRASSEN_ERROR_ARGUMENT;
    if (value->num == INT64_MIN) return STRASSEN_ERROR_OVERFLOW;
    const int64_t divisor = scheme_gcd(value->num, value->den);
    value->num /= divisor;
    value->den /= divisor;
    return STRASSEN_OK;
}

/** Copies one factor in lowest terms and fills its doubles; frees nothing on failure. */
static strassen_status copy_factor(strassen_scheme *scheme, strassen_factor factor, const strassen_rational *from) {
    size_t count = (size_t)scheme->rank * (size_t)scheme_width(scheme, factor);
    strassen_rational *exact = scheme->exact[factor] = malloc(count * sizeof *exact);
    double *coef = scheme->coef[factor] = malloc(count * sizeof *coef);
    if (!exact || !coef) return STRASSEN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        exact[i] = from[i];
        strassen_status status = scheme_reduce(&exact[i]);
        if (status != STRASSEN_OK) return status;
        coef[i] = (double)exact[i].num / (double)exact[i].den;
    }
    return STRASSEN_OK;
}

static int is_between(int value, int low, int high) { return low <= value && value <= high; }

strassen_status strassen_scheme_create(const char *name, int m, int k, int n, int rank, const strassen_rational *U,
                                       const strassen_rational *V, const strassen_rational *W, strassen_scheme **out) {
    if (!out) return STRASSEN_ERROR_ARGUMENT;
    *out = NULL;
    if (!name) name = "unnamed";
    if (!U || !V || !W || !scheme_name_is_valid(name)) return STRASSEN_ERROR_ARGUMENT;
    if (!is_between(m, 1, STRASSEN_SCHEME_MAX_DIM) || !is_between(k, 1, STRASSEN_SCHEME_MAX_DIM) ||
        !is_between(n, 1, STRASSEN_SCHEME_MAX_DIM) || !is_between(rank, 1, STRASSEN_SCHEME_MAX_RANK))
        return STRASSEN_ERROR_ARGUMENT;

    strassen_scheme *scheme = calloc(1, sizeof *scheme);
    if (!scheme) return STRASSEN_ERROR_MEMORY;
    memcpy(scheme->name, name, strlen(name) + 1);
    scheme->m = m, scheme->k = k, scheme->n = n, scheme->rank = rank;
    const strassen_rational *from[3] = {U, V, W};
    for (int f = 0; f < 3; f++) {
        strassen_status status = copy_factor(scheme, (strassen_factor)f, from[f]);
        if (status != STRASSEN_OK) {
            strassen_scheme_free(scheme);
            return status;
        }
    }
    *out = scheme;
    return STRASSEN_OK;
}

void strassen_scheme_free(strassen_scheme *scheme) {
    if (!scheme) return;
    for (int f = 0; f < 3; f++) {
        free(scheme->exact[f]);
        free(scheme->coef[f]);
    }
    free(scheme);
}

strassen_status scheme_clone(const strassen_scheme *scheme, strassen_scheme **out) {
    if (!scheme) return STRASSEN_ERROR_ARGUMENT;
    return strassen_scheme_create(scheme->name, scheme->m, scheme->k, scheme->n, scheme->rank, scheme->exact[0],
                                  scheme->exact[1], scheme->exact[2], out);
}

const char *strassen_scheme_name(const strassen_scheme *scheme) { return scheme ? scheme->name : ""; }

void strassen_scheme_shape(const strassen_scheme *scheme, int *m, int *k, int *n, int *rank) {
    if (m) *m = scheme ? scheme->m : 0;
    if (k) *k = scheme ? scheme->k : 0;
    if (n) *n = scheme ? scheme->n : 0;
    if (rank) *rank = scheme ? scheme->rank : 0;
}

strassen_rational strassen_scheme_coefficient(const strassen_scheme *scheme, strassen_factor factor, int row,
                                              int column) {
    strassen_rational zero = {0, 1};
    if (!scheme || (int)factor < 0 || (int)factor > 2) return zero;
    int width = scheme_width(scheme, factor);
    if (!is_between(row, 0, scheme->rank - 1) || !is_between(column, 0, width - 1)) return zero;
    return scheme->exact[factor][(size_t)row * (size_t)width + (size_t)column];
}
