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
#define MOST_THREADS 5 /* so that products run side by side: up to four where two levels are fused */
#define GUARD 64
#define GUARD_VALUE 1e6

static int below(int n) { return rand() % n; }

/** A matrix in memory of its own, with guards before and after and between lines. */
typedef struct matrix {
    strassen_precision precision;
    int64_t rows, columns, rs, cs, length;
    int64_t origin; /**< where element (0, 0) lies */
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

static int64_t offset(const matrix *x, int64_t i, int64_t j) { return x->origin + i * x->rs + j * x->cs; }

static void *start(const matrix *x) { return x->memory + (size_t)x->origin * element_size(x->precision); }

/** Turns the order of rows, of columns, or of both round: they are walked backwards. */
static void reverse(matrix *x) {
    const int which = 1 + below(3);
    if (x->rows > 0 && which & 1) {
        x->origin += (x->rows - 1) * x->rs;
        x->rs = -x->rs;
    }
    if (x->columns > 0 && which & 2) {
        x->origin += (x->columns - 1) * x->cs;
        x->cs = -x->cs;
    }
}

enum { BY_COLUMNS, BY_ROWS, SPREAD, REVERSED, REPEATED };

/** BY_COLUMNS and BY_ROWS are contiguous; REPEATED: all rows are one row, or all columns. */
static matrix make(strassen_precision precision, int64_t rows, int64_t columns, int layout) {
    matrix x = {precision, rows, columns, 1, 1, 0, GUARD, NULL};
    const int64_t pad = below(5), step = layout == SPREAD ? 2 + below(2) : 1;
    if (layout == BY_ROWS || (layout == REVERSED && below(2))) {
        x.rs = columns + pad;
    } else {
        x.rs = step;
        x.cs = rows * step + pad;
    }
    if (x.rs == 0) x.rs = 1;
    if (x.cs == 0) x.cs = 1;
    x.length = 2 * GUARD + (rows > 0 && columns > 0 ? (rows - 1) * x.rs + (columns - 1) * x.cs + 1 : 0);
    if (layout == REVERSED) reverse(&x);
    if (layout == REPEATED) *(below(2) ? &x.rs : &x.cs) = 0;
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
    matrix a = {.precision = precision, .memory = (char *)A}, b = {.precision = precision, .memory = (char *)B},
           c = {.precision = precision, .memory = C};
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
                                   below(span), 1 + below(MOST_THREADS)};
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
    for (int i = 0; i < 3; i++)
        r.layout[i] = below(5) < 4 ? below(2) : SPREAD + below(i < 2 ? 3 : 2); // C repeats nothing
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

/** Runs one request, with or without a pool and a workspace of the caller. */
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
    for (size_t i = 0; workspace && i < info.workspace_bytes / sizeof(uint64_t); i++)
        ((uint64_t *)workspace)[i] = 1 + i % 8; // what the states of panels are in a run's first steps
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

/** A product of two levels whose bits must not depend on the number of threads. */
typedef struct fixed_product {
    strassen_precision precision;
    int64_t m;
    int fused_levels;
    int64_t kc; /**< 0: the usual one */
} fixed_product;

/** C on a team of so many. */
static matrix deterministic_product(const fixed_product *f, int threads, const matrix *a, const matrix *b,
                                    strassen_pool *pool) {
    const strassen_problem problem = {f->precision, f->m, 190, 177, threads};
    strassen_profile profile;
    strassen_profile_derive(&profile, 0, 0, 0);
    if (f->kc > 0) profile.blocking[f->precision].kc = f->kc;
    strassen_options o = strassen_options_default();
    o.engine = STRASSEN_ENGINE_TURBO;
    o.levels = 2;
    o.fused_levels = f->fused_levels;
    o.deterministic = 1;
    o.profile = &profile;
    strassen_plan *plan = NULL;
    matrix c = make(f->precision, f->m, 190, 0);
    for (int64_t i = 0; i < c.length; i++) set(&c, i, 1);
    CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "plan for %d threads", threads);
    CHECK(strassen_run(plan, 0.3, start(a), a->rs, a->cs, start(b), b->rs, b->cs, 0.7, start(&c), c.rs, c.cs, pool,
                       NULL) == STRASSEN_OK,
          "run with %d threads", threads);
    strassen_plan_free(plan);
    return c;
}

static void test_deterministic(const fixed_product *f, strassen_pool *pool) {
    static const int threads[] = {2, 3, 16, 64};
    const int64_t m = f->m;
    matrix a = make(f->precision, m, 177, 0), b = make(f->precision, 177, 190, 1);
    for (int64_t i = 0; i < a.length; i++) set(&a, i, sin((double)i));
    for (int64_t i = 0; i < b.length; i++) set(&b, i, cos((double)i));
    matrix alone = deterministic_product(f, 1, &a, &b, pool);
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        matrix c = deterministic_product(f, threads[t], &a, &b, pool);
        int differ = 0;
        for (int64_t i = 0; i < m * 190; i++)
            differ += get(&alone, offset(&alone, i % m, i / m)) != get(&c, offset(&c, i % m, i / m));
        CHECK(differ == 0, "%lld rows, %d fused levels, kc %lld: %d threads give other bits in %d elements",
              (long long)m, f->fused_levels, (long long)f->kc, threads[t], differ);
        free(c.memory);
    }
    free(alone.memory);
    free(a.memory);
    free(b.memory);
}

/**
 * Bits must not depend on the number of threads, of which there may be many more than cores. Blocks of 203 rows end in the midst of
 * vectors, those of 192 do not; with kc 42 a block of 44 columns is one step and one of 45, which runs beside it, two.
 */
static void test_all_deterministic(void) {
    strassen_pool *pool = NULL;
    CHECK(strassen_pool_create(64, &pool) == STRASSEN_OK, "pool");
    for (int precision = STRASSEN_FLOAT32; precision <= STRASSEN_FLOAT64; precision++) {
        const fixed_product products[] = {
            {precision, 203, 1, 0}, {precision, 192, 1, 0}, {precision, 203, 1, 42}, {precision, 203, 2, 42}};
        for (size_t i = 0; i < sizeof products / sizeof *products; i++) test_deterministic(products + i, pool);
    }
    strassen_pool_free(pool);
}

int main(void) {
    strassen_pool *pool = NULL;
    CHECK(strassen_pool_create(MOST_THREADS, &pool) == STRASSEN_OK, "pool");
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
    test_all_deterministic();
    for (int i = 0; i < scheme_count; i++) strassen_scheme_free(schemes[i]);
    strassen_pool_free(pool);
    return check_summary();
}
