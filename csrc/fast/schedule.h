// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The program of one explicit recursion level, derived from a scheme as data.
 *
 * Cells. Side A: cells 0 … mk−1 are the blocks of A (row-major, read only), cells mk … mk+temporaries[0]−1 are the
 * temporaries S0, S1 … of one block's size. Side B alike with kn blocks and T0, T1 … Side C: cells 0 … mn−1 are the
 * blocks of C; there are no temporaries on that side, blocks of C hold the intermediates.
 *
 * Program. `ops` in order, each reads only what earlier ones wrote:
 *   SUM   side A or B; one or more temporaries get sums of cells. Simultaneous: all sources are read before any
 *         destination is written, element by element, and a destination may be among the sources.
 *   MUL   q = operand A · operand B; every target c gets coef·q. An operand is a cell of coefficient 1, or with
 *         options.operand_terms > 1 a short sum of cells that whoever multiplies forms on the way.
 *   PASS  side C; as SUM, on blocks of C.
 *
 * Two modes, one list of ops:
 *   clean (beta 0): C is never read before it is written. A target with `first` overwrites, any other adds. A PASS
 *         runs its rows `clean`, which leave out blocks that nothing has written yet.
 *   accumulate (C := beta·C + A·B): run `prologue` first, its coefficients multiplied by beta (it reads C once and
 *         applies the inverse of all the program's passes; with `prologue.rows` 0 it is just C := beta·C), then the
 *         ops; every target adds, `first` or not, and a PASS runs its rows `full`.
 * Rows of a PASS or of the prologue name only blocks that change; when beta ≠ 1 the prologue's other blocks have still
 * to be scaled. alpha goes onto the targets' coefficients.
 *
 * Source  explicit schedules: Boyer, Dumas, Pernet, Zhou (ISSAC 2009); passes that accumulate in place: Dumas and
 *         Grenet (arXiv 2307.12712). The schedules themselves are found by search, see docs/schedules.md.
 */
#ifndef STRASSEN_FAST_SCHEDULE_H
#define STRASSEN_FAST_SCHEDULE_H

#include "base/text.h"

#define SCHEDULE_MAX_TEMPORARIES 16 /**< a side */
#define SCHEDULE_MAX_PASSES 4
#define SCHEDULE_MAX_OPERAND_TERMS 4

typedef enum schedule_side { SCHEDULE_A = 0, SCHEDULE_B = 1, SCHEDULE_C = 2 } schedule_side;
typedef enum schedule_kind { SCHEDULE_SUM = 0, SCHEDULE_MUL = 1, SCHEDULE_PASS = 2 } schedule_kind;

/** coef · cell. Never zero. */
typedef struct schedule_term {
    int cell;
    int first; /**< targets of a MUL: 1 if nothing has written the cell before; otherwise 0 */
    double coef;
    strassen_rational exact;
} schedule_term;

/** cell := Σ of `count` ≥ 1 terms, at schedule.terms[start …]. */
typedef struct schedule_row {
    int cell;
    int start, count;
} schedule_row;

/** Rows done simultaneously, at schedule.rows[start …]. */
typedef struct schedule_rows {
    int start, count;
} schedule_rows;

/** A sum of cells, at schedule.terms[start …]. */
typedef struct schedule_terms {
    int start, count;
} schedule_terms;

/** One step. */
typedef struct schedule_op {
    schedule_kind kind;
    schedule_side side;        /**< SUM: A or B; PASS: C */
    schedule_rows clean;       /**< SUM and PASS: what to do */
    schedule_rows full;        /**< PASS in accumulate mode; for a SUM the same as `clean` */
    int product;               /**< MUL: row of the scheme */
    schedule_terms operand[2]; /**< MUL: what is multiplied, of side A and B */
    int start, count;          /**< MUL: targets, at schedule.terms[start …] */
} schedule_op;

/** What the planner's cost model reads. A transfer is one block read or written once. */
typedef struct schedule_counts {
    int operands[2][SCHEDULE_MAX_OPERAND_TERMS]; /**< products whose operand of side A, B has 1, 2, … terms */
    int sums[2];                                 /**< destinations of SUMs on side A, B */
    int additions[3];     /**< block additions: forming operands of A, of B; on C passes and targets that add (clean) */
    int sum_additions[2]; /**< of these those in SUMs */
    int transfers[2];     /**< of the SUMs of side A, B: distinct cells read + cells written, each SUM */
    int pass_transfers;   /**< the same for all PASSes, clean */
    int pass_transfers_full; /**< the same, accumulate mode, without the prologue */
    int prologue_transfers;  /**< reads + writes of the prologue's rows */
    int overwrites, adds;    /**< targets in clean mode; in accumulate mode all overwrites + adds of them add */
    int max_targets;         /**< of one product */
    int max_terms;           /**< of one row */
    int max_rows;            /**< of one SUM, PASS or the prologue */
} schedule_counts;

/** Immutable after schedule_create; every array belongs to the one allocation. */
typedef struct schedule {
    int m, k, n, rank;
    int blocks[3];      /**< mk, kn, mn */
    int temporaries[2]; /**< S and T in use: at most what the options allow */
    int op_count, row_count, term_count;
    const schedule_op *ops;
    const schedule_row *rows;
    const schedule_term *terms;
    schedule_rows prologue; /**< for accumulate mode */
    int passes;             /**< number of PASS ops */
    double cost;            /**< what the search minimised, in transfers */
    schedule_counts counts;
} schedule;

/** What the search may use, and what things cost, in block transfers. Start from schedule_options_default(). */
typedef struct schedule_options {
    int temporaries[2];    /**< most S and T, 1 … SCHEDULE_MAX_TEMPORARIES; default 1, 1 */
    int passes;            /**< most PASSes, 0 … SCHEDULE_MAX_PASSES; default 1 */
    int operand_terms;     /**< most terms of a product's operand, 1 … SCHEDULE_MAX_OPERAND_TERMS; default 1 */
    int accumulate;        /**< 1: cost of accumulate mode, prologue included; default 0, clean mode */
    double overwrite, add; /**< a product's first target; default 1, 2 */
    double extra_overwrite, extra_add; /**< every further target of the same product; default 1, 2 */
} schedule_options;

schedule_options schedule_options_default(void);

/** What a group of rows takes, in blocks: distinct cells read, and additions. */
typedef struct schedule_rows_cost {
    int reads, additions;
} schedule_rows_cost;

schedule_rows_cost schedule_cost_of_rows(const schedule *program, schedule_rows rows);

/**
 * Searches the cheapest program for one level of `scheme`. Deterministic: effort is counted, not timed. About 4 ms of a
 * 3.6 GHz core at rank 7, 10 ms up to rank 49, 25 ms at 161. The program is proved before it is returned.
 *
 * @param options null: the defaults.
 * @return ARGUMENT (options out of range), MEMORY, OVERFLOW (coefficients that outgrow 64 bits), NOT_A_SCHEME (the
 *         program does not multiply: the scheme's equations do not hold).
 */
strassen_status schedule_create(const strassen_scheme *scheme, const schedule_options *options, schedule **out);
void schedule_free(schedule *program);

/**
 * Runs the program on linear forms in exact rationals, in both modes, and compares with C := beta·C + A·B.
 * The scheme gives the shape alone: what is proved is the product of matrices, not agreement with U, V, W.
 *
 * @return OK; NOT_A_SCHEME when a result differs, a cell is read before it is written or an index is out of range;
 *         OVERFLOW, MEMORY.
 */
strassen_status schedule_prove(const schedule *program, const strassen_scheme *scheme);

/** As text, one line an operation: "S0 = A11 + A22", "C11, C22 += S0 * T0", "pass C12 = C11 + C12; …". Blocks are
 * numbered from 1, with a comma from ten on. */
void schedule_put(text_writer *w, const schedule *program);

#endif
