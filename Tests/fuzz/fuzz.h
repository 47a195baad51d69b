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

#endif
