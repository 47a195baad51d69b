// SPDX-License-Identifier: AGPL-3.0-or-later
/** Planning when one allocation or all from some point on fail: the same plan, or MEMORY, and nothing left behind. */
#include <stddef.h>
#include <string.h>

#include "check.h"
#include "strassen.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OTHER_ALLOCATOR
#endif
#endif

#if defined(__GLIBC__) && !defined(OTHER_ALLOCATOR)

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *block, size_t bytes);

static long until_failure = -1; /**< allocations that still succeed; negative: all */
static int fails_once;          /**< only one fails */
static int failed;

static int fails(void) {
    if (until_failure < 0) return 0;
    if (until_failure > 0) {
        until_failure--;
        return 0;
    }
    failed = 1;
    if (fails_once) until_failure = -1;
    return 1;
}

void *malloc(size_t bytes) { return fails() ? NULL : __libc_malloc(bytes); }
void *calloc(size_t count, size_t bytes) { return fails() ? NULL : __libc_calloc(count, bytes); }
void *realloc(void *block, size_t bytes) { return fails() ? NULL : __libc_realloc(block, bytes); }

typedef struct wish {
    const char *name;
    strassen_engine engine;
    int levels, fused_levels, deterministic;
} wish;

/**
 * What is planned, in words. The prices of try `number` differ in the ninth digit, so that no program is remembered from
 * the try before.
 */
static strassen_status plan_for(const wish *wish, long number, char *text, size_t capacity) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 1024, 1024, 1024, 1};
    strassen_profile profile;
    strassen_profile_derive(&profile, 0, 0, 0);
    for (int i = 0; i < profile.tunings; i++) profile.tuning[i].costs.update_ns *= 1 + 1e-9 * (double)number;
    strassen_options o = strassen_options_default();
    o.engine = wish->engine;
    o.levels = wish->levels;
    o.fused_levels = wish->fused_levels;
    o.deterministic = wish->deterministic;
    o.cutoff = 200;
    o.profile = &profile;
    strassen_plan *plan = NULL;
    const strassen_status status = strassen_plan_create(&problem, &o, &plan);
    until_failure = -1;
    CHECK((status == STRASSEN_OK) == (plan != NULL), "%s: status %d", wish->name, status);
    if (status != STRASSEN_OK) return status;
    strassen_plan_info info;
    strassen_plan_describe(plan, &info);
    snprintf(text, capacity, "engine %d, %d levels, %d fused, %s", info.engine, info.levels, info.fused_levels,
             info.scheme);
    strassen_plan_free(plan);
    return status;
}

static void the_same_plan_or_none(const wish *wish) {
    static long number;
    char expected[256], found[256];
    CHECK(plan_for(wish, number, expected, sizeof expected) == STRASSEN_OK, "%s", wish->name);
    for (fails_once = 0; fails_once <= 1; fails_once++) {
        int out_of_memory = 0;
        failed = 1;
        for (long allocations = 0; failed; allocations += 1 + allocations / 8) {
            failed = 0;
            until_failure = allocations;
            const strassen_status status = plan_for(wish, ++number, found, sizeof found);
            out_of_memory += status == STRASSEN_ERROR_MEMORY;
            CHECK(status == STRASSEN_ERROR_MEMORY || (status == STRASSEN_OK && strcmp(found, expected) == 0),
                  "%s, %ld allocations: status %d, \"%s\" instead of \"%s\"", wish->name, allocations, status, found,
                  expected);
        }
        CHECK(out_of_memory > 0, "%s never ran out of memory", wish->name);
    }
}

int main(void) {
    static const wish wishes[] = {
        {"auto", STRASSEN_ENGINE_AUTO, -1, -1, 0},       {"deterministic", STRASSEN_ENGINE_AUTO, -1, -1, 1},
        {"turbo", STRASSEN_ENGINE_TURBO, -1, -1, 0},     {"turbo, two levels", STRASSEN_ENGINE_TURBO, 2, 0, 0},
        {"optimal", STRASSEN_ENGINE_OPTIMAL, -1, -1, 0}, {"optimal, one level", STRASSEN_ENGINE_OPTIMAL, 1, -1, 0},
        {"basic", STRASSEN_ENGINE_BASIC, -1, -1, 0},
    };
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) the_same_plan_or_none(wishes + i);
    return check_summary();
}

#else

int main(void) {
    printf("skipped: this build's allocator cannot be made to fail\n");
    return 0;
}

#endif
