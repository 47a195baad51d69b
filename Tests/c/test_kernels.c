// SPDX-License-Identifier: AGPL-3.0-or-later
/** Every micro-kernel of the registry and every edge of its packings. A kernel this CPU lacks is reported, not passed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "check.h"
#include "microkernels/kernel.h"

#define GUARD 16

static double value(const kernel *k, const void *p, int64_t i) {
    return k->precision == STRASSEN_FLOAT32 ? (double)((const float *)p)[i] : ((const double *)p)[i];
}

static void store(const kernel *k, void *p, int64_t i, double x) {
    if (k->precision == STRASSEN_FLOAT32)
        ((float *)p)[i] = (float)x;
    else
        ((double *)p)[i] = x;
}

/** Small integers: all sums are exact, so results must agree to the bit. */
static void *filled(const kernel *k, int64_t count) {
    void *p = NULL;
    if (posix_memalign(&p, 64, (size_t)(count + 1) * element_size(k->precision)) != 0) abort();
    for (int64_t i = 0; i < count; i++) store(k, p, i, (double)(rand() % 9 - 4));
    return p;
}

static void *copied(const kernel *k, const void *p, int64_t count) {
    void *copy = malloc((size_t)count * element_size(k->precision));
    if (!copy) abort();
    return memcpy(copy, p, (size_t)count * element_size(k->precision));
}

/** Elements that differ from beta·before + coef·a·b in the first `rows` of the tile, or from `before` outside it. */
static int wrong_in_tile(const kernel *k, int64_t kc, int rows, const void *a, const void *b, const void *before,
                         const void *after, double coef, double beta, int64_t ldc) {
    int wrong = 0;
    for (int64_t i = 0; i < ldc * (k->nr + 2); i++) {
        const int64_t row = i % ldc, column = i / ldc - 1;
        double expected = value(k, before, i);
        if (row < rows && column >= 0 && column < k->nr) {
            double sum = 0;
            for (int64_t p = 0; p < kc; p++) sum += value(k, a, p * k->mr + row) * value(k, b, p * k->nr + column);
            expected = beta * expected + coef * sum;
        }
        wrong += value(k, after, i) != expected;
    }
    return wrong;
}

/** A tile whose panel of A has so many rows, whole vectors. */
static void test_tile(const kernel *k, int64_t kc, int rows, int targets, double coef, double beta) {
    const int64_t ldc = k->mr + GUARD, size = ldc * (k->nr + 2);
    void *a = filled(k, k->mr * kc), *b = filled(k, k->nr * kc), *c[3], *before[3];
    tile_target target[3];
    for (int t = 0; t < targets; t++) {
        c[t] = filled(k, size);
        before[t] = copied(k, c[t], size);
        for (int j = 0; j < k->nr && beta == 0; j++) store(k, c[t], ldc + j * ldc, NAN); // beta 0 must not read it
        target[t] = (tile_target){(char *)c[t] + (size_t)ldc * element_size(k->precision), coef + t, beta};
    }
    k->tile(kc, kc % 2 ? rows : rows - k->lanes + 1, a, b, &(line_runs){(uintptr_t)b, 3, 2, 256}, target, targets,
            ldc); // a vector with one row is whole
    for (int t = 0; t < targets; t++) {
        const int wrong = wrong_in_tile(k, kc, rows, a, b, before[t], c[t], coef + t, beta, ldc);
        CHECK(wrong == 0, "%s kc=%lld rows=%d target %d of %d coef=%g beta=%g: %d wrong", k->name, (long long)kc, rows,
              t, targets, coef, beta, wrong);
        free(c[t]);
        free(before[t]);
    }
    free(a);
    free(b);
}

/** A packing against its definition, with terms of different extents (`cut`) and any strides. */
static void test_pack(const kernel *k, int is_a, int terms, int64_t width, int64_t depth, int64_t minor_stride,
                      int64_t major_stride, int cut) {
    const int w = is_a ? k->mr : k->nr;
    const int64_t out = (width + w - 1) / w * w * depth,
                  span = (width - 1) * minor_stride + (depth - 1) * major_stride + 1;
    panel_term term[9];
    for (int t = 0; t < terms; t++)
        term[t] = (panel_term){filled(k, span),           t - 1.0 + (t == 1), width - (cut ? t % 3 : 0),
                               depth - (cut ? t % 2 : 0), minor_stride,       major_stride};
    void *packed = filled(k, out + GUARD);
    for (int i = 0; i < GUARD; i++) store(k, packed, out + i, 77);
    (is_a ? k->pack_a : k->pack_b)(term, terms, width, depth, packed);
    int wrong = 0;
    for (int64_t i = 0; i < out; i++) {
        const int64_t r = i / (w * depth) * w + i % w, c = i / w % depth;
        double expected = 0;
        for (int t = 0; t < terms; t++)
            if (r < term[t].minor && c < term[t].major && r < width)
                expected += term[t].coef * value(k, term[t].p, r * minor_stride + c * major_stride);
        wrong += value(k, packed, i) != expected;
    }
    for (int i = 0; i < GUARD; i++) wrong += value(k, packed, out + i) != 77;
    CHECK(wrong == 0, "%s pack_%c terms=%d %lldx%lld strides %lld,%lld cut=%d: %d wrong", k->name, is_a ? 'a' : 'b',
          terms, (long long)width, (long long)depth, (long long)minor_stride, (long long)major_stride, cut, wrong);
    for (int t = 0; t < terms; t++) free((void *)term[t].p);
    free(packed);
}

static void test_packs(const kernel *k, int is_a) {
    const int w = is_a ? k->mr : k->nr;
    const int64_t widths[] = {1, w - 1, w, w + 1, 3 * w, 5 * w + 2}, depths[] = {1, 3, 8, 37, 256};
    const int counts[] = {1, 2, 3, 4, 5, 9};
    for (size_t t = 0; t < sizeof counts / sizeof *counts; t++)
        for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
            for (size_t j = 0; j < sizeof depths / sizeof *depths; j++)
                for (int cut = 0; cut < 2; cut++) {
                    if (cut && (widths[i] < 3 || depths[j] < 2)) continue;
                    test_pack(k, is_a, counts[t], widths[i], depths[j], 1, widths[i] + 3, cut);
                    test_pack(k, is_a, counts[t], widths[i], depths[j], depths[j] + 1, 1, cut);
                    test_pack(k, is_a, counts[t], widths[i], depths[j], 2, 2 * widths[i] + 5, cut);
                }
}

static void test_kernel(const kernel *k) {
    const int64_t depths[] = {0, 1, 3, 4, 5, 64, 700};
    for (size_t d = 0; d < sizeof depths / sizeof *depths; d++)
        for (int rows = k->lanes; rows <= k->mr; rows += k->lanes)
            for (int targets = 1; targets <= 3; targets++) {
                test_tile(k, depths[d], rows, targets, 1, 1);
                test_tile(k, depths[d], rows, targets, -1, 0);
                test_tile(k, depths[d], rows, targets, 2, -2);
            }
    test_packs(k, 1);
    test_packs(k, 0);
    CHECK(kernel_find(k->precision, STRASSEN_ISA_AVX512, k->name) == k, "%s is not found by its name", k->name);
}

int main(void) {
    for (int i = 0; i < strassen_kernel_count(); i++) {
        strassen_kernel_info info;
        CHECK(strassen_kernel_describe(i, &info) == STRASSEN_OK, "kernel %d", i);
        if (info.supported)
            test_kernel(kernel_at(i));
        else
            printf("skipped: %s (this CPU lacks %s)\n", info.name, strassen_isa_name(info.isa));
    }
    CHECK(kernel_find(STRASSEN_FLOAT64, STRASSEN_ISA_AVX512, "no_such") == NULL, "an unknown kernel was found");
    CHECK(kernel_find(STRASSEN_FLOAT32, STRASSEN_ISA_PORTABLE, NULL)->isa == STRASSEN_ISA_PORTABLE,
          "isa limit ignored");
    return check_summary();
}
