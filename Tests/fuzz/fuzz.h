// SPDX-License-Identifier: AGPL-3.0-or-later
/* Shared by the libFuzzer harnesses (`make fuzz`): a failed requirement is a crash that libFuzzer keeps. */
#ifndef STRASSEN_FUZZ_H
#define STRASSEN_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "strassen.h"

#define require(condition)                                                            \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: required: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                  \
        }                                                                             \
    } while (0)

/** A message for people: there, terminated, one printable line. */
static inline void check_message(const strassen_error *error) {
    require(memchr(error->message, '\0', sizeof error->message) && error->message[0] != '\0');
    for (const char *c = error->message; *c; ++c) require((unsigned char)*c >= 0x20 && *c != 0x7f);
    require(error->line >= 0 && error->column >= 0);
}

/** As strassen_scheme_format, for any object. */
typedef strassen_status (*format_function)(const void *object, char *buffer, size_t capacity, size_t *length);

/** An object's text, which the caller frees. */
static inline char *format_text(format_function format, const void *object, size_t *length) {
    require(format(object, NULL, 0, length) == STRASSEN_OK);
    char *text = malloc(*length + 1);
    require(text && format(object, text, *length + 1, length) == STRASSEN_OK);
    return text;
}

static inline void require_same_text(format_function format, const void *x, const void *y) {
    size_t x_length, y_length;
    char *x_text = format_text(format, x, &x_length), *y_text = format_text(format, y, &y_length);
    require(x_length == y_length && memcmp(x_text, y_text, x_length) == 0);
    free(x_text);
    free(y_text);
}

#endif
