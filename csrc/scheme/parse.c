// SPDX-License-Identifier: AGPL-3.0-or-later
#include "scheme/scheme.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** A reader over the text, one line at a time. */
typedef struct reader {
    const char *next, *end; /**< what has not been read yet */
    const char *line_begin, *at, *line_end;
    int line;
    strassen_status status;
    strassen_error *error;

    char name[STRASSEN_SCHEME_NAME_MAX]; /**< empty until the line is seen */
    int shape[3];                        /**< 0 until the line is seen */
    int rank;                            /**< 0 until the line is seen */
    strassen_rational *rows[3];
} reader;

typedef struct word {
    const char *begin;
    size_t length;
} word;

/** Records the first failure, at column `at` of the current line. Always returns 0, so that callers can return it. */
__attribute__((format(printf, 4, 5))) static int fail(reader *r, strassen_status status, const char *at,
                                                      const char *format, ...) {
    if (r->status != STRASSEN_OK) return 0;
    r->status = status;
    if (!r->error) return 0;
    r->error->line = r->line;
    r->error->column = at ? (int)(at - r->line_begin) + 1 : 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(r->error->message, sizeof r->error->message, format, arguments);
    va_end(arguments);
    /* Messages quote the text: nothing but printable ASCII may reach a terminal. */
    for (char *c = r->error->message; *c; c++)
        if (*c < 0x20 || *c > 0x7e) *c = '?';
    return 0;
}

static int is_space(char c) { return c == ' ' || c == '\t'; }

static void skip_spaces(reader *r) {
    while (r->at < r->line_end && is_space(*r->at)) r->at++;
}

static word next_word(reader *r) {
    skip_spaces(r);
    word w = {r->at, 0};
    while (r->at < r->line_end && !is_space(*r->at)) r->at++;
    w.length = (size_t)(r->at - w.begin);
    return w;
}

static int equals(word w, const char *text) { return w.length == strlen(text) && memcmp(w.begin, text, w.length) == 0; }

/** How much of a word to quote in a message. */
static int shown(word w) { return w.length < 24 ? (int)w.length : 24; }

/** Moves to the next line that is neither blank nor a comment. Returns 0 at the end of the text. */
static int next_line(reader *r) {
    while (r->next < r->end) {
        r->line++;
        r->line_begin = r->at = r->next;
        const char *newline = memchr(r->next, '\n', (size_t)(r->end - r->next));
        r->line_end = newline ? newline : r->end;
        r->next = newline ? newline + 1 : r->end;
        if (r->line_end > r->at && r->line_end[-1] == '\r') r->line_end--;
        skip_spaces(r);
        if (r->at < r->line_end && *r->at != '#') return 1;
    }
    return 0;
}

static int expect_line_end(reader *r) {
    word extra = next_word(r);
    return extra.length == 0 || fail(r, STRASSEN_ERROR_FORMAT, extra.begin, "unexpected \"%.*s\" after the last value",
                                     shown(extra), extra.begin);
}

/** Reads decimal digits from *at. Returns 0 when there are none or the value passes INT64_MAX. */
static int read_digits(const char **at, const char *end, int64_t *out) {
    const char *p = *at;
    int64_t value = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *p - '0', &value)) return 0;
    int any = p > *at;
    *at = p;
    *out = value;
    return any;
}

static int read_size(reader *r, const char *what, int max, int *out) {
    word w = next_word(r);
    const char *p = w.begin, *end = w.begin + w.length;
    int64_t value;
    if (!read_digits(&p, end, &value) || p != end || value < 1 || value > max)
        return fail(r, STRASSEN_ERROR_FORMAT, w.begin, "%s must be a whole number from 1 to %d, found \"%.*s\"", what, max,
                    shown(w), w.begin);
    *out = (int)value;
    return 1;
}

/** Reads "-1", "0" or "3/8". */
static int read_coefficient(reader *r, strassen_rational *out) {
    word w = next_word(r);
    const char *p = w.begin, *end = w.begin + w.length;
    int negative = p < end && *p == '-';
    p += negative;
    out->den = 1;
    int good = read_digits(&p, end, &out->num);
    if (good && p < end && *p == '/') {
        p++;
        good = read_digits(&p, end, &out->den) && out->den > 0;
    }
    if (!good || p != end)
        return fail(r, STRASSEN_ERROR_FORMAT, w.begin,
                    "expected a coefficient such as 0, -1 or 1/2 that fits in 64 bits, found \"%.*s\"", shown(w), w.begin);
    if (negative) out->num = -out->num;
    return 1;
}

static int read_version(reader *r) {
    if (!next_line(r)) return fail(r, STRASSEN_ERROR_FORMAT, NULL, "the text is empty: expected \"strassen-scheme 1\"");
    word magic = next_word(r);
    if (!equals(magic, "strassen-scheme"))
        return fail(r, STRASSEN_ERROR_FORMAT, magic.begin,
                    "not a .scheme file: expected \"strassen-scheme 1\", found \"%.*s\"", shown(magic), magic.begin);
    word version = next_word(r);
    if (!equals(version, "1"))
        return fail(r, STRASSEN_ERROR_FORMAT, version.begin, "version \"%.*s\" is not known here: expected 1",
                    shown(version), version.begin);
    return expect_line_end(r);
}

static int read_name(reader *r) {
    word w = next_word(r);
    if (r->name[0]) return fail(r, STRASSEN_ERROR_FORMAT, w.begin, "a second name");
    if (w.length < sizeof r->name) memcpy(r->name, w.begin, w.length);
    if (w.length >= sizeof r->name || memchr(w.begin, 0, w.length) || !scheme_name_is_valid(r->name))
        return fail(r, STRASSEN_ERROR_FORMAT, w.begin, "a name has 1 to %d characters of [A-Za-z0-9_.+-], found \"%.*s\"",
                    STRASSEN_SCHEME_NAME_MAX - 1, shown(w), w.begin);
    return expect_line_end(r);
}

static int read_shape(reader *r) {
    static const char *const letters[3] = {"m", "k", "n"};
    if (r->shape[0]) return fail(r, STRASSEN_ERROR_FORMAT, r->at, "a second shape");
    for (int i = 0; i < 3; i++)
        if (!read_size(r, letters[i], STRASSEN_SCHEME_MAX_DIM, &r->shape[i])) return 0;
    return expect_line_end(r);
}

static int read_rank(reader *r) {
    if (r->rank) return fail(r, STRASSEN_ERROR_FORMAT, r->at, "a second rank");
    return read_size(r, "the rank", STRASSEN_SCHEME_MAX_RANK, &r->rank) && expect_line_end(r);
}

/**
 * Reads the header: version, then name, source, shape and rank in any order, up to the line of the first product.
 * Leaves the reader at the start of that line.
 */
static int read_header(reader *r) {
    if (!read_version(r)) return 0;
    while (next_line(r)) {
        word key = next_word(r);
        int good = 1;
        if (equals(key, "name")) good = read_name(r);
        else if (equals(key, "shape")) good = read_shape(r);
        else if (equals(key, "rank")) good = read_rank(r);
        else if (equals(key, "p1")) {
            if (!r->shape[0] || !r->rank)
                return fail(r, STRASSEN_ERROR_FORMAT, key.begin, "the lines \"shape m k n\" and \"rank r\" come before p1");
            r->at = key.begin;
            return 1;
        } else if (!equals(key, "source"))
            return fail(r, STRASSEN_ERROR_FORMAT, key.begin,
                        "expected name, source, shape, rank or the product p1, found \"%.*s\"", shown(key), key.begin);
        if (!good) return 0;
    }
    return fail(r, STRASSEN_ERROR_FORMAT, NULL, "the text ends before the first product");
}

static int width_of(const reader *r, int factor) {
    const int *s = r->shape;
    return factor == STRASSEN_U ? s[0] * s[1] : factor == STRASSEN_V ? s[1] * s[2] : s[0] * s[2];
}

/** Reads "p3 | U_3 | V_3 | W_3" from the current line. */
static int read_product(reader *r, int product) {
    char label[16];
    snprintf(label, sizeof label, "p%d", product + 1);
    word w = next_word(r);
    if (!equals(w, label))
        return fail(r, STRASSEN_ERROR_FORMAT, w.begin, "expected product %s, found \"%.*s\"", label, shown(w), w.begin);
    for (int f = 0; f < 3; f++) {
        int width = width_of(r, f);
        word bar = next_word(r);
        if (!equals(bar, "|"))
            return fail(r, STRASSEN_ERROR_FORMAT, bar.begin, "expected \"|\" before the %d coefficients of %c, found \"%.*s\"",
                        width, "UVW"[f], shown(bar), bar.begin);
        for (int i = 0; i < width; i++)
            if (!read_coefficient(r, &r->rows[f][(size_t)product * (size_t)width + (size_t)i])) return 0;
    }
    return expect_line_end(r);
}

static int read_products(reader *r) {
    for (int f = 0; f < 3; f++) {
        r->rows[f] = malloc((size_t)r->rank * (size_t)width_of(r, f) * sizeof *r->rows[f]);
        if (!r->rows[f]) return fail(r, STRASSEN_ERROR_MEMORY, NULL, "out of memory");
    }
    for (int p = 0; p < r->rank; p++) {
        if (p > 0 && !next_line(r))
            return fail(r, STRASSEN_ERROR_FORMAT, NULL, "the text ends after product p%d of %d", p, r->rank);
        if (!read_product(r, p)) return 0;
    }
    if (!next_line(r)) return 1;
    word extra = next_word(r);
    return fail(r, STRASSEN_ERROR_FORMAT, extra.begin, "unexpected \"%.*s\" after the last product p%d", shown(extra),
                extra.begin, r->rank);
}

strassen_status strassen_scheme_parse(const char *text, size_t length, strassen_scheme **out, strassen_error *error) {
    if (error) memset(error, 0, sizeof *error);
    if (!out) return STRASSEN_ERROR_ARGUMENT;
    *out = NULL;
    if (!text) return STRASSEN_ERROR_ARGUMENT;
    reader r = {.next = text, .end = text + length, .line_begin = text, .at = text, .line_end = text, .error = error};
    if (read_header(&r) && read_products(&r)) {
        r.status = strassen_scheme_create(r.name[0] ? r.name : NULL, r.shape[0], r.shape[1], r.shape[2], r.rank, r.rows[0],
                                          r.rows[1], r.rows[2], out);
        if (r.status != STRASSEN_OK && error) snprintf(error->message, sizeof error->message, "the scheme was refused: %s",
                                                       strassen_status_string(r.status));
    }
    for (int f = 0; f < 3; f++) free(r.rows[f]);
    return r.status;
}
