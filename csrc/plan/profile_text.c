// SPDX-License-Identifier: AGPL-3.0-or-later
/** The text form of a profile: one line a fact, times in nanoseconds with six decimals (docs/formats.md). */
#include <string.h>

#include "base/text.h"
#include "plan/profile.h"

#define MAGIC "strassen-profile"
#define DECIMALS 1000000

static const char *const precisions[] = {"float32", "float64"};
static const char *const cost_names[] = {"fma", "pack1", "pack2", "pack4", "pack8", "update", "sum", "leaf", "far"};
enum { COSTS = sizeof cost_names / sizeof *cost_names };

/** The costs in the order of their names. */
static double *cost(strassen_costs *costs, int index) {
    double *const all[COSTS] = {&costs->fma_ns,     &costs->pack_ns[0], &costs->pack_ns[1],
                                &costs->pack_ns[2], &costs->pack_ns[3], &costs->update_ns,
                                &costs->sum_ns,     &costs->leaf_ns,    &costs->far_ns};
    return all[index];
}

/** What has been read. Each line but `tuning` comes once. */
typedef struct reader {
    text_reader text;
    strassen_profile profile;
    int machine, library, created, caches, blocking[2];
} reader;

static int expect_word(reader *r, const char *expected) {
    const text_word w = text_next_word(&r->text);
    return text_equals(w, expected) || text_fail(&r->text, STRASSEN_ERROR_FORMAT, w.begin,
                                                 "expected \"%s\", found \"%.*s\"", expected, text_shown(w), w.begin);
}

static int read_text(reader *r, const char *what, char *out, size_t capacity) {
    const text_word w = text_rest_of_line(&r->text);
    if (w.length == 0 || w.length >= capacity || !profile_is_text(w.begin, w.length))
        return text_fail(&r->text, STRASSEN_ERROR_FORMAT, w.begin,
                         "%s must have 1 to %d characters, none of them a control character", what, (int)capacity - 1);
    memset(out, 0, capacity);
    memcpy(out, w.begin, w.length);
    return 1;
}

static int read_precision(reader *r, int *out) {
    const text_word w = text_next_word(&r->text);
    for (*out = 0; *out < 2; ++*out)
        if (text_equals(w, precisions[*out])) return 1;
    return text_fail(&r->text, STRASSEN_ERROR_FORMAT, w.begin, "expected float32 or float64, found \"%.*s\"",
                     text_shown(w), w.begin);
}

/** "<name> 123". */
static int read_named(reader *r, const char *name, int64_t least, int64_t most, int64_t *out) {
    return expect_word(r, name) && text_read_whole(&r->text, name, least, most, out);
}

/** "<name> 0.041": at most six decimals, no exponent, so that no locale can change it. */
static int read_cost(reader *r, const char *name, double *out) {
    if (!expect_word(r, name)) return 0;
    const text_word w = text_next_word(&r->text);
    const char *p = w.begin, *end = w.begin + w.length;
    int64_t whole = 0, part = 0, scale = DECIMALS;
    int good = text_digits(&p, end, &whole) && whole <= PROFILE_MAX_NS;
    if (good && p < end && *p == '.') {
        for (p++; p < end && *p >= '0' && *p <= '9' && scale > 1; p++) {
            scale /= 10;
            part += (*p - '0') * scale;
        }
        good = scale < DECIMALS && (whole < PROFILE_MAX_NS || part == 0);
    }
    if (!good || p != end)
        return text_fail(
            &r->text, STRASSEN_ERROR_FORMAT, w.begin,
            "%s must be nanoseconds such as 0.041, at most 10^9, with at most six decimals, found \"%.*s\"", name,
            text_shown(w), w.begin);
    *out = (double)(whole * DECIMALS + part) / DECIMALS;
    return 1;
}

static int read_caches(reader *r) {
    return text_read_whole(&r->text, "L1d bytes", 0, PROFILE_MAX_BYTES, &r->profile.l1d) &&
           text_read_whole(&r->text, "L2 bytes", 0, PROFILE_MAX_BYTES, &r->profile.l2) &&
           text_read_whole(&r->text, "L3 bytes", 0, PROFILE_MAX_BYTES, &r->profile.l3) &&
           text_expect_line_end(&r->text);
}

static int read_blocking(reader *r, const char *at) {
    int precision;
    if (!read_precision(r, &precision) || !expect_word(r, "kernel")) return 0;
    if (r->blocking[precision]++)
        return text_fail(&r->text, STRASSEN_ERROR_FORMAT, at, "a second blocking of %s", precisions[precision]);
    strassen_blocking *b = &r->profile.blocking[precision];
    const text_word name = text_next_word(&r->text);
    if (name.length == 0 || name.length >= sizeof b->kernel || !profile_is_text(name.begin, name.length))
        return text_fail(&r->text, STRASSEN_ERROR_FORMAT, name.begin, "expected the name of a micro-kernel, or auto");
    if (!text_equals(name, "auto")) memcpy(b->kernel, name.begin, name.length);
    return read_named(r, "mc", 1, PROFILE_MAX_BLOCK, &b->mc) && read_named(r, "kc", 1, PROFILE_MAX_BLOCK, &b->kc) &&
           read_named(r, "nc", 1, PROFILE_MAX_BLOCK, &b->nc) && text_expect_line_end(&r->text);
}

static int read_tuning(reader *r, const char *at) {
    strassen_tuning t = {0};
    int precision;
    int64_t threads;
    if (r->profile.tunings == STRASSEN_PROFILE_MAX_TUNINGS)
        return text_fail(&r->text, STRASSEN_ERROR_FORMAT, at, "more than %d tunings", STRASSEN_PROFILE_MAX_TUNINGS);
    if (!read_precision(r, &precision) || !read_named(r, "threads", 1, PROFILE_MAX_THREADS, &threads) ||
        !read_named(r, "cutoff", 1, PROFILE_MAX_BLOCK, &t.cutoff) ||
        !read_named(r, "explicit", 1, PROFILE_MAX_BLOCK, &t.explicit_cutoff))
        return 0;
    t.precision = (strassen_precision)precision;
    t.threads = (int)threads;
    for (int i = 0; i < COSTS; i++)
        if (!read_cost(r, cost_names[i], cost(&t.costs, i))) return 0;
    r->profile.tuning[r->profile.tunings++] = t;
    return text_expect_line_end(&r->text);
}

static int read_line(reader *r) {
    strassen_profile *p = &r->profile;
    const text_word key = text_next_word(&r->text);
    const int second = (text_equals(key, "machine") && r->machine++) || (text_equals(key, "library") && r->library++) ||
                       (text_equals(key, "created") && r->created++) || (text_equals(key, "caches") && r->caches++);
    if (second)
        return text_fail(&r->text, STRASSEN_ERROR_FORMAT, key.begin, "a second line \"%.*s\"", text_shown(key),
                         key.begin);
    if (text_equals(key, "machine")) return read_text(r, "machine", p->machine, sizeof p->machine);
    if (text_equals(key, "library")) return read_text(r, "library", p->library, sizeof p->library);
    if (text_equals(key, "created")) return read_text(r, "created", p->created, sizeof p->created);
    if (text_equals(key, "caches")) return read_caches(r);
    if (text_equals(key, "blocking")) return read_blocking(r, key.begin);
    if (text_equals(key, "tuning")) return read_tuning(r, key.begin);
    return text_fail(&r->text, STRASSEN_ERROR_FORMAT, key.begin,
                     "expected machine, library, created, caches, blocking or tuning, found \"%.*s\"", text_shown(key),
                     key.begin);
}

static int read_profile(reader *r) {
    if (!text_expect_version_1(&r->text, MAGIC)) return 0;
    while (text_next_line(&r->text))
        if (!read_line(r)) return 0;
    if (!r->machine || !r->library || !r->caches || !r->blocking[0] || !r->blocking[1])
        return text_fail(
            &r->text, STRASSEN_ERROR_FORMAT, NULL,
            "the text ends without its lines machine, library, caches and the blocking of both precisions");
    return 1;
}

strassen_status strassen_profile_parse(const char *text, size_t length, strassen_profile *profile,
                                       strassen_error *error) {
    if (!text || !profile) return STRASSEN_ERROR_ARGUMENT;
    reader r = {.text = text_reader_of(text, length, error)};
    if (read_profile(&r)) *profile = r.profile;
    return r.text.status;
}

static void put_cost(text_writer *w, const char *name, double ns) {
    const int64_t fixed = (int64_t)(ns * DECIMALS + 0.5);
    text_put(w, " %s %lld.%06lld", name, (long long)(fixed / DECIMALS), (long long)(fixed % DECIMALS));
}

static void put_tuning(text_writer *w, const strassen_tuning *tuning) {
    strassen_costs costs = tuning->costs;
    text_put(w, "tuning %s threads %d cutoff %lld explicit %lld", precisions[tuning->precision], tuning->threads,
             (long long)tuning->cutoff, (long long)tuning->explicit_cutoff);
    for (int i = 0; i < COSTS; i++) put_cost(w, cost_names[i], *cost(&costs, i));
    text_put(w, "\n");
}

static void put_profile(text_writer *w, const void *object) {
    const strassen_profile *profile = object;
    text_put(w, MAGIC " 1\n");
    text_put(w, "machine %s\n", profile->machine[0] ? profile->machine : "unknown");
    text_put(w, "library %s\n", profile->library[0] ? profile->library : strassen_version());
    if (profile->created[0]) text_put(w, "created %s\n", profile->created);
    text_put(w, "caches %lld %lld %lld\n", (long long)profile->l1d, (long long)profile->l2, (long long)profile->l3);
    for (int precision = 0; precision < 2; precision++) {
        const strassen_blocking *b = &profile->blocking[precision];
        text_put(w, "blocking %s kernel %s mc %lld kc %lld nc %lld\n", precisions[precision],
                 b->kernel[0] ? b->kernel : "auto", (long long)b->mc, (long long)b->kc, (long long)b->nc);
    }
    for (int i = 0; i < profile->tunings; i++) put_tuning(w, &profile->tuning[i]);
}

strassen_status strassen_profile_format(const strassen_profile *profile, char *buffer, size_t capacity,
                                        size_t *length) {
    if (!profile || !length || (!buffer && capacity > 0) || !profile_is_valid(profile)) return STRASSEN_ERROR_ARGUMENT;
    text_format(put_profile, profile, buffer, capacity, length);
    return STRASSEN_OK;
}
