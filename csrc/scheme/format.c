// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/text.h"
#include "scheme/scheme.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/** Widths in characters: of the label and of each factor's columns. */
typedef struct layout {
    int label, column[3];
} layout;

/** Writes the coefficient into `text` (at least 48 bytes) and returns its length. */
static int print_coefficient(strassen_rational value, char *text) {
    if (value.den == 1) return snprintf(text, 48, "%" PRId64, value.num);
    return snprintf(text, 48, "%" PRId64 "/%" PRId64, value.num, value.den);
}

/** The widest coefficient of a factor, so that columns line up. */
static int column_width(const strassen_scheme *scheme, strassen_factor factor) {
    size_t count = (size_t)scheme->rank * (size_t)scheme_width(scheme, factor);
    int widest = 1;
    char text[48];
    for (size_t i = 0; i < count; i++) {
        int size = print_coefficient(scheme->exact[factor][i], text);
        if (size > widest) widest = size;
    }
    return widest;
}

static void put_product(text_writer *w, const layout *layout, const strassen_scheme *scheme, int product) {
    char label[16];
    snprintf(label, sizeof label, "p%d", product + 1);
    text_put(w, "%-*s", layout->label, label);
    for (int f = 0; f < 3; f++) {
        int width = scheme_width(scheme, (strassen_factor)f);
        text_put(w, " |");
        for (int i = 0; i < width; i++) {
            char text[48];
            print_coefficient(scheme->exact[f][(size_t)product * (size_t)width + (size_t)i], text);
            text_put(w, " %*s", layout->column[f], text);
        }
    }
    text_put(w, "\n");
}

static void put_scheme(text_writer *w, const void *object) {
    const strassen_scheme *scheme = object;
    text_put(w, "strassen-scheme 1\n");
    text_put(w, "name %s\n", scheme->name);
    text_put(w, "shape %d %d %d\n", scheme->m, scheme->k, scheme->n);
    text_put(w, "rank %d\n", scheme->rank);
    layout layout = {.label = snprintf(NULL, 0, "p%d", scheme->rank)};
    for (int f = 0; f < 3; f++) layout.column[f] = column_width(scheme, (strassen_factor)f);
    for (int p = 0; p < scheme->rank; p++) put_product(w, &layout, scheme, p);
}

strassen_status strassen_scheme_format(const strassen_scheme *scheme, char *buffer, size_t capacity, size_t *length) {
    if (!scheme || !length || (!buffer && capacity > 0)) return STRASSEN_ERROR_ARGUMENT;
    text_format(put_scheme, scheme, buffer, capacity, length);
    return STRASSEN_OK;
}
