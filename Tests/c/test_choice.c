// SPDX-License-Identifier: AGPL-3.0-or-later
/** What the planner chooses: limits, cutoffs, prices and numbers of threads that it depends on, or must not. */
#include <math.h>

#include "check.h"
#include "scheme/scheme.h"
#include "strassen.h"

/** Where the option asks for it, the plan must not depend on the number of threads: here the prices of two threads forbid every level. */
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

static strassen_plan_info described(strassen_problem problem, const strassen_options *options) {
    strassen_plan *plan = NULL;
    strassen_plan_info info = {0};
    CHECK(strassen_plan_create(&problem, options, &plan) == STRASSEN_OK, "plan");
    CHECK(strassen_plan_describe(plan, &info) == STRASSEN_OK, "describe");
    strassen_plan_free(plan);
    return info;
}

static int levels_of(const strassen_profile *profile, strassen_engine engine, int64_t m, int64_t k, int64_t n) {
    strassen_options o = strassen_options_default();
    o.engine = engine;
    o.profile = profile;
    return described((strassen_problem){.precision = STRASSEN_FLOAT64, .m = m, .n = n, .k = k, .threads = 1}, &o)
        .levels;
}

/** What the planner chooses by itself keeps the limits on error and memory, and has levels within them. */
static void test_limits_of_choice(void) {
    for (int64_t side = 1024; side <= 8192; side *= 2)
        for (int accurate = 0; accurate < 2; accurate++)
            for (int fused_only = 0; fused_only < 2; fused_only++) {
                const strassen_problem problem = {STRASSEN_FLOAT64, side, side, side, 1};
                strassen_options o = strassen_options_default();
                o.engine = STRASSEN_ENGINE_CLASSICAL;
                const size_t packed = described(problem, &o).workspace_bytes;
                o.engine = STRASSEN_ENGINE_TURBO;
                o.accurate = accurate;
                if (fused_only) o.max_workspace = 0;
                const strassen_plan_info info = described(problem, &o);
                const size_t temporaries = fused_only ? 0 : (size_t)(side * side) * sizeof(double);
                CHECK(info.levels > 0, "%lld: no level", (long long)side);
                CHECK(info.error_growth <= pow(accurate ? 2.2 : 3, info.levels) * 1.0001,
                      "%lld: error growth %g in %d levels", (long long)side, info.error_growth, info.levels);
                CHECK(info.workspace_bytes <= packed + temporaries, "%lld: %zu bytes", (long long)side,
                      info.workspace_bytes);
                if (fused_only) CHECK(info.levels == info.fused_levels, "%lld: an explicit level", (long long)side);
            }
}

/** Cutoffs are compared with the harmonic mean of the sides: a thin side does not rule out levels where the others are long. */
static void test_mean_side(void) {
    for (int64_t side = 0; side < 5000; side++)
        CHECK(strassen_mean_side(side, side, side) == side, "square of %lld", (long long)side);
    CHECK(strassen_mean_side(4096, 512, 4096) == 1228, "rank-k update");
    CHECK(strassen_mean_side(512, 4096, 4096) == 1228 && strassen_mean_side(4096, 4096, 512) == 1228, "any order");
    CHECK(strassen_mean_side(-1, 5, 5) == 0 && strassen_mean_side(5, 0, 5) == 0, "no product");
    CHECK(strassen_mean_side(INT64_MAX, INT64_MAX, INT64_MAX) > 0, "huge");
    strassen_profile profile;
    strassen_profile_derive(&profile, 0, 0, 0);
    for (int i = 0; i < profile.tunings; i++) profile.tuning[i].cutoff = profile.tuning[i].explicit_cutoff = 1000;
    const strassen_engine engines[] = {STRASSEN_ENGINE_TURBO, STRASSEN_ENGINE_OPTIMAL};
    for (int e = 0; e < 2; e++) {
        CHECK(levels_of(&profile, engines[e], 4096, 512, 4096) > 0, "engine %d, above the cutoff", engines[e]);
        CHECK(levels_of(&profile, engines[e], 4096, 384, 4096) == 0, "engine %d, below the cutoff", engines[e]);
        CHECK(levels_of(&profile, engines[e], 999, 999, 999) == 0, "engine %d, square", engines[e]);
    }
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

/** Strassen's scheme for (A·Q)(Q⁻¹·B) with Q = (1 1; 1 2): up to four terms a sum where it had two, and as few targets. */
static strassen_scheme *with_long_sums(void) {
    static const int q[2][2] = {{1, 1}, {1, 2}}, inverse[2][2] = {{2, -1}, {-1, 1}};
    strassen_rational u[28], v[28], w[28];
    strassen_scheme *strassen = NULL, *scheme = NULL;
    CHECK(strassen_scheme_builtin("strassen", &strassen) == STRASSEN_OK, "strassen");
    for (int p = 0; p < 7; p++)
        for (int i = 0; i < 2; i++)
            for (int l = 0; l < 2; l++) {
                int64_t a = 0, b = 0;
                for (int j = 0; j < 2; j++) {
                    a += (int64_t)strassen->coef[STRASSEN_U][4 * p + 2 * i + j] * q[l][j];
                    b += (int64_t)strassen->coef[STRASSEN_V][4 * p + 2 * j + i] * inverse[j][l];
                }
                u[4 * p + 2 * i + l] = (strassen_rational){a, 1};
                v[4 * p + 2 * l + i] = (strassen_rational){b, 1};
                w[4 * p + 2 * i + l] = (strassen_rational){(int64_t)strassen->coef[STRASSEN_W][4 * p + 2 * i + l], 1};
            }
    CHECK(strassen_scheme_create("long", 2, 2, 2, 7, u, v, w, &scheme) == STRASSEN_OK, "long sums");
    strassen_scheme_free(strassen);
    return scheme;
}

/** Sums of more blocks than packing takes are no candidate: `auto` goes without them instead of having no plan. */
static void test_longest_sums(void) {
    strassen_scheme *two = with_long_sums(), *four = NULL;
    CHECK(strassen_scheme_compose(two, two, &four) == STRASSEN_OK, "16 terms, 4 targets");
    const strassen_problem problem = {STRASSEN_FLOAT64, 4096, 4096, 4096, 1};
    strassen_options o = strassen_options_default();
    strassen_plan *plan = NULL;
    strassen_plan_info info;
    o.schemes[0] = o.schemes[1] = four;
    o.schemes_count = 2;
    o.cutoff = 1;
    for (int engine = STRASSEN_ENGINE_AUTO; engine <= STRASSEN_ENGINE_TURBO;
         engine += STRASSEN_ENGINE_TURBO - STRASSEN_ENGINE_AUTO) {
        o.engine = (strassen_engine)engine;
        o.fused_levels = 2;
        CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "engine %d", engine);
        CHECK(strassen_plan_describe(plan, &info) == STRASSEN_OK && info.fused_levels < 2,
              "%d fused levels of 256 terms", info.fused_levels);
        strassen_plan_free(plan);
    }
    strassen_scheme_free(four);
    strassen_scheme_free(two);
}

/** The planner's own choice may be held to fewer levels, and is still its choice: in the bytes of C, if at all. */
static void test_most_levels(void) {
    const strassen_problem problem = {STRASSEN_FLOAT64, 1000, 1000, 200000, 1}; // k last
    strassen_options o = strassen_options_default();
    size_t classical_bytes = 0;
    for (int most = 0; most <= 3; most++) {
        strassen_plan *plan = NULL;
        strassen_plan_info info;
        o.max_levels = most;
        CHECK(strassen_plan_create(&problem, &o, &plan) == STRASSEN_OK, "at most %d", most);
        CHECK(strassen_plan_describe(plan, &info) == STRASSEN_OK && info.levels <= most, "%d of %d levels", info.levels,
              most);
        if (most == 0) classical_bytes = info.workspace_bytes;
        CHECK(info.workspace_bytes <= classical_bytes + 1000 * 1000 * sizeof(double), "%zu bytes",
              info.workspace_bytes);
        strassen_plan_free(plan);
    }
}

/** What turbo with so many levels is predicted to take. */
static double predicted(const strassen_profile *profile, int64_t side, int levels) {
    strassen_options o = strassen_options_default();
    o.engine = STRASSEN_ENGINE_TURBO;
    o.profile = profile;
    o.levels = levels;
    o.fused_levels = 1;
    return described((strassen_problem){STRASSEN_FLOAT64, side, side, side, 1}, &o).predicted_seconds;
}

/** Matrices that outgrow L3 cost more; of an L3 beyond 64 MiB the rest is others'. */
static void test_shared_l3(void) {
    double seconds[3];
    for (int i = 0; i < 3; i++) {
        strassen_profile profile;
        strassen_profile_derive(&profile, 0, 0, (int64_t)16 << 20 << 2 * i);
        seconds[i] = predicted(&profile, 2048, 2);
    }
    CHECK(seconds[0] > seconds[1], "16 MiB: %g, 64 MiB: %g", seconds[0], seconds[1]);
    CHECK(seconds[1] == seconds[2], "64 MiB: %g, 256 MiB: %g", seconds[1], seconds[2]);
}

/** A third level that is predicted to gain 2 % is taken where it leaves long leaves, not where they are short. */
static void test_third_level(void) {
    for (int64_t side = 4096; side <= 8192; side *= 2) {
        strassen_profile profile;
        strassen_profile_derive(&profile, 0, 0, 0);
        double low = 0, high = 10; // a price of sums at which two levels take 1.02 times what three do
        for (int step = 0; step < 50; step++) {
            const double sum = (low + high) / 2;
            for (int i = 0; i < profile.tunings; i++) profile.tuning[i].costs.sum_ns = sum;
            const int dearer = predicted(&profile, side, 2) < 1.02 * predicted(&profile, side, 3);
            *(dearer ? &high : &low) = sum;
        }
        const double ratio = predicted(&profile, side, 2) / predicted(&profile, side, 3);
        CHECK(fabs(ratio - 1.02) < 0.001, "%lld: no price of sums makes it 1.02, but %g", (long long)side, ratio);
        const int levels = levels_of(&profile, STRASSEN_ENGINE_TURBO, side, side, side);
        CHECK(levels == (side == 8192 ? 3 : 2), "%lld: %d levels", (long long)side, levels);
    }
}

int main(void) {
    test_shared_l3();
    test_third_level();
    test_deterministic_choice();
    test_mean_side();
    test_limits_of_choice();
    test_fusion_limit();
    test_longest_sums();
    test_most_levels();
    return check_summary();
}
