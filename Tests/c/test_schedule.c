// SPDX-License-Identifier: AGPL-3.0-or-later
/** Schedules: known counts, every built-in, random gauge variants, compositions, damaged programs. */
#include "schedule_support.h"

/* --------------------------------------------------------------------- tests */

static void check_strassen(const strassen_scheme *scheme) {
    schedule *program = make(scheme, NULL);
    const schedule_counts *counts = &program->counts;
    CHECK(program->temporaries[0] == 1 && program->temporaries[1] == 1, "%d %d", program->temporaries[0],
          program->temporaries[1]);
    CHECK(counts->sums[0] == 5 && counts->sums[1] == 5, "%d %d sums", counts->sums[0], counts->sums[1]);
    CHECK(counts->additions[0] == 5 && counts->additions[1] == 5, "%d %d", counts->additions[0], counts->additions[1]);
    CHECK(counts->transfers[0] == 15 && counts->transfers[1] == 15, "%d %d", counts->transfers[0],
          counts->transfers[1]);
    CHECK(program->cost <= 49, "%g", program->cost);
    CHECK(multiplies(program), "%s", scheme->name);
    schedule_free(program);
}

static void check_winograd(const strassen_scheme *scheme) {
    schedule *program = make(scheme, NULL);
    const schedule_counts *counts = &program->counts;
    CHECK(program->temporaries[0] == 1 && program->temporaries[1] == 1, "%d %d", program->temporaries[0],
          program->temporaries[1]);
    CHECK(counts->sums[0] == 4 && counts->sums[1] == 4, "%d %d sums", counts->sums[0], counts->sums[1]);
    CHECK(counts->additions[0] == 4 && counts->additions[1] == 4, "%d %d", counts->additions[0], counts->additions[1]);
    CHECK(program->passes == 1 && counts->pass_transfers == 7, "%d passes, %d", program->passes,
          counts->pass_transfers);
    CHECK(counts->max_targets == 1 && counts->overwrites == 4 && counts->adds == 3, "%d %d", counts->overwrites,
          counts->adds);
    CHECK(program->cost == 41, "%g", program->cost);
    CHECK(multiplies(program), "%s", scheme->name);
    schedule_free(program);
}

static void test_known(void) {
    strassen_scheme *strassen = builtin("strassen"), *winograd = builtin("winograd");
    check_strassen(strassen);
    check_winograd(winograd);
    for (int i = 0; i < 8; ++i) {
        strassen_scheme *variant = shuffle(strassen);
        check_strassen(variant);
        strassen_scheme_free(variant);
        variant = shuffle(winograd);
        check_winograd(variant);
        strassen_scheme_free(variant);
    }
    schedule_options options = schedule_options_default();
    options.extra_add = options.extra_overwrite = 1;
    schedule *program = make(strassen, &options);
    CHECK(program->passes == 0 && program->prologue.count == 0, "cheap targets need no pass: %d", program->passes);
    schedule_free(program);
    strassen_scheme_free(strassen);
    strassen_scheme_free(winograd);
}

static void test_builtins(void) {
    for (int i = 0; i < strassen_scheme_builtin_count(); ++i) {
        strassen_scheme *scheme = builtin(strassen_scheme_builtin_name(i));
        for (int variant = 0; variant < 7; ++variant) {
            schedule_options options = schedule_options_default();
            options.accumulate = variant == 1;
            options.passes = variant == 2 ? 2 : variant == 3 ? 0 : 1;
            options.temporaries[0] = options.temporaries[1] = variant == 4 ? 3 : 1;
            options.operand_terms = variant == 5 ? 2 : variant == 6 ? SCHEDULE_MAX_OPERAND_TERMS : 1;
            schedule *program = make(scheme, &options), *again = make(scheme, &options);
            CHECK(multiplies(program), "%s, variant %d", scheme->name, variant);
            CHECK(program->passes <= options.passes, "%d", program->passes);
            CHECK(program->temporaries[0] <= options.temporaries[0], "%d", program->temporaries[0]);
            CHECK(program->op_count == again->op_count && program->term_count == again->term_count &&
                      !memcmp(program->terms, again->terms, (size_t)program->term_count * sizeof *program->terms),
                  "%s, variant %d: the same twice", scheme->name, variant);
            schedule_free(program);
            schedule_free(again);
        }
        strassen_scheme_free(scheme);
    }
}

/** Sums that the products form themselves: Strassen's need no SUM at all, Winograd's one a side. */
static void test_forwarding(void) {
    static const struct {
        const char *name;
        int sums, pairs;
    } expected[] = {{"strassen", 0, 5}, {"winograd", 1, 3}};
    for (int i = 0; i < 2; ++i) {
        strassen_scheme *scheme = builtin(expected[i].name);
        schedule_options options = schedule_options_default();
        options.operand_terms = 2;
        schedule *forwarded = make(scheme, &options);
        schedule *plain = make(scheme, NULL);
        for (int side = 0; side < 2; ++side) {
            CHECK(forwarded->counts.sums[side] == expected[i].sums, "%s: %d sums", scheme->name,
                  forwarded->counts.sums[side]);
            CHECK(forwarded->counts.operands[side][1] == expected[i].pairs, "%s: %d pairs", scheme->name,
                  forwarded->counts.operands[side][1]);
            CHECK(plain->counts.operands[side][0] == scheme->rank, "%s: %d cells", scheme->name,
                  plain->counts.operands[side][0]);
        }
        CHECK(multiplies(forwarded), "%s", scheme->name);
        CHECK(forwarded->cost < plain->cost, "%s: %g, %g", scheme->name, forwarded->cost, plain->cost);
        schedule_free(forwarded);
        schedule_free(plain);
        strassen_scheme_free(scheme);
    }
}

static void test_variants(void) {
    strassen_scheme *strassen = builtin("strassen"), *winograd = builtin("winograd"), *rectangle = builtin("2x3x3-15");
    const strassen_scheme *bases[3] = {strassen, winograd, rectangle};
    for (int i = 0; i < 24; ++i) {
        strassen_scheme *variant = gauge(bases[i % 3], 1 + i / 4);
        schedule *program = make(variant, NULL);
        CHECK(multiplies(program), "variant %d", i);
        schedule_free(program);
        strassen_scheme_free(variant);
    }
    strassen_scheme *composed = NULL;
    CHECK(strassen_scheme_compose(winograd, strassen, &composed) == STRASSEN_OK, "compose");
    schedule *program = make(composed, NULL);
    CHECK(program->rank == 49 && multiplies(program), "rank %d", program->rank);
    schedule_free(program);
    strassen_scheme_free(composed);
    strassen_scheme_free(strassen);
    strassen_scheme_free(winograd);
    strassen_scheme_free(rectangle);
}

/** Every coefficient matters; every swap of neighbours is accepted exactly when the numbers come out right. */
static void check_damage(const strassen_scheme *scheme) {
    schedule *program = make(scheme, NULL);
    schedule_term *terms = (schedule_term *)program->terms;
    schedule_op *ops = (schedule_op *)program->ops;
    for (int t = 0; t < program->term_count; ++t) {
        const schedule_term held = terms[t];
        terms[t].exact.num += held.exact.den;
        if (terms[t].exact.num == 0) terms[t].exact.num = 5 * held.exact.den;
        terms[t].coef = (double)terms[t].exact.num / (double)terms[t].exact.den;
        CHECK(schedule_prove(program, scheme) == STRASSEN_ERROR_NOT_A_SCHEME, "coefficient %d", t);
        terms[t] = held;
        terms[t].coef += 0.5;
        CHECK(schedule_prove(program, scheme) == STRASSEN_ERROR_NOT_A_SCHEME, "rounded coefficient %d", t);
        terms[t] = held;
        terms[t].first = !held.first;
        const strassen_status status = schedule_prove(program, scheme);
        CHECK((status == STRASSEN_OK) == multiplies(program), "first of term %d", t);
        terms[t] = held;
        for (int outside = 0; outside < 2; ++outside) {
            terms[t].cell = outside ? 1000000 : -1;
            CHECK(schedule_prove(program, scheme) == STRASSEN_ERROR_NOT_A_SCHEME, "cell of term %d", t);
            terms[t] = held;
        }
    }
    for (int i = 0; i + 1 < program->op_count; ++i) {
        const schedule_op held = ops[i];
        ops[i] = ops[i + 1];
        ops[i + 1] = held;
        CHECK((schedule_prove(program, scheme) == STRASSEN_OK) == multiplies(program), "swap at %d", i);
        ops[i + 1] = ops[i];
        ops[i] = held;
    }
    for (int i = 0; i < program->op_count; ++i) {
        const schedule_op held = ops[i];
        ops[i].start = ops[i].clean.start = program->term_count + 1;
        CHECK(schedule_prove(program, scheme) == STRASSEN_ERROR_NOT_A_SCHEME, "range of op %d", i);
        ops[i] = held;
        ops[i].kind = (schedule_kind)7;
        CHECK(schedule_prove(program, scheme) == STRASSEN_ERROR_NOT_A_SCHEME, "kind of op %d", i);
        ops[i] = held;
    }
    CHECK(schedule_prove(program, scheme) == STRASSEN_OK, "restored");
    schedule_free(program);
}

static void test_damage(void) {
    const char *names[3] = {"strassen", "winograd", "2x2x3-11"};
    for (int i = 0; i < 3; ++i) {
        strassen_scheme *scheme = builtin(names[i]);
        check_damage(scheme);
        strassen_scheme_free(scheme);
    }
}

static void test_errors(void) {
    strassen_scheme *scheme = builtin("strassen"), *wrong = NULL;
    schedule *program = NULL;
    schedule_options options = schedule_options_default();
    CHECK(schedule_create(NULL, NULL, &program) == STRASSEN_ERROR_ARGUMENT && !program, "no scheme");
    options.temporaries[1] = 0;
    CHECK(schedule_create(scheme, &options, &program) == STRASSEN_ERROR_ARGUMENT && !program, "no temporary");
    options = schedule_options_default();
    options.passes = SCHEDULE_MAX_PASSES + 1;
    CHECK(schedule_create(scheme, &options, &program) == STRASSEN_ERROR_ARGUMENT && !program, "passes");
    options = schedule_options_default();
    options.add = __builtin_nan("");
    CHECK(schedule_create(scheme, &options, &program) == STRASSEN_ERROR_ARGUMENT && !program, "cost");
    strassen_rational zeros[28], one[28];
    for (int i = 0; i < 28; ++i) {
        zeros[i] = (strassen_rational){0, 1};
        one[i] = (strassen_rational){1, 1};
    }
    CHECK(strassen_scheme_create("zero", 2, 2, 2, 7, zeros, zeros, zeros, &wrong) == STRASSEN_OK, "zero");
    CHECK(schedule_create(wrong, NULL, &program) == STRASSEN_ERROR_NOT_A_SCHEME && !program, "zero");
    strassen_scheme_free(wrong);
    CHECK(strassen_scheme_create("ones", 2, 2, 2, 7, one, one, one, &wrong) == STRASSEN_OK, "ones");
    CHECK(schedule_create(wrong, NULL, &program) == STRASSEN_ERROR_NOT_A_SCHEME && !program, "ones");
    strassen_scheme_free(wrong);
    one[0] = (strassen_rational){INT64_MAX, 1};
    one[1] = (strassen_rational){1, INT64_MAX};
    CHECK(strassen_scheme_create("huge", 2, 2, 2, 7, one, one, one, &wrong) == STRASSEN_OK, "huge");
    CHECK(schedule_create(wrong, NULL, &program) == STRASSEN_ERROR_OVERFLOW && !program, "huge");
    strassen_scheme_free(wrong);
    strassen_scheme_free(scheme);
}

static void test_text(void) {
    strassen_scheme *scheme = builtin("winograd");
    schedule *program = make(scheme, NULL);
    char *text = text_of(program);
    CHECK(strlen(text) > 100 && text[strlen(text) - 1] == '\n', "%s", text);
    CHECK(strstr(text, "S0 = ") && strstr(text, "\npass C") && strstr(text, "C11 = A11 * B11"), "%s", text);
    free(text);
    schedule_free(program);
    strassen_scheme_free(scheme);
}

int main(void) {
    test_known();
    test_builtins();
    test_forwarding();
    test_variants();
    test_damage();
    test_errors();
    test_text();
    return check_summary();
}
