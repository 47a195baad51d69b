// SPDX-License-Identifier: AGPL-3.0-or-later
/** strassen_plan_work against what every plan of Strassen's scheme must do, whatever its schedule. */
#include "check.h"
#include "strassen.h"

/** The work of a plan of 192×192×192 with blocks that do not divide it. */
static strassen_status work_of(strassen_engine engine, int levels, int fused, strassen_work *work) {
    strassen_scheme *scheme = NULL;
    CHECK(strassen_scheme_builtin("strassen", &scheme) == STRASSEN_OK, "built in");
    strassen_profile profile;
    strassen_profile_derive(&profile, 0, 0, 0);
    profile.blocking[STRASSEN_FLOAT64] = (strassen_blocking){"", 32, 40, 48};
    strassen_options options = strassen_options_default();
    options.engine = engine;
    options.schemes[0] = scheme;
    options.schemes_count = levels > 0;
    options.levels = levels;
    options.fused_levels = fused;
    options.cutoff = 1;
    options.isa = STRASSEN_ISA_PORTABLE;
    options.profile = &profile;
    const strassen_problem problem = {STRASSEN_FLOAT64, 192, 192, 192, 1};
    strassen_plan *plan = NULL;
    CHECK(strassen_plan_create(&problem, &options, &plan) == STRASSEN_OK, "engine %d, %d levels", (int)engine, levels);
    const strassen_status status = strassen_plan_work(plan, 1, work);
    strassen_plan_free(plan);
    strassen_scheme_free(scheme);
    return status;
}

static void every_engine_multiplies_the_same_leaves(void) {
    static const struct {
        strassen_engine engine;
        int levels, fused;
    } cases[] = {{STRASSEN_ENGINE_CLASSICAL, 0, -1}, {STRASSEN_ENGINE_BASIC, 2, -1}, {STRASSEN_ENGINE_OPTIMAL, 2, -1},
                 {STRASSEN_ENGINE_TURBO, 2, 0},      {STRASSEN_ENGINE_TURBO, 2, 1},  {STRASSEN_ENGINE_TURBO, 2, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        strassen_work work;
        CHECK(work_of(cases[i].engine, cases[i].levels, cases[i].fused, &work) == STRASSEN_OK, "case %zu", i);
        const int64_t side = 192 >> cases[i].levels;
        const double leaves = cases[i].levels == 2 ? 49 : 1, volume = (double)(side * side * side);
        CHECK(work.leaves == leaves && work.leaf_m == side && work.leaf_k == side && work.leaf_n == side, "case %zu",
              i);
        CHECK(work.multiply_adds == leaves * volume, "case %zu: %g", i, work.multiply_adds);
        CHECK(work.pack_writes[1] == leaves * (double)(side * side), "case %zu: %g", i, work.pack_writes[1]);
        CHECK(work.overwrites + work.updates >= leaves * (double)(side * side), "case %zu", i);
        CHECK((work.sum_writes > 0) == (cases[i].levels > 0 && cases[i].fused != 2), "case %zu: %g", i,
              work.sum_writes);
    }
}

static void what_cannot_be_counted_is_refused(void) {
    strassen_work work;
    CHECK(strassen_plan_work(NULL, 0, &work) == STRASSEN_ERROR_ARGUMENT, "null");
    CHECK(work_of(STRASSEN_ENGINE_TURBO, 1, 1, NULL) == STRASSEN_ERROR_ARGUMENT, "null");
    CHECK(work_of(STRASSEN_ENGINE_REFERENCE, 0, -1, &work) == STRASSEN_ERROR_UNSUPPORTED, "reference");
}

int main(void) {
    every_engine_multiplies_the_same_leaves();
    what_cannot_be_counted_is_refused();
    return check_summary();
}
