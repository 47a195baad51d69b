// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The parts of the scheduler: outputs (where products go, which passes combine them), inputs (the order of the products
 * and how their operands are formed), build (both together become a program), count (what it costs).
 */
#ifndef STRASSEN_FAST_SCHEDULE_INTERNAL_H
#define STRASSEN_FAST_SCHEDULE_INTERNAL_H

#include "fast/rational.h"
#include "fast/schedule.h"
#include "scheme/scheme.h"

/* ------------------------------------------------------------------- forms */

/**
 * The distinct operands of one side, each a primitive integer vector over the blocks (entries without a common divisor,
 * sign fixed), so that operands which differ by a factor are one form.
 */
typedef struct forms {
    int count, width;
    int64_t *entries;         /**< count × width */
    int *terms;               /**< per form: non-zero entries */
    int *block;               /**< per form: the block it is, or −1 */
    unsigned char *derivable; /**< per form: its entries are small enough for the arithmetic of derivations */
    int *of;                  /**< per product: its form, or −1 for an operand that is zero */
    rational *scale;          /**< per product: operand = scale · form */
    int64_t *cheapest;        /**< per form: lower bound of the price to form it */
    int64_t *
        price; /**< count × count: of the form (row) while the one temporary holds a form (column); null: not tabulated */
} forms;

#define FORMS_MAX_ENTRY (1 << 20) /* forms with larger entries are summed from blocks alone */

/**
 * Collects the forms of factor U or V and prices them. MEMORY, OVERFLOW. Free with forms_free also after an error.
 * @param temporaries how many the side has; with one, prices are tabulated.
 */
strassen_status forms_create(const strassen_scheme *scheme, strassen_factor factor, int temporaries, forms *out);
void forms_free(forms *set);

#define DERIVATION_SOURCES 2

/** form = Σ_i factor[i]·(form held[i]) + blocks; sources counts the cells read. */
typedef struct derivation {
    int sources;
    int cancelled; /**< entries of the held forms that the blocks change: each may cost accuracy */
    int used;      /**< held forms read, ≤ DERIVATION_SOURCES */
    int held[DERIVATION_SOURCES];
    rational factor[DERIVATION_SOURCES];
} derivation;

#define INPUT_UNIT 1024 /* of prices: one transfer */

/** Cells read and the one written, + 1/INPUT_UNIT for each cancelled entry. */
static inline int64_t derivation_price(const derivation *how) {
    return (int64_t)(how->sources + 1) * INPUT_UNIT + how->cancelled;
}

/** The derivation of `form` that reads the fewest cells, given temporaries that hold the forms held[0 … count−1] (−1: empty). */
derivation forms_derive(const forms *set, int form, const int *held, int count);

/* ----------------------------------------------------------------- outputs */

/** Passes and, by stage (before the first pass, after it, …), the column that each product writes there. */
typedef struct outputs {
    int rank, cells, passes;
    double cost;                               /**< of targets and passes, in transfers */
    rational *matrix[SCHEDULE_MAX_PASSES];     /**< cells × cells, new = matrix · old, in program order */
    rational *inverse;                         /**< of their product: the prologue */
    rational *column[SCHEDULE_MAX_PASSES + 1]; /**< by stage: rank × cells */
    unsigned char *stages;                     /**< by product: bit s, it may run in stage s at no higher cost */
} outputs;

void outputs_free(outputs *self);

typedef struct outputs_list {
    int count;
    outputs *items; /**< cheapest first */
} outputs_list;

/** The cheapest few ways that the search finds; at least the one without a pass. MEMORY. */
strassen_status outputs_search(const strassen_scheme *scheme, const schedule_options *options, outputs_list *out);
void outputs_list_free(outputs_list *list);

/* ------------------------------------------------------------------ inputs */

/** One product in order: first form the operands that have a slot, then multiply. */
typedef struct input_step {
    int product;
    int stage;
    int slot[2]; /**< temporary to form operand A, B in; −1: it is a block or held already */
} input_step;

typedef struct input_order {
    int count; /**< products whose operands are not zero */
    input_step *steps;
    int64_t cost; /**< sum of derivation_price */
} input_order;

/**
 * The cheapest order of products that a beam of about `effort` candidates finds below `bound` (exclusive).
 * @param out count 0 when there is none below the bound.
 */
strassen_status inputs_search(const forms sides[2], int rank, const unsigned char *stages, int passes,
                              const int temporaries[2], int64_t effort, int64_t bound, input_order *out);
void input_order_free(input_order *order);

/* ------------------------------------------------------------------- build */

/** Growing arrays of a program under construction. */
typedef struct builder {
    const forms *sides;
    const outputs *chosen;
    schedule_op *ops;
    schedule_row *rows;
    schedule_term *terms;
    int op_count, row_count, term_count;
    int op_capacity, row_capacity, term_capacity;
    int held[2][SCHEDULE_MAX_TEMPORARIES]; /* form in each temporary, −1: none */
    unsigned char *written;                /* blocks of C, in clean mode */
    int failed, overflow;
} builder;

/** Appends a term; `failed` when there is no memory. */
void builder_term(builder *self, int cell, rational exact, int first);
/** Takes out the sums that cost less when the products that use them add up at most `most` cells themselves. */
void builder_forward(builder *self, int most);

/** Puts the parts together, in one allocation. MEMORY, OVERFLOW. */
strassen_status schedule_build(const strassen_scheme *scheme, const forms sides[2], const outputs *chosen,
                               const input_order *order, const schedule_options *options, schedule **out);

/* ------------------------------------------------------------------- count */

/** Fills counts, temporaries, passes and cost from the ops. */
void schedule_count(schedule *program, const schedule_options *options);

#endif
