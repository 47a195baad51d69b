// SPDX-License-Identifier: AGPL-3.0-or-later
/** The check macro of the C tests: one line for each failed check, a tally and the exit status at the end. */
#ifndef STRASSEN_TESTS_CHECK_H
#define STRASSEN_TESTS_CHECK_H

#include <stdio.h>

static int checks_passed, checks_failed;

/** Counts a check; on failure prints file, line and the printf-style message that follows the condition. */
#define CHECK(condition, ...)                                      \
    do {                                                           \
        if (condition)                                             \
            checks_passed++;                                       \
        else {                                                     \
            checks_failed++;                                       \
            printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
            printf(__VA_ARGS__);                                   \
            printf("\n");                                          \
        }                                                          \
    } while (0)

/** Prints "N passed, M failed"; the value for main to return. */
static inline int check_summary(void) {
    printf("%d passed, %d failed\n", checks_passed, checks_failed);
    return checks_failed == 0 ? 0 : 1;
}

#endif
