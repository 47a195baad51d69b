// SPDX-License-Identifier: AGPL-3.0-or-later
/** Schemes: built-in data, the exact check, composition, the text format. Usage: test_scheme [tuning/schemes] */
#include "check.h"
#include "scheme/scheme.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static strassen_scheme *builtin(const char *name) {
    strassen_scheme *scheme = NULL;
    CHECK(strassen_scheme_builtin(name, &scheme) == STRASSEN_OK, "%s", name);
    if (!scheme) exit(1);
    return scheme;
}

static char *text_of(const strassen_scheme *scheme, size_t *length) {
    CHECK(strassen_scheme_format(scheme, NULL, 0, length) == STRASSEN_OK, "sizing");
    char *text = malloc(*length + 1);
    if (!text) exit(1);
    CHECK(strassen_scheme_format(scheme, text, *length + 1, length) == STRASSEN_OK, "writing");
    CHECK(strlen(text) == *length, "length");
    return text;
}

static int same(const strassen_scheme *a, const strassen_scheme *b) {
    if (a->m != b->m || a->k != b->k || a->n != b->n || a->rank != b->rank) return 0;
    for (int f = 0; f < 3; f++) {
        size_t count = (size_t)a->rank * (size_t)scheme_width(a, (strassen_factor)f);
        if (memcmp(a->exact[f], b->exact[f], count * sizeof(strassen_rational))) return 0;
        if (memcmp(a->coef[f], b->coef[f], count * sizeof(double))) return 0;
    }
    return 1;
}

static void test_builtins(void) {
    CHECK(strassen_scheme_builtin_count() >= 12, "%d", strassen_scheme_builtin_count());
    CHECK(strassen_scheme_builtin_name(-1) == NULL, "before the first");
    CHECK(strassen_scheme_builtin_name(strassen_scheme_builtin_count()) == NULL, "past the last");
    for (int i = 0; i < strassen_scheme_builtin_count(); i++) {
        const char *name = strassen_scheme_builtin_name(i);
        strassen_scheme *scheme = builtin(name), *again = NULL, *copy = NULL;
        strassen_brent_report report;
        CHECK(strassen_scheme_verify(scheme, &report) == STRASSEN_OK, "%s", name);
        CHECK(report.failed == 0 && (report.rings & STRASSEN_RING_Q), "%s: %d fail", name, (int)report.failed);
        CHECK(report.first_a == -1 && report.first_b == -1 && report.first_c == -1, "%s", name);
        CHECK(strcmp(strassen_scheme_name(scheme), name) == 0, "%s", name);
        size_t length;
        char *text = text_of(scheme, &length);
        CHECK(strassen_scheme_parse(text, length, &again, NULL) == STRASSEN_OK && same(scheme, again), "%s", name);
        CHECK(scheme_clone(scheme, &copy) == STRASSEN_OK && same(scheme, copy), "%s", name);
        strassen_scheme_free(again);
        strassen_scheme_free(copy);
        strassen_scheme_free(scheme);
        free(text);
    }
    strassen_scheme *none = (strassen_scheme *)1;
    CHECK(strassen_scheme_builtin("nonesuch", &none) == STRASSEN_ERROR_ARGUMENT && !none, "unknown name");
}

/** Reads a whole file; null when it cannot. */
static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    char *text = calloc(1, 1 << 20);
    if (text) text[fread(text, 1, (1 << 20) - 1, file)] = 0;
    fclose(file);
    return text;
}

/** The compiled-in copies are the files of tuning/schemes, byte for byte, and there is no other file. */
static void test_embedded_data_is_current(const char *folder) {
    int files = 0;
    DIR *directory = opendir(folder);
    CHECK(directory != NULL, "no folder %s: run from the repository's root or pass it", folder);
    if (!directory) return;
    for (struct dirent *entry; (entry = readdir(directory));) files += strstr(entry->d_name, ".scheme") != NULL;
    closedir(directory);
    CHECK(files == scheme_builtin_entry_count, "%d files, %d embedded: run tools/embed_schemes.sh", files,
          scheme_builtin_entry_count);
    for (int i = 0; i < scheme_builtin_entry_count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s.scheme", folder, scheme_builtin_entries[i].name);
        char *text = read_file(path);
        CHECK(text && strcmp(text, scheme_builtin_entries[i].text) == 0, "%s: run tools/embed_schemes.sh", path);
        CHECK(text && strstr(text, "\nsource "), "%s states no source", path);
        free(text);
    }
}

static void test_verify_finds_failures(void) {
    strassen_scheme *s = builtin("strassen"), *bad = NULL;
    strassen_rational w[28];
    memcpy(w, s->exact[STRASSEN_W], sizeof w);
    w[0] = (strassen_rational){3, 2};
    CHECK(strassen_scheme_create("bad", 2, 2, 2, 7, s->exact[0], s->exact[1], w, &bad) == STRASSEN_OK, "create");
    strassen_brent_report report;
    CHECK(strassen_scheme_verify(bad, &report) == STRASSEN_OK, "verify");
    CHECK(report.equations == 64 && report.failed == 4 && report.rings == 0, "%d fail", (int)report.failed);
    CHECK(report.first_a == 0 && report.first_b == 0 && report.first_c == 0 && report.first_expected == 1, "place");
    CHECK(report.first_value.num == 3 && report.first_value.den == 2, "value");
    strassen_scheme_free(bad);

    w[0] = (strassen_rational){-1, 1}; /* −1 ≡ 1 (mod 2): holds over GF(2) only */
    CHECK(strassen_scheme_create(NULL, 2, 2, 2, 7, s->exact[0], s->exact[1], w, &bad) == STRASSEN_OK, "create");
    CHECK(strassen_scheme_verify(bad, &report) == STRASSEN_OK && report.rings == STRASSEN_RING_GF2, "mod 2");
    CHECK(report.failed > 0 && strcmp(strassen_scheme_name(bad), "unnamed") == 0, "over Q");
    strassen_scheme_free(bad);

    CHECK(strassen_scheme_verify(s, &report) == STRASSEN_OK && report.rings == 7, "rings of strassen");
    strassen_scheme_free(s);
}

static void test_rings_and_overflow(void) {
    strassen_rational third = {1, 3}, three = {6, 2}, one = {1, 1}, half = {1, 2}, two = {2, 1};
    strassen_rational big = {INT64_MAX, 1}, tiny = {1, INT64_MAX}, unreduced = {3, 9};
    strassen_scheme *s = NULL;
    strassen_brent_report report;
    CHECK(strassen_scheme_create("x", 1, 1, 1, 1, &unreduced, &three, &one, &s) == STRASSEN_OK, "thirds");
    CHECK(s->exact[0][0].num == 1 && s->exact[0][0].den == 3 && s->coef[1][0] == 3.0, "lowest terms");
    CHECK(strassen_scheme_verify(s, &report) == STRASSEN_OK, "thirds");
    CHECK(report.rings == (STRASSEN_RING_Q | STRASSEN_RING_GF2), "odd denominators: %d", report.rings);
    strassen_scheme_free(s);
    CHECK(strassen_scheme_create("x", 1, 1, 1, 1, &half, &two, &one, &s) == STRASSEN_OK, "halves");
    CHECK(strassen_scheme_verify(s, &report) == STRASSEN_OK && report.rings == STRASSEN_RING_Q, "even denominators");
    strassen_scheme_free(s);
    CHECK(strassen_scheme_create("x", 1, 1, 1, 1, &big, &big, &big, &s) == STRASSEN_OK, "big");
    CHECK(strassen_scheme_verify(s, &report) == STRASSEN_ERROR_OVERFLOW, "2^189");
    strassen_scheme *composed = NULL;
    CHECK(strassen_scheme_compose(s, s, &composed) == STRASSEN_ERROR_OVERFLOW && !composed, "2^126");
    strassen_scheme_free(s);
    CHECK(strassen_scheme_create("x", 1, 1, 1, 1, &tiny, &tiny, &third, &s) == STRASSEN_OK, "tiny");
    CHECK(strassen_scheme_verify(s, &report) == STRASSEN_ERROR_OVERFLOW, "denominators");
    strassen_scheme_free(s);
    const strassen_rational zero = {0, 1}, least = {-((int64_t)1 << 62), 1}, most = {(int64_t)1 << 62, 1},
                            eight = {8, 1};
    const strassen_rational u[4] = {least, one, zero, zero}, v[2] = {most, one}, w[2] = {eight, one};
    CHECK(strassen_scheme_create("x", 2, 2, 1, 1, u, v, w, &s) == STRASSEN_OK, "a sum of -2^127");
    CHECK(strassen_scheme_verify(s, &report) == STRASSEN_ERROR_OVERFLOW, "-2^127");
    strassen_scheme_free(s);
}

static void test_create_refuses(void) {
    strassen_rational one = {1, 1}, zero_den = {1, 0}, negative_den = {1, -2}, lowest = {INT64_MIN, 1};
    strassen_scheme *s = NULL;
    CHECK(strassen_scheme_create("x", 0, 1, 1, 1, &one, &one, &one, &s) == STRASSEN_ERROR_ARGUMENT, "m = 0");
    CHECK(strassen_scheme_create("x", 17, 1, 1, 1, &one, &one, &one, &s) == STRASSEN_ERROR_ARGUMENT, "m = 17");
    CHECK(strassen_scheme_create("x", 1, 1, 1, 4097, &one, &one, &one, &s) == STRASSEN_ERROR_ARGUMENT, "rank 4097");
    CHECK(strassen_scheme_create("x", 1, 1, 1, 1, NULL, &one, &one, &s) == STRASSEN_ERROR_ARGUMENT, "null");
    CHECK(strassen_scheme_create("a b", 1, 1, 1, 1, &one, &one, &one, &s) == STRASSEN_ERROR_ARGUMENT, "a space");
    CHECK(strassen_scheme_create("", 1, 1, 1, 1, &one, &one, &one, &s) == STRASSEN_ERROR_ARGUMENT, "empty name");
    CHECK(strassen_scheme_create("x", 1, 1, 1, 1, &zero_den, &one, &one, &s) == STRASSEN_ERROR_ARGUMENT, "1/0");
    CHECK(strassen_scheme_create("x", 1, 1, 1, 1, &one, &negative_den, &one, &s) == STRASSEN_ERROR_ARGUMENT, "1/-2");
    CHECK(strassen_scheme_create("x", 1, 1, 1, 1, &one, &one, &lowest, &s) == STRASSEN_ERROR_OVERFLOW, "INT64_MIN");
    CHECK(s == NULL, "nothing made");
    char name[80];
    memset(name, 'n', sizeof name);
    name[64] = 0;
    CHECK(strassen_scheme_create(name, 1, 1, 1, 1, &one, &one, &one, &s) == STRASSEN_ERROR_ARGUMENT, "64 bytes");
    name[63] = 0;
    CHECK(strassen_scheme_create(name, 1, 1, 1, 1, &one, &one, &one, &s) == STRASSEN_OK, "63 bytes");
    strassen_scheme_free(s);
}

static void test_compose(void) {
    const char *pairs[][2] = {{"strassen", "strassen"},
                              {"winograd", "accurate"},
                              {"3x2x3-15", "strassen"},
                              {"2x2x3-11", "3x2x2-11"},
                              {"strassen", "3x3x3-23"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        strassen_scheme *a = builtin(pairs[i][0]), *b = builtin(pairs[i][1]), *c = NULL;
        CHECK(strassen_scheme_compose(a, b, &c) == STRASSEN_OK, "%s + %s", pairs[i][0], pairs[i][1]);
        CHECK(c->m == a->m * b->m && c->k == a->k * b->k && c->n == a->n * b->n && c->rank == a->rank * b->rank,
              "shape");
        strassen_brent_report report;
        CHECK(strassen_scheme_verify(c, &report) == STRASSEN_OK && report.failed == 0, "%s", c->name);
        strassen_scheme_free(a);
        strassen_scheme_free(b);
        strassen_scheme_free(c);
    }
    strassen_scheme *s = builtin("3x3x3-23"), *nine = NULL, *more = NULL;
    CHECK(strassen_scheme_compose(s, s, &nine) == STRASSEN_OK && nine->rank == 529, "⟨9,9,9;529⟩");
    CHECK(strassen_scheme_compose(nine, s, &more) == STRASSEN_ERROR_ARGUMENT && !more, "27 > 16");
    strassen_scheme_free(s);
    strassen_scheme_free(nine);
}

static void test_parse_reports_places(void) {
    struct {
        const char *text;
        int line, column;
        const char *message;
    } cases[] = {
        {"", 0, 0, "empty"},
        {"strassen-scheme 2\n", 1, 17, "version"},
        {"hello\n", 1, 1, "expected \"strassen-scheme 1\""},
        {"strassen-scheme 1\nshape 2 2\n", 2, 10, "n must be"},
        {"strassen-scheme 1\nshape 2 99999999999999999999 2\n", 2, 9, "k must be"},
        {"strassen-scheme 1\nshape 1 1 1 1\n", 2, 13, "unexpected"},
        {"strassen-scheme 1\nrank 5000\n", 2, 6, "rank"},
        {"strassen-scheme 1\nname a/b\n", 2, 6, "name"},
        {"strassen-scheme 1\nsize 1\n", 2, 1, "expected name"},
        {"strassen-scheme 1\np1 | 1 | 1 | 1\n", 2, 1, "before p1"},
        {"strassen-scheme 1\nshape 1 1 1\nrank 1\n", 3, 0, "before the first product"},
        {"strassen-scheme 1\nshape 1 1 1\nrank 2\np1 | 1 | 1 | 1\n", 4, 0, "after product p1 of 2"},
        {"strassen-scheme 1\nshape 1 1 1\nrank 1\np1 | 1 | 1 | 1\np2 | 1 | 1 | 1\n", 5, 1, "after the last"},
        {"strassen-scheme 1\nshape 1 1 1\nrank 1\np1 | 1 1 | 1 | 1\n", 4, 8, "\"|\""},
        {"strassen-scheme 1\nshape 1 1 1\nrank 1\np1 | 1 | 1 | 1.5\n", 4, 14, "coefficient"},
        {"strassen-scheme 1\nshape 1 1 1\nrank 1\np1 | 1 | 1/0 | 1\n", 4, 10, "coefficient"},
        {"strassen-scheme 1\nshape 1 1 1\nrank 1\np1 | 1 | - | 1\n", 4, 10, "coefficient"},
        {"strassen-scheme 1\nshape 1 1 1\nrank 1\np1 | 99999999999999999999 | 1 | 1\n", 4, 6, "64 bits"},
        {"strassen-scheme 1\nshape 1 1 1\nrank 1\np1 | \x1b[31m | 1 | 1\n", 4, 6, "\"?[31m\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        strassen_scheme *s = NULL;
        strassen_error error;
        strassen_status status = strassen_scheme_parse(cases[i].text, strlen(cases[i].text), &s, &error);
        CHECK(status == STRASSEN_ERROR_FORMAT && !s, "case %zu", i);
        CHECK(error.line == cases[i].line && error.column == cases[i].column, "case %zu: %d:%d %s", i, error.line,
              error.column, error.message);
        CHECK(strstr(error.message, cases[i].message), "case %zu: %s", i, error.message);
    }
}

/** Truncated and altered texts must be refused or read, never crash; without a final NUL. */
static void test_parse_survives_damage(void) {
    strassen_scheme *scheme = builtin("accurate");
    size_t length;
    char *text = text_of(scheme, &length);
    uint32_t random = 1;
    for (size_t cut = 0; cut <= length; cut++) {
        char *piece = malloc(cut ? cut : 1);
        if (!piece) exit(1);
        memcpy(piece, text, cut);
        strassen_scheme *s = NULL;
        strassen_status status = strassen_scheme_parse(piece, cut, &s, NULL);
        CHECK((status == STRASSEN_OK) == (s != NULL) && (s || cut < length), "cut at %zu", cut);
        strassen_scheme_free(s);
        for (int i = 0; cut > 0 && i < 3; i++) {
            random = random * 1664525u + 1013904223u;
            piece[(random >> 8) % cut] = (char)(random >> 24);
        }
        status = strassen_scheme_parse(piece, cut, &s, NULL);
        CHECK((status == STRASSEN_OK) == (s != NULL), "altered at %zu", cut);
        strassen_scheme_free(s);
        free(piece);
    }
    char small[8] = "before";
    CHECK(strassen_scheme_format(scheme, small, sizeof small, &length) == STRASSEN_OK, "small buffer");
    CHECK(strcmp(small, "before") == 0, "an insufficient buffer stays as it was");
    strassen_scheme_free(scheme);
    free(text);
}

static void test_parse_is_lenient_where_documented(void) {
    const char *text =
        "# a comment first\r\nstrassen-scheme 1\r\n\r\nrank 1\r\n\tshape 1 1 1 \r\nsource anything — at all\r\n"
        "p1 | 2/4 |\t2 | 1\r\n# the end\r\n";
    strassen_scheme *s = NULL;
    strassen_error error;
    CHECK(strassen_scheme_parse(text, strlen(text), &s, &error) == STRASSEN_OK, "%s", error.message);
    CHECK(s && s->exact[0][0].num == 1 && s->exact[0][0].den == 2 && strcmp(s->name, "unnamed") == 0, "values");
    strassen_scheme_free(s);
}

int main(int count, char **arguments) {
    test_builtins();
    test_embedded_data_is_current(count > 1 ? arguments[1] : "tuning/schemes");
    test_verify_finds_failures();
    test_rings_and_overflow();
    test_create_refuses();
    test_compose();
    test_parse_reports_places();
    test_parse_survives_damage();
    test_parse_is_lenient_where_documented();
    return check_summary();
}
