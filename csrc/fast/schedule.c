// SPDX-License-Identifier: AGPL-3.0-or-later
/** From a scheme to a program: both searches, the choice between their results, counts. */
#include <stdlib.h>
#include <string.h>

#include "fast/schedule_internal.h"

#define FINALISTS 3  /* layouts of the output side that get the full search of the input side */
#define EFFORT 40000 /* candidates that the search of the input side may look at; a sixteenth of it for a first look */

schedule_options schedule_options_default(void) {
    return (schedule_options){.temporaries = {1, 1},
                              .passes = 1,
                              .operand_terms = 1,
                              .overwrite = 1,
                              .add = 2,
                              .extra_overwrite = 1,
                              .extra_add = 2};
}

static int valid(const schedule_options *options) {
    for (int side = 0; side < 2; ++side)
        if (options->temporaries[side] < 1 || options->temporaries[side] > SCHEDULE_MAX_TEMPORARIES) return 0;
    if (options->passes < 0 || options->passes > SCHEDULE_MAX_PASSES) return 0;
    if (options->operand_terms < 1 || options->operand_terms > SCHEDULE_MAX_OPERAND_TERMS) return 0;
    const double costs[4] = {options->overwrite, options->add, options->extra_overwrite, options->extra_add};
    for (int i = 0; i < 4; ++i)
        if (!(costs[i] >= 0 && costs[i] <= 1e6)) return 0;
    return 1;
}

/* ------------------------------------------------------------------ choice */

/** 1 if a pass does nothing in clean mode: the same products without it do the same. */
static int has_idle_pass(const schedule *program) {
    for (int i = 0; i < program->op_count; ++i)
        if (program->ops[i].kind == SCHEDULE_PASS && program->ops[i].clean.count == 0) return 1;
    return 0;
}

/** Tries one layout; replaces *best when the program is cheaper. */
static strassen_status try_layout(const strassen_scheme *scheme, const forms sides[2], const outputs *layout,
                                  int64_t effort, const schedule_options *options, schedule **best) {
    input_order order;
    int64_t bound = INT64_MAX;
    if (*best) {
        const double left = (*best)->cost - layout->cost;
        if (left <= -1) return STRASSEN_OK;
        bound = (int64_t)((left + 1) * INPUT_UNIT);
    }
    strassen_status status =
        inputs_search(sides, scheme->rank, layout->stages, layout->passes, options->temporaries, effort, bound, &order);
    schedule *program = 0;
    if (status == STRASSEN_OK && order.steps) status = schedule_build(scheme, sides, layout, &order, options, &program);
    input_order_free(&order);
    if (!program) return status;
    if (has_idle_pass(program) || (*best && program->cost >= (*best)->cost)) {
        schedule_free(program);
        return STRASSEN_OK;
    }
    schedule_free(*best);
    *best = program;
    return STRASSEN_OK;
}

/** A quick look at every layout, then a thorough one at those that came out cheapest. */
static strassen_status choose(const strassen_scheme *scheme, const forms sides[2], const outputs_list *list,
                              const schedule_options *options, schedule **best) {
    double *quick = malloc((size_t)list->count * sizeof *quick);
    strassen_status status = quick ? STRASSEN_OK : STRASSEN_ERROR_MEMORY;
    for (int i = 0; i < list->count && status == STRASSEN_OK; ++i) {
        schedule *program = 0;
        status = try_layout(scheme, sides, &list->items[i], EFFORT / 16, options, &program);
        quick[i] = program ? program->cost : 0;
        if (!program) continue;
        if (*best && (*best)->cost <= program->cost) {
            schedule_free(program);
        } else {
            schedule_free(*best);
            *best = program;
        }
    }
    for (int round = 0; round < FINALISTS && status == STRASSEN_OK; ++round) {
        int at = -1;
        for (int i = 0; i < list->count; ++i)
            if (quick[i] > 0 && (at < 0 || quick[i] < quick[at])) at = i;
        if (at < 0) break;
        quick[at] = 0;
        status = try_layout(scheme, sides, &list->items[at], EFFORT, options, best);
    }
    free(quick);
    return status;
}

strassen_status schedule_create(const strassen_scheme *scheme, const schedule_options *options, schedule **out) {
    const schedule_options defaults = schedule_options_default();
    forms sides[2] = {{0}, {0}};
    outputs_list list = {0};
    if (!options) options = &defaults;
    *out = 0;
    if (!scheme || !valid(options)) return STRASSEN_ERROR_ARGUMENT;
    strassen_status status = forms_create(scheme, STRASSEN_U, options->temporaries[0], &sides[0]);
    if (status == STRASSEN_OK) status = forms_create(scheme, STRASSEN_V, options->temporaries[1], &sides[1]);
    if (status == STRASSEN_OK) status = outputs_search(scheme, options, &list);
    if (status == STRASSEN_OK) status = choose(scheme, sides, &list, options, out);
    if (status == STRASSEN_OK) status = *out ? schedule_prove(*out, scheme) : STRASSEN_ERROR_NOT_A_SCHEME;
    outputs_list_free(&list);
    forms_free(&sides[0]);
    forms_free(&sides[1]);
    if (status != STRASSEN_OK) {
        schedule_free(*out);
        *out = 0;
    }
    return status;
}

void schedule_free(schedule *program) { free(program); }
