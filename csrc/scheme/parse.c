// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/text.h"
#include "scheme/scheme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** What has been read of a scheme; the text reader comes first. */
typedef struct reader {
    text_reader text;
    char name[STRASSEN_SCHEME_NAME_MAX]; /**< empty until the line is seen */
    int64_t shape[3];                    /**< 0 until the line is seen */
    int64_t rank;                        /**< 0 until the line is seen */
    strassen_rational *rows[3];
} reader;

/** Reads "-1", "0" or "3/8". */
static int read_coefficient(reader *r, strassen_rational *out) {
    text_word w = text_next_word(&r->text);
    const char *p = w.begin, *end = w.begin + w.length;
    int negative = p < end && *p == '-';
    p += negative;
    out->den = 1;
    int good = text_digits(&p, end, &out->num);
    if (good && p < end && *p == '/') {
        p++;
        good = text_digits(&p, end, &out->den) && out->den > 0;
    }
    if (!good || p != end)
        return text_fail(&r->text, STRASSEN_ERROR_FORMAT, w.begin,
                         "expected a coefficient such as 0, -1 or 1/2 that fits in 64 bits, found \"%.*s\"",
                         text_shown(w), w.begin);
    if (negative) out->num = -out->num;
    return 1;
}

static int read_name(reader *r) {
    text_word w = text_next_word(&r->text);
    if (r->name[0]) return text_fail(&r->text, STRASSEN_ERROR_FORMAT, w.begin, "a second name");
    if (w.length < sizeof r->name) memcpy(r->name, w.begin, w.length);
    if (w.length >= sizeof r->name || memchr(w.begin, 0, w.length) || !scheme_name_is_valid(r->name))
        return text_fail(&r->text, STRASSEN_ERROR_FORMAT, w.begin,
                         "a name has 1 to %d characters of [A-Za-z0-9_.+-], found \"%.*s\"",
                         STRASSEN_SCHEME_NAME_MAX - 1, text_shown(w), w.begin);
    return text_expect_line_end(&r->text);
}

static int read_shape(reader *r) {
    static const char *const letters[3] = {"m", "k", "n"};
    if (r->shape[0]) return text_fail(&r->text, STRASSEN_ERROR_FORMAT, r->text.at, "a second shape");
    for (int i = 0; i < 3; i++)
        if (!text_read_whole(&r->text, letters[i], 1, STRASSEN_SCHEME_MAX_DIM, &r->shape[i])) return 0;
    return text_expect_line_end(&r->text);
}

static int read_rank(reader *r) {
    if (r->rank) return text_fail(&r->text, STRASSEN_ERROR_FORMAT, r->text.at, "a second rank");
    return text_read_whole(&r->text, "the rank", 1, STRASSEN_SCHEME_MAX_RANK, &r->rank) &&
           text_expect_line_end(&r->text);
}

/**
 * Reads the header: version, then name, source, shape and rank in any order, up to the line of the first product.
 * Leaves the reader at the start of that line.
 */
static int read_header(reader *r) {
    if (!text_expect_version_1(&r->text, "strassen-scheme")) return 0;
    while (text_next_line(&r->text)) {
        text_word key = text_next_word(&r->text);
        int good = 1;
        if (text_equals(key, "name"))
            good = read_name(r);
        else if (text_equals(key, "shape"))
            good = read_shape(r);
        else if (text_equals(key, "rank"))
            good = read_rank(r);
        else if (text_equals(key, "p1")) {
            if (!r->shape[0] || !r->rank)
                return text_fail(&r->text, STRASSEN_ERROR_FORMAT, key.begin,
                                 "the lines \"shape m k n\" and \"rank r\" come before p1");
            r->text.at = key.begin;
            return 1;
        } else if (!text_equals(key, "source"))
            return text_fail(&r->text, STRASSEN_ERROR_FORMAT, key.begin,
                             "expected name, source, shape, rank or the product p1, found \"%.*s\"", text_shown(key),
                             key.begin);
        if (!good) return 0;
    }
    return text_fail(&r->text, STRASSEN_ERROR_FORMAT, NULL, "the text ends before the first product");
}

static int width_of(const reader *r, int factor) {
    const int64_t *s = r->shape;
    return (int)(factor == STRASSEN_U ? s[0] * s[1] : factor == STRASSEN_V ? s[1] * s[2] : s[0] * s[2]);
}

/** Reads "p3 | U_3 | V_3 | W_3" from the current line. */
static int read_product(reader *r, int product) {
    char label[16];
    snprintf(label, sizeof label, "p%d", product + 1);
    text_word w = text_next_word(&r->text);
    if (!text_equals(w, label))
        return text_fail(&r->text, STRASSEN_ERROR_FORMAT, w.begin, "expected product %s, found \"%.*s\"", label,
                         text_shown(w), w.begin);
    for (int f = 0; f < 3; f++) {
        int width = width_of(r, f);
        text_word bar = text_next_word(&r->text);
        if (!text_equals(bar, "|"))
            return text_fail(&r->text, STRASSEN_ERROR_FORMAT, bar.begin,
                             "expected \"|\" before the %d coefficients of %c, found \"%.*s\"", width, "UVW"[f],
                             text_shown(bar), bar.begin);
        for (int i = 0; i < width; i++)
            if (!read_coefficient(r, &r->rows[f][(size_t)product * (size_t)width + (size_t)i])) return 0;
    }
    return text_expect_line_end(&r->text);
}

static int read_products(reader *r) {
    for (int f = 0; f < 3; f++) {
        r->rows[f] = malloc((size_t)r->rank * (size_t)width_of(r, f) * sizeof *r->rows[f]);
        if (!r->rows[f]) return text_fail(&r->text, STRASSEN_ERROR_MEMORY, NULL, "out of memory");
    }
    for (int p = 0; p < r->rank; p++) {
        if (p > 0 && !text_next_line(&r->text))
            return text_fail(&r->text, STRASSEN_ERROR_FORMAT, NULL, "the text ends after product p%d of %d", p,
                             (int)r->rank);
        if (!read_product(r, p)) return 0;
    }
    if (!text_next_line(&r->text)) return 1;
    text_word extra = text_next_word(&r->text);
    return text_fail(&r->text, STRASSEN_ERROR_FORMAT, extra.begin, "unexpected \"%.*s\" after the last product p%d",
                     text_shown(extra), extra.begin, (int)r->rank);
}

strassen_status strassen_scheme_parse(const char *text, size_t length, strassen_scheme **out, strassen_error *error) {
    if (error) memset(error, 0, sizeof *error);
    if (!out) return STRASSEN_ERROR_ARGUMENT;
    *out = NULL;
    if (!text) return STRASSEN_ERROR_ARGUMENT;
    reader r = {.text = text_reader_of(text, length, error)};
    if (read_header(&r) && read_products(&r)) {
        const strassen_status made =
            strassen_scheme_create(r.name[0] ? r.name : NULL, (int)r.shape[0], (int)r.shape[1], (int)r.shape[2],
                                   (int)r.rank, r.rows[0], r.rows[1], r.rows[2], out);
        if (made != STRASSEN_OK)
            text_fail(&r.text, made, NULL, "the scheme was refused: %s", strassen_status_string(made));
    }
    for (int f = 0; f < 3; f++) free(r.rows[f]);
    return r.text.status;
}
