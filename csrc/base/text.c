// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

text_reader text_reader_of(const char *text, size_t length, strassen_error *error) {
    if (error) memset(error, 0, sizeof *error);
    return (text_reader){
        .next = text, .end = text + length, .line_begin = text, .at = text, .line_end = text, .error = error};
}

int text_fail(text_reader *r, strassen_status status, const char *at, const char *format, ...) {
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

static void skip_spaces(text_reader *r) {
    while (r->at < r->line_end && is_space(*r->at)) r->at++;
}

int text_next_line(text_reader *r) {
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

text_word text_next_word(text_reader *r) {
    skip_spaces(r);
    text_word w = {r->at, 0};
    while (r->at < r->line_end && !is_space(*r->at)) r->at++;
    w.length = (size_t)(r->at - w.begin);
    return w;
}

text_word text_rest_of_line(text_reader *r) {
    skip_spaces(r);
    text_word w = {r->at, (size_t)(r->line_end - r->at)};
    while (w.length > 0 && is_space(w.begin[w.length - 1])) w.length--;
    r->at = r->line_end;
    return w;
}

int text_equals(text_word word, const char *text) {
    return word.length == strlen(text) && memcmp(word.begin, text, word.length) == 0;
}

int text_shown(text_word word) { return word.length < 24 ? (int)word.length : 24; }

int text_expect_line_end(text_reader *r) {
    const text_word extra = text_next_word(r);
    return extra.length == 0 || text_fail(r, STRASSEN_ERROR_FORMAT, extra.begin,
                                          "unexpected \"%.*s\" after the last value", text_shown(extra), extra.begin);
}

int text_expect_version_1(text_reader *r, const char *magic) {
    if (!text_next_line(r))
        return text_fail(r, STRASSEN_ERROR_FORMAT, NULL, "the text is empty: expected \"%s 1\"", magic);
    const text_word found = text_next_word(r);
    if (!text_equals(found, magic))
        return text_fail(r, STRASSEN_ERROR_FORMAT, found.begin,
                         "this is not a \"%s\" text: expected \"%s 1\", found \"%.*s\"", magic, magic,
                         text_shown(found), found.begin);
    const text_word version = text_next_word(r);
    if (!text_equals(version, "1"))
        return text_fail(r, STRASSEN_ERROR_FORMAT, version.begin, "version \"%.*s\" is not known here: expected 1",
                         text_shown(version), version.begin);
    return text_expect_line_end(r);
}

int text_digits(const char **at, const char *end, int64_t *out) {
    const char *p = *at;
    int64_t value = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *p - '0', &value)) return 0;
    const int any = p > *at;
    *at = p;
    *out = value;
    return any;
}

int text_read_whole(text_reader *r, const char *what, int64_t least, int64_t most, int64_t *out) {
    const text_word w = text_next_word(r);
    const char *p = w.begin, *end = w.begin + w.length;
    int64_t value;
    if (!text_digits(&p, end, &value) || p != end || value < least || value > most)
        return text_fail(r, STRASSEN_ERROR_FORMAT, w.begin,
                         "%s must be a whole number from %lld to %lld, found \"%.*s\"", what, (long long)least,
                         (long long)most, text_shown(w), w.begin);
    *out = value;
    return 1;
}

void text_put(text_writer *w, const char *format, ...) {
    char piece[241];
    va_list arguments;
    va_start(arguments, format);
    const int count = vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    if (count < 0) return;
    const size_t size = (size_t)count < sizeof piece ? (size_t)count : sizeof piece - 1;
    if (w->buffer) memcpy(w->buffer + w->length, piece, size);
    w->length += size;
}

void text_format(text_body body, const void *object, char *buffer, size_t capacity, size_t *length) {
    text_writer counter = {NULL, 0};
    body(&counter, object);
    *length = counter.length;
    if (capacity <= counter.length) return;
    text_writer w = {buffer, 0};
    body(&w, object);
    buffer[w.length] = 0;
}
