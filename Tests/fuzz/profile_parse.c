// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Reads arbitrary bytes as a profile. What is refused must say why; what is accepted must survive being written and
 * read again, and whatever it says about blocks and costs, a plan made with it must multiply right.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static strassen_status format(const void *profile, char *buffer, size_t capacity, size_t *length) {
    return strassen_profile_format(profile, buffer, capacity, length);
}

static void check_round_trip(const strassen_profile *profile) {
    size_t length;
    char *text = format_text(format, profile, &length);
    strassen_profile again;
    require(strassen_profile_parse(text, length, &again, NULL) == STRASSEN_OK);
    require_same_text(format, profile, &again);
    free(text);
}

/** Ones times ones is exact by every scheme with small coefficients. */
static void check_product(const strassen_profile *profile, int64_t n) {
    static double a[64 * 64], c[64 * 64];
    for (int64_t i = 0; i < n * n; ++i) a[i] = 1, c[i] = -1;
    strassen_options options = strassen_options_default();
    options.profile = profile;
    const strassen_problem problem = {.precision = STRASSEN_FLOAT64, .m = n, .n = n, .k = n, .threads = 1};
    strassen_plan *plan = NULL;
    if (strassen_plan_create(&problem, &options, &plan) != STRASSEN_OK) return;
    require(strassen_run(plan, 1, a, 1, n, a, 1, n, 0, c, 1, n, NULL, NULL) == STRASSEN_OK);
    for (int64_t i = 0; i < n * n; ++i) require(c[i] == (double)n);
    strassen_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    strassen_profile profile;
    strassen_error error = {0};
    if (strassen_profile_parse((const char *)data, size, &profile, &error) != STRASSEN_OK) {
        check_message(&error);
        return 0;
    }
    check_round_trip(&profile);
    check_product(&profile, 7);
    check_product(&profile, 64);
    return 0;
}
