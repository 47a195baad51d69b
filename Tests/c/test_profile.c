// SPDX-License-Identifier: AGPL-3.0-or-later
/** Profiles: the derived blocks fit the caches they were derived from; text that is not a profile is refused with its place. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "strassen.h"

static void blocks_fit_the_caches(void) {
    static const int64_t caches[][3] = {{32 << 10, 512 << 10, 32 << 20}, {48 << 10, 2 << 20, 105 << 20},
                                        {32 << 10, 256 << 10, 8 << 20},  {16 << 10, 64 << 10, 0},
                                        {64 << 10, 1 << 20, 4 << 20},    {0, 0, 0}};
    for (size_t i = 0; i < sizeof caches / sizeof *caches; i++) {
        strassen_profile p;
        strassen_profile_derive(&p, caches[i][0], caches[i][1], caches[i][2]);
        for (int precision = 0; precision < 2; precision++) {
            const strassen_blocking *b = &p.blocking[precision];
            const int64_t element = precision == STRASSEN_FLOAT64 ? 8 : 4;
            CHECK(b->kc >= 16 && b->mc > 0 && b->nc > 0, "case %zu", i);
            CHECK(b->mc * b->kc * element <= p.l2, "A's block of case %zu", i);
            CHECK(b->kc * b->nc * element <= p.l3, "B's panel of case %zu", i);
        }
    }
}

/** Whatever the sizes of the caches, what is derived can be written. */
static void any_caches_give_a_profile(void) {
    static const int64_t sizes[] = {INT64_MIN, -1, 0, 1, 100, (int64_t)1 << 37, (int64_t)1 << 41, INT64_MAX};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    for (int i = 0; i < COUNT * COUNT * COUNT; i++) {
        strassen_profile p;
        size_t length;
        strassen_profile_derive(&p, sizes[i % COUNT], sizes[i / COUNT % COUNT], sizes[i / COUNT / COUNT]);
        CHECK(strassen_profile_format(&p, NULL, 0, &length) == STRASSEN_OK, "caches %d", i);
    }
}

static char *text_of(const strassen_profile *profile, size_t *length) {
    CHECK(strassen_profile_format(profile, NULL, 0, length) == STRASSEN_OK, "length");
    char *text = malloc(*length + 1);
    size_t written;
    CHECK(strassen_profile_format(profile, text, *length + 1, &written) == STRASSEN_OK && written == *length, "format");
    CHECK(strlen(text) == *length, "NUL");
    return text;
}

static strassen_profile example(void) {
    strassen_profile p;
    strassen_profile_derive(&p, 32768, 524288, 33554432);
    strcpy(p.machine, "A CPU; 32768 524288 33554432; avx2");
    strcpy(p.created, "2026-01-02");
    strcpy(p.blocking[1].kernel, "f64_8x6_avx2");
    p.tuning[1].threads = 64;
    p.tuning[1].costs.leaf_ns = 12345.678901;
    return p;
}

static void text_survives_a_round_trip(void) {
    const strassen_profile p = example();
    size_t length;
    char *text = text_of(&p, &length);
    strassen_profile q;
    strassen_error error;
    CHECK(strassen_profile_parse(text, length, &q, &error) == STRASSEN_OK, "line %d: %s", error.line, error.message);
    size_t again;
    char *second = text_of(&q, &again);
    CHECK(again == length && memcmp(text, second, length) == 0, "differs:\n%s\n%s", text, second);
    CHECK(memcmp(&p, &q, sizeof p) == 0, "fields differ");
    free(text);
    free(second);
}

/** Every prefix that ends inside the last needed line, and every single changed byte, is read or refused; never a crash. */
static void damaged_text_is_refused(void) {
    const strassen_profile p = example();
    size_t length;
    char *text = text_of(&p, &length);
    strassen_profile q;
    strassen_error error;
    const size_t needed = (size_t)(strstr(text, "blocking float64") - text);
    for (size_t cut = 0; cut < needed; cut++)
        CHECK(strassen_profile_parse(text, cut, &q, &error) == STRASSEN_ERROR_FORMAT && error.message[0], "cut at %zu",
              cut);
    for (size_t at = 0; at < length; at++)
        for (int bit = 0; bit < 8; bit++) {
            text[at] ^= (char)(1 << bit);
            const strassen_status status = strassen_profile_parse(text, length, &q, &error);
            CHECK(status == STRASSEN_OK || (status == STRASSEN_ERROR_FORMAT && error.message[0]), "byte %zu bit %d", at,
                  bit);
            size_t needed_again;
            CHECK(status != STRASSEN_OK || strassen_profile_format(&q, NULL, 0, &needed_again) == STRASSEN_OK,
                  "byte %zu bit %d: read, but not a profile", at, bit);
            text[at] ^= (char)(1 << bit);
        }
    free(text);
}

/** A profile that a program filled in itself is checked where it is used. */
static void bad_fields_are_refused(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 8, 8, 8, 1};
    enum { COUNT = 17 };
    strassen_profile bad[COUNT];
    for (int i = 0; i < COUNT; i++) bad[i] = example();
    bad[0].tunings = STRASSEN_PROFILE_MAX_TUNINGS + 1;
    bad[1].tunings = -1;
    bad[2].blocking[0].mc = 0;
    bad[3].blocking[1].kc = INT64_MAX;
    memset(bad[4].machine, 'x', sizeof bad[4].machine);
    memset(bad[5].blocking[1].kernel, 'x', sizeof bad[5].blocking[1].kernel);
    bad[6].tuning[0].costs.sum_ns = -1;
    bad[7].tuning[0].costs.fma_ns = 0.0 / 0.0;
    bad[8].tuning[0].cutoff = 0;
    bad[9].tuning[1].explicit_cutoff = (int64_t)1 << 40;
    bad[10].tuning[0].threads = (1 << 20) + 1;
    bad[11].l2 = -1;
    bad[12].l3 = (int64_t)1 << 41;
    strcpy(bad[13].machine, "a\nlibrary 2");
    strcpy(bad[14].machine, " ");
    strcpy(bad[15].created, "2026-01-02\n");
    strcpy(bad[16].blocking[0].kernel, "a b");
    for (int i = 0; i < COUNT; i++) {
        strassen_options o = strassen_options_default();
        strassen_plan *plan = NULL;
        size_t length;
        o.profile = &bad[i];
        CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_ERROR_ARGUMENT && !plan, "plan, case %d", i);
        CHECK(strassen_profile_format(&bad[i], NULL, 0, &length) == STRASSEN_ERROR_ARGUMENT, "text, case %d", i);
    }
}

static void errors_name_their_place(void) {
    static const struct {
        const char *text;
        int line;
        const char *says;
    } cases[] = {
        {"", 0, "empty"},
        {"strassen-scheme 1\n", 1, "strassen-profile"},
        {"strassen-profile 2\n", 1, "version"},
        {"strassen-profile 1\n\n# note\nspeed 3\n", 4, "expected machine"},
        {"strassen-profile 1\ncaches 1 2\n", 2, "L3"},
        {"strassen-profile 1\ncaches 1 2 -3\n", 2, "L3"},
        {"strassen-profile 1\nlibrary 1\nlibrary 1\n", 3, "second"},
        {"strassen-profile 1\nblocking float16 kernel auto mc 1 kc 1 nc 1\n", 2, "float32 or float64"},
        {"strassen-profile 1\nblocking float32 kernel auto mc 0 kc 1 nc 1\n", 2, "mc"},
        {"strassen-profile 1\ntuning float32 threads 1 cutoff 1 explicit 1 fma 1e-3\n", 2, "fma"},
        {"strassen-profile 1\ntuning float32 threads 1 cutoff 1 explicit 1 fma 0.1234567\n", 2, "fma"},
        {"strassen-profile 1\ntuning float32 threads 1 cutoff 1 explicit 1 fma 0.1\n", 2, "pack1"},
        {"strassen-profile 1\ntuning float32 threads 1 cutoff 1 explicit 1 fma 1000000000.5\n", 2, "fma"},
        {"strassen-profile 1\ncreated 2026-11-24\tat night\n", 2, "control character"},
        {"strassen-profile 1\nblocking float32 kernel a\x7f mc 1 kc 1 nc 1\n", 2, "micro-kernel"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        strassen_profile q;
        strassen_error error;
        CHECK(strassen_profile_parse(cases[i].text, strlen(cases[i].text), &q, &error) == STRASSEN_ERROR_FORMAT,
              "case %zu", i);
        CHECK(error.line == cases[i].line && strstr(error.message, cases[i].says), "case %zu: line %d: %s", i,
              error.line, error.message);
    }
    CHECK(strassen_profile_parse(NULL, 0, NULL, NULL) == STRASSEN_ERROR_ARGUMENT, "null");
}

int main(void) {
    blocks_fit_the_caches();
    any_caches_give_a_profile();
    text_survives_a_round_trip();
    damaged_text_is_refused();
    bad_fields_are_refused();
    errors_name_their_place();
    return check_summary();
}
