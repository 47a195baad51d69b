// SPDX-License-Identifier: AGPL-3.0-or-later
/** What a plan holds, and the pieces of the planner. */
#ifndef STRASSEN_PLAN_PLAN_H
#define STRASSEN_PLAN_PLAN_H

#include "fast/engines.h"
#include "gemm/small.h"

#define PLAN_TEXT 192

struct strassen_plan {
    strassen_problem problem;
    strassen_engine engine;
    int members; /**< threads that run it: all that the problem has, but where the planner decides, those it feeds */
    strassen_isa isa;
    const line_operations *lines; /**< of sums, for that instruction set */
    strassen_costs costs;
    int levels, fused_levels;                      /**< explicit levels are the outer levels − fused_levels */
    strassen_scheme *schemes[STRASSEN_MAX_LEVELS]; /**< by level, outermost first */
    leaf_setup leaf;                               /**< its buffers are set per run */
    fused_scheme fused;                            /**< of the fused levels; ⟨1,1,1;1⟩ when there are none */
    fused_scheme classical;
    const schedule *programs[STRASSEN_MAX_LEVELS][2]; /**< of the explicit levels: clean, accumulating */
    explicit_level level[STRASSEN_MAX_LEVELS];
    foreign_leaf foreign;
    const small_gemm *unpacked; /**< for products that small_fits; null: always packed */
    basic_engine basic;
    int64_t core_m, core_n; /**< the part that the explicit levels do; the rest is classical strips */
    size_t arena_bytes, product_offset, workspace_bytes;
    double predicted_ns, flops, error_growth;
    char scheme_text[PLAN_TEXT], reason[PLAN_TEXT];
};

/** A way to compute a problem: what the planner compares. Borrowed schemes. */
typedef struct candidate {
    int levels, fused_levels;
    const strassen_scheme *schemes[STRASSEN_MAX_LEVELS];
} candidate;

/** What the model says about a candidate. */
typedef struct estimate {
    double ns;          /**< predicted wall time */
    double flops;       /**< multiplications and additions of leaves and sums */
    size_t arena_bytes; /**< temporaries of the explicit levels */
} estimate;

/**
 * Predicts a candidate by adding up the costs of its parts (docs/kernels.md, "The planner's model").
 *
 * @param counts of the programs of its explicit levels, outermost first; clean, accumulating.
 */
estimate model_estimate(const strassen_problem *problem, const candidate *candidate, const strassen_costs *costs,
                        const leaf_setup *leaf, const schedule_counts *const (*counts)[2]);

/**
 * The costs of one problem: what moves elements costs `far_ns` more where the matrices do not stay in the last cache, by
 * the share that does not: 1 − L3/2 over the bytes of A, B and C.
 */
strassen_costs model_costs(const strassen_problem *problem, const strassen_costs *costs, int64_t l3);

/** The m and n that the explicit levels' blocks divide; the rest is done classically. */
void candidate_core(const strassen_problem *problem, const candidate *candidate, int64_t *core_m, int64_t *core_n);

/** What lies below an explicit level, as far as the choice of its program depends on it. */
typedef struct level_place {
    int operand_terms; /**< what the product below can add up while packing */
    int steps;         /**< depth steps of the leaf below; 0: another level is below, or a foreign leaf */
} level_place;

/** @param k inner dimension of the level's products. @param foreign 1: the leaf takes one block a side. */
level_place place_of(const candidate *candidate, int level, int64_t k, const leaf_setup *leaf, int foreign);

/**
 * The program that plans use for an explicit level of `scheme`: the cheapest by `costs` in its place and mode. It stays
 * until plan_program_release.
 * @return UNSUPPORTED when it needs more targets or rows than the interpreter has room for.
 */
strassen_status plan_program(const strassen_scheme *scheme, const strassen_costs *costs, level_place place,
                             int accumulate, const schedule **out);
/** Gives a program back; null is ignored. */
void plan_program_release(const schedule *program);

/**
 * sqrt(γ/k) with γ = max_c Σ_p W_pc² ‖U_p‖² ‖V_p‖²: what one level typically does to the max-norm error on random data
 * (docs/accuracy.md).
 */
double model_error_growth(const strassen_scheme *scheme);

/** What a choice depends on: all borrowed. */
typedef struct planner {
    const strassen_problem *problem;
    const strassen_options *options;
    const strassen_tuning *tuning;
    const strassen_costs *costs; /**< model_costs of the problem */
    const leaf_setup *leaf;
} planner;

/**
 * Chooses levels and schemes for `turbo` and `auto`: the candidate with the least predicted time that keeps the limits
 * on workspace and accuracy. No level at all is a candidate for `auto`, and for `turbo` when nothing else is possible.
 *
 * @param reason receives one line, at most PLAN_TEXT bytes.
 */
strassen_status choose_turbo(const planner *planner, candidate *best, char *reason);

/** For `basic` and `optimal`: as many levels of the scheme as the cutoff allows, or as the options say. */
strassen_status choose_plain(const planner *planner, candidate *best, char *reason);

/** The profile's row for `precision` with the nearest number of threads, its costs scaled to `threads`. */
strassen_tuning plan_tuning(const strassen_profile *profile, strassen_precision precision, int threads);

/** Makes the schedules, the fused lists and the arena's layout of a plan whose levels and schemes are set. */
strassen_status plan_build(strassen_plan *plan);

#endif
