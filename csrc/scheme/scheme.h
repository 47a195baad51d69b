// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The scheme as the engine sees it: exact coefficients and their double copies side by side.
 *
 * Internal to the library: users of strassen.h go through strassen_scheme_coefficient.
 */
#ifndef STRASSEN_SCHEME_SCHEME_H
#define STRASSEN_SCHEME_SCHEME_H

#include "strassen.h"

/**
 * ⟨m,k,n;rank⟩. Both arrays are indexed by strassen_factor and row-major: row p is product p, its length is
 * scheme_width(). coef[f][i] is exact[f][i] rounded to double (exactly representable for dyadic coefficients
 * below 2^53). Immutable after strassen_scheme_create.
 */
struct strassen_scheme {
    char name[STRASSEN_SCHEME_NAME_MAX];
    int m, k, n, rank;
    strassen_rational *exact[3]; /**< rank×mk, rank×kn, rank×mn; lowest terms, positive denominators */
    double *coef[3];             /**< the same, rounded */
};

/** Entries in one row of a factor: m·k, k·n, m·n. */
static inline int scheme_width(const strassen_scheme *scheme, strassen_factor factor) {
    switch (factor) {
    case STRASSEN_U: return scheme->m * scheme->k;
    case STRASSEN_V: return scheme->k * scheme->n;
    case STRASSEN_W: return scheme->m * scheme->n;
    }
    return 0;
}

/** How many entries of row `row` of a factor are not zero: the terms or targets of that product. */
static inline int scheme_row_entries(const strassen_scheme *scheme, strassen_factor factor, int row) {
    const int width = scheme_width(scheme, factor);
    int entries = 0;
    for (int i = 0; i < width; i++) entries += scheme->coef[factor][row * width + i] != 0;
    return entries;
}

/** Greatest common divisor, ≥ 0, of two numbers above INT64_MIN; gcd(0, 0) = 0. */
int64_t scheme_gcd(int64_t a, int64_t b);

/** A deep copy. ARGUMENT for null, MEMORY. */
strassen_status scheme_clone(const strassen_scheme *scheme, strassen_scheme **out);

/** 1 iff `name` has 1 to 63 bytes, all of [A-Za-z0-9_.+-]. */
int scheme_name_is_valid(const char *name);

/**
 * Brings num/den to lowest terms with a positive denominator.
 * @return ARGUMENT when den ≤ 0, OVERFLOW when num is INT64_MIN (it has no negative).
 */
strassen_status scheme_reduce(strassen_rational *value);

/** A scheme compiled into the library as its `.scheme` text; see tuning/schemes. */
typedef struct scheme_builtin_entry {
    const char *name;
    const char *text;
} scheme_builtin_entry;

/** The built-in schemes, sorted by name; written by tools/embed_schemes.sh. */
extern const scheme_builtin_entry scheme_builtin_entries[];
extern const int scheme_builtin_entry_count;

#endif
