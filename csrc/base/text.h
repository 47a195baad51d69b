// SPDX-License-Identifier: AGPL-3.0-or-later
/** Reading and writing the library's text formats: lines of words, comments from `#`, errors with their place. */
#ifndef STRASSEN_BASE_TEXT_H
#define STRASSEN_BASE_TEXT_H

#include "strassen.h"

/** A reader over a text, one line at a time. Start from text_reader_of(). */
typedef struct text_reader {
    const char *next, *end; /**< what has not been read yet */
    const char *line_begin, *at, *line_end;
    int line;
    strassen_status status;
    strassen_error *error;
} text_reader;

typedef struct text_word {
    const char *begin;
    size_t length;
} text_word;

text_reader text_reader_of(const char *text, size_t length, strassen_error *error);

/** Records the first failure, at column `at` of the current line. Always returns 0, so that callers can return it. */
__attribute__((format(printf, 4, 5))) int text_fail(text_reader *r, strassen_status status, const char *at,
                                                    const char *format, ...);

/** Moves to the next line that is neither blank nor a comment. Returns 0 at the end of the text. */
int text_next_line(text_reader *r);
/** The next word of the line; of length 0 at its end. */
text_word text_next_word(text_reader *r);
/** What is left of the line without the spaces around it. */
text_word text_rest_of_line(text_reader *r);
int text_equals(text_word word, const char *text);
/** How much of a word to quote in a message. */
int text_shown(text_word word);

/** The functions below return 1, or record a failure and return 0. */
int text_expect_line_end(text_reader *r);
/** The first line: "<magic> 1". */
int text_expect_version_1(text_reader *r, const char *magic);
/** A whole number from `least` to `most`; `what` names it in the message. */
int text_read_whole(text_reader *r, const char *what, int64_t least, int64_t most, int64_t *out);

/** Reads decimal digits from *at. Returns 0 when there are none or the value passes INT64_MAX. */
int text_digits(const char **at, const char *end, int64_t *out);

/** A text under construction; without a buffer it is only counted. */
typedef struct text_writer {
    char *buffer;
    size_t length;
} text_writer;

/** Appends at most 240 bytes. */
__attribute__((format(printf, 2, 3))) void text_put(text_writer *w, const char *format, ...);

/** Puts the whole text of an object. */
typedef void (*text_body)(text_writer *w, const void *object);
/**
 * The public way to hand out a text: `*length` receives the bytes needed without the final NUL; `buffer` is written only
 * if capacity > *length.
 */
void text_format(text_body body, const void *object, char *buffer, size_t capacity, size_t *length);

#endif
