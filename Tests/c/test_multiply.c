// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Random problems through every engine. Matrices hold small integers and the schemes are integral, so every sum is
 * exact and results must agree to the bit with the definition; guards around C must stay.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "check.h"
#include "microkernels/kernel.h"

#define ROUNDS 400
#define GUARD 64
#define GUARD_VALUE 1e6

static int below(int n) { return rand() % n; }

/** A matrix in memory of its own, with guards before and after and between lines. */
typedef struct matrix {
    strassen_precision precision;
    int64_t rows, columns, rs, cs, length;
    char *memory;
} matrix;

static double get(const matrix *x, int64_t index) {
    return x->precision == STRASSEN_FLOAT32 ? (double)((const float *)(void *)x->memory)[index]
                                            : ((const double *)(void *)x->memory)[index];
}

static void set(matrix *x, int64_t index, double value) {
    if (x->precision == STRASSEN_FLOAT32)
        ((float *)(void *)x->memory)[index] = (float)value;
    else
        ((double *)(void *)x->memory)[index] = value;
}

static int64_t offset(const matrix *x, int64_t i, int64_t j) { return GUARD + i * x->rs + j * x->cs; }

static void *start(const matrix *x) { return x->memory + (size_t)GUARD * element_size(x->precision); }

/** layout 0: columns contiguous, 1: rows contiguous, 2: neither. */
static matrix make(strassen_precision precision, int64_t rows, int64_t columns, int layout) {
    matrix x = {precision, rows, columns, 1, 1, 0, NULL};
    const int64_t pad = below(5), step = layout == 2 ? 2 + below(2) : 1;
    if (layout == 1) {
        x.rs = columns + pad;
    } else {
        x.rs = step;
        x.cs = rows * step + pad;
    }
    if (x.rs == 0) x.rs = 1;
    if (x.cs == 0) x.cs = 1;
    x.length = 2 * GUARD + (rows > 0 && columns > 0 ? (rows - 1) * x.rs + (columns - 1) * x.cs + 1 : 0);
    if (posix_memalign((void **)&x.memory, 64, (size_t)x.length * sizeof(double)) != 0) abort();
    for (int64_t i = 0; i < x.length; i++) set(&x, i, GUARD_VALUE);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) set(&x, offset(&x, i, j), below(7) - 3);
    return x;
}

static matrix copy_of(const matrix *x) {
    matrix y = *x;
    if (posix_memalign((void **)&y.memory, 64, (size_t)x->length * sizeof(double)) != 0) abort();
    memcpy(y.memory, x->memory, (size_t)x->length * element_size(x->precision));
    return y;
}

/** The definition, on a copy of C; all values stay integers (or halves) that a float holds. */
static void expect(matrix *c, const matrix *a, const matrix *b, double alpha, double beta) {
    for (int64_t i = 0; i < c->rows; i++)
        for (int64_t j = 0; j < c->columns; j++) {
            double sum = 0;
            for (int64_t p = 0; p < a->columns; p++) sum += get(a, offset(a, i, p)) * get(b, offset(b, p, j));
            const int64_t at = offset(c, i, j);
            set(c, at, alpha * sum + (beta == 0 ? 0 : beta * get(c, at)));
        }
}

static int foreign_calls;

/** A leaf as somebody else would write it: column-major, transposes, nothing else. */
static void naive_leaf(void *context, int ta, int tb, int64_t m, int64_t n, int64_t k, double alpha, const void *A,
                       int64_t lda, const void *B, int64_t ldb, double beta, void *C, int64_t ldc) {
    const strassen_precision precision = *(const strassen_precision *)context;
    matrix a = {precision, 0, 0, 0, 0, 0, (char *)A}, b = {precision, 0, 0, 0, 0, 0, (char *)B},
           c = {precision, 0, 0, 0, 0, 0, C};
    foreign_calls++;
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < m; i++) {
            double sum = 0;
            for (int64_t p = 0; p < k; p++)
                sum += get(&a, ta ? p + i * lda : i + p * lda) * get(&b, tb ? j + p * ldb : p + j * ldb);
            set(&c, i + j * ldc, alpha * sum + (beta == 0 ? 0 : beta * get(&c, i + j * ldc)));
        }
}

/** One random way to compute; the text says which, for a failure's message. */
typedef struct request {
    strassen_problem problem;
    strassen_options options;
    double alpha, beta;
    int layout[3];
    char text[256];
} request;

static strassen_scheme *schemes[32];
static int scheme_count;
static strassen_precision leaf_precision;

static request random_request(void) {
    static const strassen_engine engines[] = {STRASSEN_ENGINE_AUTO,    STRASSEN_ENGINE_CLASSICAL, STRASSEN_ENGINE_BASIC,
                                              STRASSEN_ENGINE_OPTIMAL, STRASSEN_ENGINE_TURBO,     STRASSEN_ENGINE_TURBO,
                                              STRASSEN_ENGINE_TURBO,   STRASSEN_ENGINE_REFERENCE};
    static const double alphas[] = {1, 1, -1, 2, 0, 0.5}, betas[] = {0, 0, 1, 1, -1, 2, 0.5};
    request r = {.options = strassen_options_default()};
    const int span = below(4) == 0 ? 12 : below(4) == 0 ? 200 : 70;
    r.problem = (strassen_problem){below(2) ? STRASSEN_FLOAT32 : STRASSEN_FLOAT64, below(span), below(span),
                                   below(span), 1 + below(3)};
    strassen_options *o = &r.options;
    o->engine = engines[below(8)];
    o->levels = below(3) - (below(4) == 0);
    o->schemes_count = below(3);
    for (int i = 0; i < o->schemes_count; i++) o->schemes[i] = schemes[below(scheme_count)];
    o->fused_levels = o->levels > 0 && below(3) ? below(o->levels + 1) : -1;
    o->cutoff = below(2) ? 8 + below(16) : 0;
    o->isa = below(3) == 0 ? below((int)strassen_isa_best() + 1) : -1;
    if (below(2)) {
        o->leaf = naive_leaf;
        o->leaf_context = &leaf_precision;
        leaf_precision = r.problem.precision;
    }
    r.alpha = alphas[below(6)];
    r.beta = betas[below(7)];
    for (int i = 0; i < 3; i++) r.layout[i] = below(5) < 4 ? below(2) : 2;
    snprintf(r.text, sizeof r.text,
             "%s m=%lld k=%lld n=%lld threads=%d engine=%d levels=%d fused=%d cutoff=%lld isa=%d leaf=%d "
             "schemes=%s,%s alpha=%g beta=%g layouts=%d%d%d",
             r.problem.precision == STRASSEN_FLOAT32 ? "f32" : "f64", (long long)r.problem.m, (long long)r.problem.k,
             (long long)r.problem.n, r.problem.threads, (int)o->engine, o->levels, o->fused_levels,
             (long long)o->cutoff, o->isa, o->leaf != NULL,
             o->schemes_count > 0 ? strassen_scheme_name(o->schemes[0]) : "-",
             o->schemes_count > 1 ? strassen_scheme_name(o->schemes[1]) : "-", r.alpha, r.beta, r.layout[0],
             r.layout[1], r.layout[2]);
    return r;
}

static void compare(const request *r, const matrix *got, const matrix *wanted) {
    int64_t wrong = 0, where = -1;
    for (int64_t i = 0; i < got->length; i++)
        if (get(got, i) != get(wanted, i)) {
            wrong++;
            where = where < 0 ? i : where;
        }
    CHECK(wrong == 0, "%s: %lld elements differ, the first at %lld: %g instead of %g", r->text, (long long)wrong,
          (long long)(where - GUARD), get(got, where < 0 ? 0 : where), get(wanted, where < 0 ? 0 : where));
}

/** Runs one request twice, with its own workspace and pool and without; NaN in C when beta is 0. */
static void run_request(const request *r, strassen_pool *pool) {
    strassen_plan *plan = NULL;
    const strassen_problem *p = &r->problem;
    const strassen_status status = strassen_plan_create(p, &r->options, &plan);
    CHECK(status == STRASSEN_OK || status == STRASSEN_ERROR_UNSUPPORTED, "%s: %s", r->text,
          strassen_status_string(status));
    if (status != STRASSEN_OK) return;
    matrix a = make(p->precision, p->m, p->k, r->layout[0]), b = make(p->precision, p->k, p->n, r->layout[1]);
    matrix c = make(p->precision, p->m, p->n, r->layout[2]);
    matrix wanted = copy_of(&c);
    expect(&wanted, &a, &b, r->alpha, r->beta);
    if (r->beta == 0)
        for (int64_t j = 0; j < p->n && p->m > 0; j++) set(&c, offset(&c, j % p->m, j), NAN);
    strassen_plan_info info;
    strassen_plan_describe(plan, &info);
    void *workspace = below(2) ? strassen_alloc(info.workspace_bytes) : NULL;
    const strassen_status ran = strassen_run(plan, r->alpha, start(&a), a.rs, a.cs, start(&b), b.rs, b.cs, r->beta,
                                             start(&c), c.rs, c.cs, below(2) ? pool : NULL, workspace);
    CHECK(ran == STRASSEN_OK, "%s: %s", r->text, strassen_status_string(ran));
    compare(r, &c, &wanted);
    if (workspace) strassen_free(workspace, info.workspace_bytes);
    strassen_plan_free(plan);
    free(a.memory);
    free(b.memory);
    free(c.memory);
    free(wanted.memory);
}

static int is_integral(const strassen_scheme *s) {
    strassen_brent_report report;
    return strassen_scheme_verify(s, &report) == STRASSEN_OK && (report.rings & STRASSEN_RING_Z);
}

/** Bits must not depend on the number of threads. */
static void test_deterministic(strassen_pool *pool) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 203, 190, 177, 1};
    matrix a = make(STRASSEN_FLOAT64, 203, 190 - 13, 0), b = make(STRASSEN_FLOAT64, 177, 190, 1);
    matrix c[3];
    for (int64_t i = 0; i < a.length; i++) set(&a, i, sin((double)i));
    for (int64_t i = 0; i < b.length; i++) set(&b, i, cos((double)i));
    for (int t = 0; t < 3; t++) {
        strassen_problem with = problem;
        with.threads = t + 1;
        strassen_options o = strassen_options_default();
        o.engine = STRASSEN_ENGINE_TURBO;
        o.levels = 2;
        o.fused_levels = 1;
        o.deterministic = 1;
        strassen_plan *plan = NULL;
        c[t] = make(STRASSEN_FLOAT64, 203, 190, 0);
        for (int64_t i = 0; i < c[t].length; i++) set(&c[t], i, 1);
        CHECK(strassen_plan_create(&with, &o, &plan) == STRASSEN_OK, "plan for %d threads", t + 1);
        CHECK(strassen_run(plan, 0.3, start(&a), a.rs, a.cs, start(&b), b.rs, b.cs, 0.7, start(&c[t]), c[t].rs, c[t].cs,
                           pool, NULL) == STRASSEN_OK,
              "run with %d threads", t + 1);
        strassen_plan_free(plan);
    }
    for (int t = 1; t < 3; t++) {
        int differ = 0;
        for (int64_t i = 0; i < 203 * 190; i++)
            differ += get(&c[0], offset(&c[0], i % 203, i / 203)) != get(&c[t], offset(&c[t], i % 203, i / 203));
        CHECK(differ == 0, "%d threads give other bits in %d elements", t + 1, differ);
    }
    for (int t = 0; t < 3; t++) free(c[t].memory);
    free(a.memory);
    free(b.memory);
}

/** Nor must the choice of the plan, where the option asks for it: here the prices of two threads forbid every level. */
static void test_deterministic_choice(void) {
    strassen_profile profile;
    strassen_profile_derive(&profile, 0, 0, 0);
    for (int i = 0; i < 2; i++) {
        profile.tuning[i].cutoff = profile.tuning[i].explicit_cutoff = 64;
        profile.tuning[2 + i] = profile.tuning[i];
        profile.tuning[2 + i].threads = 2;
        profile.tuning[2 + i].cutoff = profile.tuning[2 + i].explicit_cutoff = 1 << 20;
    }
    profile.tunings = 4;
    int levels[2][2]; // [deterministic][threads - 1]
    for (int deterministic = 0; deterministic < 2; deterministic++)
        for (int threads = 1; threads <= 2; threads++) {
            const strassen_problem problem = {STRASSEN_FLOAT64, 512, 512, 512, threads};
            strassen_options o = strassen_options_default();
            o.engine = STRASSEN_ENGINE_TURBO;
            o.profile = &profile;
            o.deterministic = deterministic;
            strassen_plan *plan = NULL;
            strassen_plan_info info;
            CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "plan");
            CHECK(strassen_plan_describe(plan, &info) == STRASSEN_OK, "describe");
            levels[deterministic][threads - 1] = info.levels;
            strassen_plan_free(plan);
        }
    CHECK(levels[0][0] > 0 && levels[0][1] == 0, "the prices do not tell the plans apart: %d %d", levels[0][0],
          levels[0][1]);
    CHECK(levels[1][0] == levels[0][0] && levels[1][1] == levels[0][0], "%d and %d levels", levels[1][0], levels[1][1]);
}

static void test_bad_arguments(void) {
    const strassen_problem good = {STRASSEN_FLOAT64, 8, 8, 8, 1};
    strassen_problem problem = good;
    strassen_options o = strassen_options_default();
    strassen_plan *plan = NULL;
    problem.threads = 0;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_ERROR_ARGUMENT, "0 threads");
    problem = good;
    problem.m = -1;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_ERROR_ARGUMENT, "negative m");
    problem.m = INT64_MAX;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_ERROR_OVERFLOW, "huge m");
    for (int engine = STRASSEN_ENGINE_AUTO; engine <= STRASSEN_ENGINE_REFERENCE; engine++) {
        o.engine = (strassen_engine)engine;
        problem.m = problem.n = problem.k = (int64_t)1 << 31;
        CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_ERROR_OVERFLOW, "huge C, engine %d", engine);
        problem.m = (int64_t)1 << 33; // a long side alone is a matrix that a 64-bit BLAS is there for
        problem.n = problem.k = 1;
        CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "long side, engine %d", engine);
        strassen_plan_free(plan);
        plan = NULL;
    }
    o = strassen_options_default();
    o.kernel = "no_such_kernel";
    CHECK(strassen_plan_create(&good, &o, &plan) == STRASSEN_ERROR_ARGUMENT, "unknown kernel");
    o.kernel = NULL;
    for (o.isa = -7; o.isa < 100; o.isa += 49)
        CHECK(strassen_plan_create(&good, &o, &plan) == STRASSEN_ERROR_ARGUMENT, "instruction set %d", o.isa);
    const strassen_rational zero = {0, 1};
    strassen_scheme *false_scheme = NULL;
    CHECK(strassen_scheme_create("zero", 1, 1, 1, 1, &zero, &zero, &zero, &false_scheme) == STRASSEN_OK, "zero scheme");
    o = strassen_options_default();
    o.schemes[0] = false_scheme;
    o.schemes_count = 1;
    CHECK(strassen_plan_create(&good, &o, &plan) == STRASSEN_ERROR_NOT_A_SCHEME,
          "a plan accepts coefficients that do not multiply");
    strassen_scheme_free(false_scheme);
    CHECK(plan == NULL, "a failed call left a plan");
}

/** What strassen_run refuses before it touches anything. */
static void test_bad_runs(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 2, 2, 2, 1};
    strassen_plan *plan = NULL;
    _Alignas(64) double x[4] = {1, 2, 3, 4}, c[4] = {5, 6, 7, 8}, workspace[1 << 14];
    CHECK(strassen_plan_create(&problem, NULL, &plan) == STRASSEN_OK, "plan");
    CHECK(strassen_run(plan, 1, x, 1, 2, x, 1, 2, 0, c, 0, 2, NULL, NULL) == STRASSEN_ERROR_ARGUMENT,
          "C's rows on one");
    CHECK(strassen_run(plan, 1, x, 1, 2, x, 1, 2, 0, c, 1, 0, NULL, NULL) == STRASSEN_ERROR_ARGUMENT, "columns on one");
    CHECK(strassen_run(plan, 1, NULL, 1, 2, x, 1, 2, 0, c, 1, 2, NULL, NULL) == STRASSEN_ERROR_ARGUMENT, "no A");
    CHECK(strassen_run(plan, 1, x, 1, 2, x, 1, 2, 0, c, 1, 2, NULL, workspace + 1) == STRASSEN_ERROR_WORKSPACE,
          "a workspace that is not aligned");
    CHECK(c[0] == 5 && c[1] == 6 && c[2] == 7 && c[3] == 8, "a refused call wrote C");
    strassen_plan_free(plan);
    double error, ratio;
    CHECK(strassen_check(&problem, 1, NULL, 1, 2, x, 1, 2, 0, NULL, 1, 2, c, 1, 2, 0, &error, &ratio) ==
              STRASSEN_ERROR_ARGUMENT,
          "a check without A");
    CHECK(strassen_max_abs((strassen_precision)7, 2, 2, x, 1, 2, NULL, &error) == STRASSEN_ERROR_ARGUMENT,
          "precision 7");
}

/** Fused levels whose Kronecker product is no scheme any more are not chosen, and refused when asked for. */
static void test_fusion_limit(void) {
    enum { SIDE = 5, RANK = SIDE * SIDE * SIDE, WIDTH = SIDE * SIDE };
    static strassen_rational factors[3][RANK * WIDTH];
    for (int p = 0; p < RANK; p++) {
        const int i = p / WIDTH, j = p / SIDE % SIDE, l = p % SIDE,
                  column[3] = {i * SIDE + l, l * SIDE + j, i * SIDE + j};
        for (int f = 0; f < 3; f++)
            for (int c = 0; c < WIDTH; c++) factors[f][p * WIDTH + c] = (strassen_rational){c == column[f], 1};
    }
    strassen_scheme *standard = NULL;
    CHECK(strassen_scheme_create("standard5", SIDE, SIDE, SIDE, RANK, factors[0], factors[1], factors[2], &standard) ==
              STRASSEN_OK,
          "5x5x5");
    const strassen_problem problem = {STRASSEN_FLOAT64, 1000, 1000, 1000, 1};
    strassen_options o = strassen_options_default();
    strassen_plan *plan = NULL;
    o.engine = STRASSEN_ENGINE_TURBO;
    o.schemes[0] = standard;
    o.schemes_count = 1;
    o.levels = o.fused_levels = 2;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_ERROR_UNSUPPORTED, "25x25x25 fused");
    o.levels = o.fused_levels = -1;
    o.cutoff = 1;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "the planner's own split");
    strassen_plan_free(plan);
    strassen_scheme_free(standard);
}

/** The last resort of those who have no memory: it packs nothing. */
static void test_reference_needs_no_workspace(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 300, 300, 300, 2};
    strassen_options o = strassen_options_default();
    strassen_plan *plan = NULL;
    strassen_plan_info info;
    o.engine = STRASSEN_ENGINE_REFERENCE;
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "plan");
    CHECK(strassen_plan_describe(plan, &info) == STRASSEN_OK && info.workspace_bytes == 0, "%zu bytes",
          info.workspace_bytes);
    double *a = calloc(2 * 300 * 300, sizeof *a), *c = a + 300 * 300;
    for (int i = 0; i < 300; i++) a[i * 300 + i] = i;
    CHECK(strassen_run(plan, 1, a, 1, 300, a, 1, 300, 0, c, 1, 300, NULL, NULL) == STRASSEN_OK, "run");
    CHECK(c[0] == 0 && c[299 * 300 + 299] == 299.0 * 299.0 && c[1] == 0, "product");
    free(a);
    strassen_plan_free(plan);
}

/** One pool for plans of fewer threads and of all, in any order: only those that take part are called. */
static void test_members_change(void) {
    strassen_pool *pool = NULL;
    strassen_plan *plans[5] = {0};
    static double ones[64 * 64], c[64 * 64];
    CHECK(strassen_pool_create(5, &pool) == STRASSEN_OK, "pool");
    for (int i = 0; i < 64 * 64; i++) ones[i] = 1;
    for (int i = 0; i < 5; i++) {
        const strassen_problem problem = {STRASSEN_FLOAT64, 64, 64, 64, i + 1};
        strassen_options o = strassen_options_default();
        o.engine = STRASSEN_ENGINE_TURBO;
        o.levels = o.fused_levels = 1;
        CHECK(strassen_plan_create(&problem, &o, &plans[i]) == STRASSEN_OK, "plan of %d", i + 1);
    }
    int wrong = 0;
    for (int run = 0; run < 500; run++) {
        strassen_run(plans[below(5)], 1, ones, 1, 64, ones, 1, 64, 0, c, 1, 64, pool, NULL);
        for (int i = 0; i < 64 * 64; i++) wrong += c[i] != 64;
    }
    CHECK(wrong == 0, "%d wrong elements", wrong);
    for (int i = 0; i < 5; i++) strassen_plan_free(plans[i]);
    strassen_pool_free(pool);
}

/** A price of updates far above that of sums makes no program impossible. */
static void test_extreme_prices(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 512, 512, 512, 1};
    strassen_profile profile;
    strassen_profile_derive(&profile, 0, 0, 0);
    for (int i = 0; i < profile.tunings; i++) {
        profile.tuning[i].costs.sum_ns = 1e-6;
        profile.tuning[i].costs.update_ns = 1e9;
    }
    for (int engine = STRASSEN_ENGINE_BASIC; engine <= STRASSEN_ENGINE_TURBO; engine++) {
        strassen_options o = strassen_options_default();
        strassen_plan *plan = NULL;
        o.engine = (strassen_engine)engine;
        o.profile = &profile;
        o.levels = 1;
        o.fused_levels = 0;
        CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "engine %d", engine);
        strassen_plan_info info;
        CHECK(strassen_plan_describe(plan, &info) == STRASSEN_OK && info.flops < 2.0 * 512 * 512 * 512,
              "engine %d: %g flops", engine, info.flops);
        strassen_plan_free(plan);
    }
}

/** A right C is right where the product itself is nothing. */
static void test_check_without_product(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 2, 2, 2, 1};
    const double zero[4] = {0}, before[4] = {1, 2, 3, 4};
    double after[4], error, ratio;
    for (int i = 0; i < 4; i++) after[i] = 0.1 * before[i];
    for (int alpha = 0; alpha <= 1; alpha++) {
        CHECK(strassen_check(&problem, alpha, zero, 1, 2, zero, 1, 2, 0.1, before, 1, 2, after, 1, 2, 0, &error,
                             &ratio) == STRASSEN_OK,
              "check");
        CHECK(ratio <= 2, "alpha %d: error %g, ratio %g", alpha, error, ratio);
    }
}

int main(void) {
    strassen_pool *pool = NULL;
    CHECK(strassen_pool_create(3, &pool) == STRASSEN_OK, "pool");
    for (int i = 0; i < strassen_scheme_builtin_count() && scheme_count < 32; i++) {
        strassen_scheme *s = NULL;
        CHECK(strassen_scheme_builtin(strassen_scheme_builtin_name(i), &s) == STRASSEN_OK, "built-in %d", i);
        if (is_integral(s))
            schemes[scheme_count++] = s;
        else
            strassen_scheme_free(s);
    }
    for (int round = 0; round < ROUNDS; round++) {
        const request r = random_request();
        run_request(&r, pool);
    }
    CHECK(foreign_calls > 0, "no foreign leaf was ever called");
    test_deterministic(pool);
    test_deterministic_choice();
    test_bad_arguments();
    test_bad_runs();
    test_fusion_limit();
    test_reference_needs_no_workspace();
    test_members_change();
    test_extreme_prices();
    test_check_without_product();
    for (int i = 0; i < scheme_count; i++) strassen_scheme_free(schemes[i]);
    strassen_pool_free(pool);
    return check_summary();
}
