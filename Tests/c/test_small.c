// SPDX-License-Identifier: AGPL-3.0-or-later
/** Small classical products, which run unpacked: every shape, order and leading dimension against the packed loops. */
#include <string.h>

#include "check.h"
#include "gemm/small.h"

enum { ROOM = 290 * 384, THREADS = 3 };
static strassen_pool *pool;
static double a64[ROOM], b64[ROOM], c64[ROOM], packed64[ROOM];
static float a32[ROOM], b32[ROOM], c32[ROOM], packed32[ROOM];

/** Small integers, so that both ways are exact whatever the order of their sums. */
static void fill(void) {
    for (int i = 0; i < ROOM; i++) {
        a32[i] = (float)(a64[i] = i * 7 % 11 - 5);
        b32[i] = (float)(b64[i] = i * 5 % 13 - 6);
        c32[i] = packed32[i] = (float)(c64[i] = packed64[i] = i % 9 - 4);
    }
}

typedef struct layout {
    int64_t ld;
    int transpose_a, transpose_b, row_major;
} layout;

static void multiply(strassen_problem problem, const char *kernel, layout l, double beta, void *c) {
    const int single = problem.precision == STRASSEN_FLOAT32;
    const void *a = single ? (const void *)a32 : a64, *b = single ? (const void *)b32 : b64;
    strassen_options options = strassen_options_default();
    strassen_plan *plan;
    options.engine = STRASSEN_ENGINE_CLASSICAL;
    options.kernel = kernel;
    CHECK(strassen_plan_create(&problem, &options, &plan) == STRASSEN_OK, "no plan");
    const int ta = l.transpose_a, tb = l.transpose_b, row = l.row_major;
    const strassen_status status =
        strassen_run(plan, -2, a, ta ? l.ld : 1, ta ? 1 : l.ld, b, tb ? l.ld : 1, tb ? 1 : l.ld, beta, c,
                     row ? l.ld : 1, row ? 1 : l.ld, problem.threads > 1 ? pool : NULL, NULL);
    CHECK(status == STRASSEN_OK, "status %d", (int)status);
    strassen_plan_free(plan);
}

/** The whole memory is compared: nothing outside of C is touched. */
static void compare(strassen_problem problem, layout l, double beta) {
    const int single = problem.precision == STRASSEN_FLOAT32;
    fill();
    multiply(problem, NULL, l, beta, single ? (void *)c32 : c64);
    multiply(problem, single ? "f32_8x4_portable" : "f64_4x4_portable", l, beta, single ? (void *)packed32 : packed64);
    const int same = single ? memcmp(c32, packed32, sizeof c32) == 0 : memcmp(c64, packed64, sizeof c64) == 0;
    CHECK(same, "%s %lld×%lld×%lld on %d, ld %lld, %c%c, row-major %d, beta %g", single ? "float32" : "float64",
          (long long)problem.m, (long long)problem.k, (long long)problem.n, problem.threads, (long long)l.ld,
          l.transpose_a ? 'T' : 'N', l.transpose_b ? 'T' : 'N', l.row_major, beta);
}

/** All layouts and both precisions of one shape m, k, n. */
static void test_layouts(const int64_t shape[3], const int64_t widths[3], int threads) {
    for (int width = 0; width < 3; width++)
        for (int order = 0; order < 8; order++)
            for (int precision = STRASSEN_FLOAT32; precision <= STRASSEN_FLOAT64; precision++) {
                const strassen_problem problem = {(strassen_precision)precision, shape[0], shape[2], shape[1], threads};
                const layout l = {widths[width], order & 1, order >> 1 & 1, order >> 2};
                compare(problem, l, order % 3 - 1);
            }
}

/** On one thread, and on more than there are parts for in the smaller shapes. */
static void test_every_layout(int threads) {
    const int64_t small[][3] = {{1, 1, 1},    {8, 4, 8},    {17, 5, 3},     {3, 64, 5},
                                {40, 41, 39}, {64, 64, 64}, {111, 112, 97}, {159, 160, 130}};
    const int64_t large[][3] = {{208, 201, 190}, {239, 240, 221}, {288, 287, 150}};
    // Lines of 192 and 320 collide in float64, of 256 and 384 in both.
    const int64_t narrow[] = {160, 192, 256}, wide[] = {288, 320, 384};
    for (int i = 0; i < 8; i++) test_layouts(small[i], narrow, threads);
    for (int i = 0; i < 3; i++) test_layouts(large[i], wide, threads);
}

static void test_what_fits(strassen_isa isa) {
    const small_gemm *f32 = small_gemm_for(isa, STRASSEN_FLOAT32), *f64 = small_gemm_for(isa, STRASSEN_FLOAT64);
    const small_call plain = {.m = 112, .n = 112, .k = 112, .a_rs = 1, .a_cs = 120, .b_rs = 1, .b_cs = 120};
    small_call call = plain;
    CHECK(small_fits(f64, &call) && small_fits(f32, &call), "112 runs unpacked");
    call.a_cs = 128;
    CHECK(small_fits(f64, &call) && small_fits(f32, &call), "112 whose columns of A collide does");
    call.m = 209;
    CHECK(!small_fits(f64, &call) && !small_fits(f32, &call), "209 rows of them do not");
    call = plain;
    call.k = SMALL_LIMIT + 1;
    CHECK(!small_fits(f64, &call) && !small_fits(f32, &call), "a deeper one does not");
    call = plain;
    call.a_rs = 120, call.a_cs = 1;
    CHECK(!small_fits(f64, &call), "nor a transposed A of this size");
    call = plain;
    call.b_rs = 2048, call.b_cs = 1;
    CHECK(!small_fits(f64, &call), "nor a B whose lines collide");
}

static void test_members(void) {
    const small_call large = {.m = 160, .n = 160, .k = 160}, small = {.m = 64, .n = 64, .k = 64},
                     narrow = {.m = 160, .n = 16, .k = 160};
    CHECK(small_members(&large, 1) == 1, "one thread");
    CHECK(small_members(&large, 4) == 4 && small_members(&large, 64) == 10, "%d of 64", small_members(&large, 64));
    CHECK(small_members(&small, 4) == 1 && small_members(&narrow, 4) == 1, "not worth a second member");
}

int main(void) {
    CHECK(strassen_pool_create(THREADS, &pool) == STRASSEN_OK, "no pool");
    test_every_layout(1);
    test_every_layout(THREADS);
    strassen_pool_free(pool);
    for (int isa = STRASSEN_ISA_PORTABLE; isa <= STRASSEN_ISA_AVX512; isa++)
        if (strassen_isa_supported((strassen_isa)isa)) test_what_fits((strassen_isa)isa);
    test_members();
    return check_summary();
}
