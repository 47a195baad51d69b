// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Random GEMM calls through every exported name, against three loops in long double: all transposes and layouts,
 * padded leading dimensions, alpha and beta including 0 (with NaN where netlib does not read), sizes including 0.
 * Padding of C and all of A and B must come back bit for bit.
 *
 *   gemm_properties CASES MAX_SIZE LEVELS [SEED] [nonfinite]
 *
 * LEVELS is the largest number of fast levels that the environment allows; the tolerance follows from it.
 * nonfinite plants NaN and infinities in A, B and C: the pattern of the result must be the classical one
 * (for the policies off and auto).
 */
#include <math.h>
#include <string.h>

#include "support.h"

typedef struct matrix {
    int64_t rows, cols, ld; /**< column-major */
    size_t bytes;
    void *data, *copy;
} matrix;

static const double scalars[] = {0, 1, -1, 0.5, -2, 0.7};

/** Column-major rows × cols with a padded leading dimension; the last column is not padded, so overruns show. */
static matrix make_matrix(int precision, int64_t rows, int64_t cols, bool unread, uint64_t *state) {
    matrix x = {.rows = rows, .cols = cols, .ld = (rows > 0 ? rows : 1) + random_below(state, 4)};
    const int64_t elements = cols > 0 && rows > 0 ? x.ld * (cols - 1) + rows : 0;
    x.bytes = (size_t)elements * width(precision);
    x.data = must_alloc(x.bytes);
    x.copy = must_alloc(x.bytes);
    for (int64_t i = 0; i < elements; ++i) store(precision, x.data, i, unread ? NAN : random_real(state));
    memcpy(x.copy, x.data, x.bytes);
    return x;
}

static void plant(int precision, matrix *x, uint64_t *state) {
    static const double odd[] = {NAN, INFINITY, -INFINITY, 0};
    if (x->rows == 0 || x->cols == 0) return;
    for (int64_t count = random_below(state, 3); count > 0; --count) {
        const int64_t at = random_below(state, x->rows) + x->ld * random_below(state, x->cols);
        store(precision, x->data, at, odd[random_below(state, 4)]);
    }
    memcpy(x->copy, x->data, x->bytes);
}

static void free_matrix(matrix *x) {
    free(x->data);
    free(x->copy);
}

/** op(X)(i,j) of a column-major matrix. */
static double at(int precision, const matrix *x, char trans, int64_t i, int64_t j) {
    return load(precision, x->copy, (trans | 32) == 'n' ? i + j * x->ld : j + i * x->ld);
}

/**
 * Bound on the error of one element. Classical: (k+2)u·Σ|a||b|. With L levels, in the max norm (Higham, Accuracy and
 * Stability, 2nd ed., (23.14) for Strassen, 12 per level; (23.17) for Winograd's variant, 18 per level, which bounds
 * both): 18^L·(k0² + 6k0)·u·max|a|·max|b| with leaves of inner size k0 = ceil(k / 2^L).
 */
static double tolerance(int precision, int levels, int64_t k, double sum, double max_a, double max_b) {
    if (levels == 0) return (double)(k + 2) * roundoff(precision) * sum;
    const double leaf = ceil((double)k / (double)(1 << levels));
    return pow(18, levels) * (leaf * leaf + 6 * leaf) * roundoff(precision) * max_a * max_b;
}

static bool same_class(double x, double y) {
    if (isnan(y)) return isnan(x);
    return isinf(y) ? x == y : isfinite(x);
}

static double max_abs(int precision, const matrix *x) {
    double largest = 0;
    for (int64_t j = 0; j < x->cols; ++j)
        for (int64_t i = 0; i < x->rows; ++i) {
            const double size = fabs(load(precision, x->copy, i + j * x->ld));
            if (size > largest) largest = size;
        }
    return largest;
}

/** Column-major view of the call. Returns null or what is wrong. */
static const char *compare(int precision, const arguments *x, const matrix *a, const matrix *b, const matrix *c,
                           int levels) {
    const double max_a = max_abs(precision, a), max_b = max_abs(precision, b);
    for (int64_t j = 0; j < x->n; ++j) {
        for (int64_t i = 0; i < x->m; ++i) {
            long double product = 0, sum = 0;
            for (int64_t l = 0; l < x->k && x->alpha != 0; ++l) {
                const long double term =
                    (long double)at(precision, a, x->transa, i, l) * at(precision, b, x->transb, l, j);
                product += term;
                sum += fabsl(term);
            }
            const double before = load(precision, c->copy, i + j * c->ld);
            const double got = load(precision, c->data, i + j * c->ld);
            long double expected = x->alpha != 0 && x->k > 0 ? x->alpha * product : 0;
            if (x->beta != 0) expected += (long double)x->beta * before;
            if (!same_class(got, (double)expected)) return "an element differs in being finite";
            if (!isfinite((double)expected)) continue;
            double bound = fabs(x->alpha) * tolerance(precision, levels, x->k, (double)sum, max_a, max_b);
            if (x->beta != 0) bound += 3 * roundoff(precision) * fabs(x->beta * before);
            bound += 2 * roundoff(precision) * fabs((double)expected);
            if (fabsl(got - expected) > bound) return "an element is wrong";
        }
    }
    return NULL;
}

static bool padding_intact(int precision, const matrix *c) {
    const char *now = c->data, *then = c->copy;
    const size_t size = width(precision);
    for (int64_t j = 0; j + 1 < c->cols && c->rows > 0; ++j) {
        const size_t start = (size_t)(c->rows + j * c->ld) * size, length = (size_t)(c->ld - c->rows) * size;
        if (memcmp(now + start, then + start, length) != 0) return false;
    }
    return true;
}

static int64_t random_size(uint64_t *state, int64_t max) {
    switch (random_below(state, 12)) {
    case 0: return 0;
    case 1: return 1;
    case 2: return max;
    case 3:
    case 4:
    case 5: return 1 + random_below(state, max);
    default: return 1 + random_below(state, max < 24 ? max : 24);
    }
}

static bool test_one(const routine *r, int64_t max_size, int levels, bool nonfinite, uint64_t *state) {
    static const char letters[] = "NnTtCc";
    const int precision = r->precision;
    /* The column-major view, in which operands are made and compared. */
    arguments x = {.layout = 102,
                   .transa = letters[random_below(state, 6)],
                   .transb = letters[random_below(state, 6)],
                   .m = random_size(state, max_size),
                   .n = random_size(state, max_size),
                   .k = random_size(state, max_size),
                   .alpha = scalars[random_below(state, 6)],
                   .beta = scalars[random_below(state, 6)]};
    if (precision == STRASSEN_FLOAT32) {
        x.alpha = (float)x.alpha;
        x.beta = (float)x.beta;
    }
    const bool ta = (x.transa | 32) != 'n', tb = (x.transb | 32) != 'n';
    matrix a = make_matrix(precision, ta ? x.k : x.m, ta ? x.m : x.k, x.alpha == 0, state);
    matrix b = make_matrix(precision, tb ? x.n : x.k, tb ? x.k : x.n, x.alpha == 0, state);
    matrix c = make_matrix(precision, x.m, x.n, x.beta == 0, state);
    if (nonfinite && x.alpha != 0) plant(precision, &a, state), plant(precision, &b, state);
    if (nonfinite) plant(precision, &c, state);
    x.a = a.data, x.lda = a.ld, x.b = b.data, x.ldb = b.ld, x.c = c.data, x.ldc = c.ld;

    arguments given = x;
    if (r->cblas && random_below(state, 2)) { /* the same call, said in row-major */
        given = (arguments){.layout = 101,
                            .transa = x.transb,
                            .transb = x.transa,
                            .m = x.n,
                            .n = x.m,
                            .k = x.k,
                            .alpha = x.alpha,
                            .beta = x.beta,
                            .a = x.b,
                            .lda = x.ldb,
                            .b = x.a,
                            .ldb = x.lda,
                            .c = x.c,
                            .ldc = x.ldc};
    }
    r->call(&given);

    const char *wrong = compare(precision, &x, &a, &b, &c, levels);
    if (!wrong && !padding_intact(precision, &c)) wrong = "padding of C was written";
    if (!wrong && (memcmp(a.data, a.copy, a.bytes) != 0 || memcmp(b.data, b.copy, b.bytes) != 0))
        wrong = "A or B changed";
    if (wrong)
        fprintf(stderr,
                "%s (%d, %c, %c, m=%lld, n=%lld, k=%lld, alpha=%g, lda=%lld, ldb=%lld, beta=%g, ldc=%lld): %s\n",
                r->name, given.layout, given.transa, given.transb, (long long)given.m, (long long)given.n,
                (long long)given.k, given.alpha, (long long)given.lda, (long long)given.ldb, given.beta,
                (long long)given.ldc, wrong);
    free_matrix(&a);
    free_matrix(&b);
    free_matrix(&c);
    return !wrong;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: gemm_properties CASES MAX_SIZE LEVELS [SEED] [nonfinite]\n");
        return 64;
    }
    const int64_t cases = atoll(argv[1]), max_size = atoll(argv[2]);
    const int levels = atoi(argv[3]);
    uint64_t state = argc > 4 ? strtoull(argv[4], NULL, 10) * 0x9E3779B97F4A7C15ULL | 1 : 1;
    const bool nonfinite = argc > 5 && strcmp(argv[5], "nonfinite") == 0;
    int64_t failures = 0;
    for (int64_t i = 0; i < cases && failures < 10; ++i)
        failures += !test_one(&routines[i % ROUTINES], max_size, levels, nonfinite, &state);
    printf("gemm_properties: %lld calls through %d names, %lld failures\n", (long long)cases, (int)ROUTINES,
           (long long)failures);
    return failures != 0;
}
