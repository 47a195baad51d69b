// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Reads arbitrary bytes as a `.scheme`. What is refused must say why; what is accepted must survive being written and
 * read again, and may be verified, composed and planned with, whatever the verdict on it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/** Proving a large scheme takes minutes: the fuzzer's time goes to small ones. */
enum { MAX_WORK = 4096 };

static strassen_status format(const void *scheme, char *buffer, size_t capacity, size_t *length) {
    return strassen_scheme_format(scheme, buffer, capacity, length);
}

static void check_round_trip(const strassen_scheme *scheme) {
    size_t length;
    char *text = format_text(format, scheme, &length);
    strassen_scheme *again = NULL;
    require(strassen_scheme_parse(text, length, &again, NULL) == STRASSEN_OK);
    require_same_text(format, scheme, again);
    free(text);
    strassen_scheme_free(again);
}

static void check_uses(const strassen_scheme *scheme) {
    int m, k, n, rank;
    strassen_scheme_shape(scheme, &m, &k, &n, &rank);
    if (m * k * n * rank > MAX_WORK) return;
    strassen_brent_report report = {0};
    const strassen_status status = strassen_scheme_verify(scheme, &report);
    require(status == STRASSEN_OK || status == STRASSEN_ERROR_OVERFLOW);
    strassen_scheme *square = NULL;
    if (strassen_scheme_compose(scheme, scheme, &square) == STRASSEN_OK) strassen_scheme_free(square);
    strassen_options options = strassen_options_default();
    options.engine = STRASSEN_ENGINE_TURBO;
    options.schemes[0] = scheme;
    options.schemes_count = 1;
    options.levels = 1;
    const strassen_problem problem = {.precision = STRASSEN_FLOAT64, .m = 64, .n = 64, .k = 64, .threads = 1};
    strassen_plan *plan = NULL;
    if (strassen_plan_create(&problem, &options, &plan) != STRASSEN_OK) return;
    require(status == STRASSEN_OK && report.failed == 0); /* nothing runs by a scheme that is not one */
    strassen_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    strassen_scheme *scheme = NULL;
    strassen_error error = {0};
    const strassen_status status = strassen_scheme_parse((const char *)data, size, &scheme, &error);
    require((status == STRASSEN_OK) == (scheme != NULL));
    if (!scheme) {
        check_message(&error);
        return 0;
    }
    check_round_trip(scheme);
    check_uses(scheme);
    strassen_scheme_free(scheme);
    return 0;
}
