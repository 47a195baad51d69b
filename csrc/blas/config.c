// SPDX-License-Identifier: AGPL-3.0-or-later
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "blas.h"
#include "scheme/scheme.h"

enum { MAX_THREADS = 1024 };

static blas_config config;
static pthread_once_t once = PTHREAD_ONCE_INIT;

void blas_warn(const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    fprintf(stderr, "strassen: %s\n", line);
}

/** The variable's value; null when unset or empty. secure_getenv: nothing is read in a set-uid program. */
static const char *variable(const char *name) {
    const char *value = secure_getenv(name);
    return value && *value ? value : NULL;
}

/** Parses a decimal integer in least…most, which `list_ok` lets a comma follow (OMP_NUM_THREADS=4,2). */
static bool parse_integer(const char *text, int64_t least, int64_t most, bool list_ok, int64_t *value) {
    char *end;
    errno = 0;
    const long long parsed = strtoll(text, &end, 10);
    if (errno || end == text) return false;
    while (isspace((unsigned char)*end)) ++end;
    if (*end != '\0' && !(list_ok && *end == ',')) return false;
    if (parsed < least || parsed > most) return false;
    *value = parsed;
    return true;
}

/** Leaves `*value` alone, with a warning, when the variable holds nonsense. True if it was set and right. */
static bool read_integer(const char *name, int64_t least, int64_t most, bool list_ok, int64_t *value) {
    const char *text = variable(name);
    if (!text) return false;
    if (parse_integer(text, least, most, list_ok, value)) return true;
    blas_warn("%s=%.80s is ignored: expected an integer from %lld to %lld", name, text, (long long)least,
              (long long)most);
    return false;
}

/** Index of the variable's value among `count` words, or `otherwise`. */
static int read_word(const char *name, const char *const words[], int count, int otherwise) {
    const char *text = variable(name);
    if (!text) return otherwise;
    char expected[160] = "";
    for (int i = 0; i < count; ++i) {
        if (strcasecmp(text, words[i]) == 0) return i;
        const size_t used = strlen(expected);
        snprintf(expected + used, sizeof expected - used, "%s%s",
                 i == 0           ? ""
                 : i + 1 == count ? " or "
                                  : ", ",
                 words[i]);
    }
    blas_warn("%s=%.80s is ignored: expected %s", name, text, expected);
    return otherwise;
}

static int read_threads(void) {
    static const char *const names[] = {"STRASSEN_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"};
    int64_t threads;
    for (int i = 0; i < 3; ++i)
        if (read_integer(names[i], 1, MAX_THREADS, i == 2, &threads)) return (int)threads;
    const int cpus = blas_available_cpus();
    return cpus < MAX_THREADS ? cpus : MAX_THREADS;
}

static int read_isa(void) {
    static const char *const words[] = {"portable", "avx2", "avx512"};
    static const strassen_isa isas[] = {STRASSEN_ISA_PORTABLE, STRASSEN_ISA_AVX2, STRASSEN_ISA_AVX512};
    const int index = read_word("STRASSEN_CORETYPE", words, 3, -1);
    if (index < 0) return -1;
    if (strassen_isa_supported(isas[index])) return (int)isas[index];
    blas_warn("STRASSEN_CORETYPE=%s is ignored: this CPU cannot run it; using %s", words[index],
              strassen_isa_name(strassen_isa_best()));
    return -1;
}

/** Reads a scheme from a file; null, with the reason in `why`, when there is none to be had. */
static strassen_scheme *scheme_from_file(const char *path, char *why, size_t capacity) {
    char *text;
    size_t length;
    const int failed = blas_read_text(path, &text, &length);
    if (failed) {
        snprintf(why, capacity, "neither a built-in scheme nor a readable file (%s)", strerror(failed));
        return NULL;
    }
    strassen_scheme *scheme = NULL;
    strassen_error error = {0};
    const strassen_status status = strassen_scheme_parse(text, length, &scheme, &error);
    free(text);
    if (status == STRASSEN_OK) return scheme;
    snprintf(why, capacity, "line %d: %s", error.line,
             error.message[0] ? error.message : strassen_status_string(status));
    return NULL;
}

/** A scheme is used only if all its Brent equations hold over the rationals. */
static bool is_proved(const strassen_scheme *scheme, char *why, size_t capacity) {
    strassen_brent_report report;
    const strassen_status status = strassen_scheme_verify(scheme, &report);
    if (status != STRASSEN_OK) {
        snprintf(why, capacity, "%s", strassen_status_string(status));
        return false;
    }
    if (report.failed == 0) return true;
    snprintf(why, capacity, "%lld of its %lld Brent equations fail", (long long)report.failed,
             (long long)report.equations);
    return false;
}

static strassen_scheme *read_scheme(void) {
    const char *text = variable("STRASSEN_SCHEME");
    if (!text) return NULL;
    char why[320] = "";
    strassen_scheme *scheme = NULL;
    if (strassen_scheme_builtin(text, &scheme) != STRASSEN_OK) scheme = scheme_from_file(text, why, sizeof why);
    if (scheme && is_proved(scheme, why, sizeof why)) return scheme;
    strassen_scheme_free(scheme);
    blas_warn("STRASSEN_SCHEME=%.120s is ignored: %s", text, why);
    return NULL;
}

/** Σ of the magnitudes in a product's row of a factor. */
static double row_sum(const strassen_scheme *scheme, strassen_factor factor, int product) {
    const int width = scheme_width(scheme, factor);
    double sum = 0;
    for (int i = 0; i < width; ++i) sum += fabs(scheme->coef[factor][product * width + i]);
    return sum;
}

/**
 * Bound on how far the sums of a level and their products grow. Strassen's own is 4·4 (two-term sums, up to four
 * products in a block of C); the built-in schemes stay below 256. Only the exponent range is at stake, so a
 * generous bound costs nothing; coefficients from a file may be of any size.
 */
static double growth_of(const strassen_scheme *scheme) {
    double growth = 256;
    if (!scheme) return growth;
    const int width = scheme_width(scheme, STRASSEN_W);
    for (int product = 0; product < scheme->rank; ++product) {
        const double u = row_sum(scheme, STRASSEN_U, product), v = row_sum(scheme, STRASSEN_V, product);
        growth = fmax(growth, fmax(u * v, fmax(u, v)));
    }
    for (int target = 0; target < width; ++target) {
        double sum = 0;
        for (int product = 0; product < scheme->rank; ++product)
            sum += fabs(scheme->coef[STRASSEN_W][product * width + target]) * row_sum(scheme, STRASSEN_U, product) *
                   row_sum(scheme, STRASSEN_V, product);
        growth = fmax(growth, sum);
    }
    return growth;
}

/** The least cutoff in the profile: what is below it needs no planner to be classical. */
static int64_t smallest_mean_side(strassen_precision precision) {
    if (config.cutoff > 0) return config.cutoff;
    int64_t least = INT64_MAX;
    for (int i = 0; i < config.profile.tunings; ++i) {
        const strassen_tuning *tuning = &config.profile.tuning[i];
        if (tuning->precision == precision && tuning->cutoff < least) least = tuning->cutoff;
    }
    return least == INT64_MAX ? 0 : least;
}

static void read_configuration(void) {
    static const char *const policies[] = {"off", "auto", "force"};
    static const char *const switches[] = {"0", "1"};
    config.verbose = read_word("STRASSEN_VERBOSE", switches, 2, 0) == 1;
    config.threads = read_threads();
    config.policy = (blas_policy)read_word("STRASSEN_POLICY", policies, 3, BLAS_POLICY_AUTO);
    int64_t levels = STRASSEN_MAX_LEVELS;
    read_integer("STRASSEN_MAX_LEVELS", 0, STRASSEN_MAX_LEVELS, false, &levels);
    config.max_levels = (int)levels;
    read_integer("STRASSEN_CUTOFF", 1, INT64_MAX, false, &config.cutoff);
    config.isa = read_isa();
    config.scheme = read_scheme();
    config.growth = growth_of(config.scheme);
    blas_load_profile(variable("STRASSEN_PROFILE"), &config.profile);
    const strassen_isa isa = config.isa >= 0 ? (strassen_isa)config.isa : strassen_isa_best();
    for (int precision = 0; precision < 2; ++precision) {
        config.unpacked[precision] = small_gemm_for(isa, (strassen_precision)precision);
        config.smallest[precision] = smallest_mean_side((strassen_precision)precision);
    }
}

const blas_config *blas_configuration(void) {
    pthread_once(&once, read_configuration);
    return &config;
}
