// SPDX-License-Identifier: AGPL-3.0-or-later
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "plan/plan.h"

/** Depth steps beyond which one more changes nothing about the best program. */
#define MOST_STEPS 4
/** Terms of an operand that packing adds up cheaper than a sum that is written and read back. */
#define FORWARDED_TERMS 2
/** Price of an update in transfers beyond which nothing changes either. */
#define MOST_UPDATE 1000
#define MOST_REMEMBERED 64

level_place place_of(const candidate *c, int level, int64_t k, const leaf_setup *leaf, int foreign) {
    const int last = level == c->levels - c->fused_levels - 1;
    if (!last || c->fused_levels > 0 || foreign) return (level_place){1, 0};
    return (level_place){FORWARDED_TERMS, (int)min64(leaf_steps(leaf, k), MOST_STEPS)};
}

/**
 * Above a leaf, a target is updated once a depth step, and its first write does not read. Above another level, a further
 * target of a product becomes one of every leaf below it; so many lines of C at once push one another out of the caches,
 * so that a pass which saves targets pays before its transfers do (beta ≠ 0 above fused levels: up to 22 %). A BLAS below
 * writes one target itself; further ones are added from a buffer.
 */
static schedule_options options_for(const strassen_costs *costs, level_place place, int accumulate) {
    schedule_options options = schedule_options_default();
    options.accumulate = accumulate;
    options.operand_terms = place.operand_terms;
    if (place.steps == 0) {
        options.extra_add += 1;
        options.extra_overwrite += 1;
    } else {
        const double update = costs->sum_ns > 0 ? fmin(costs->update_ns / costs->sum_ns, MOST_UPDATE) : 1;
        options.add = options.extra_add = place.steps * update;
        options.overwrite = options.extra_overwrite = options.add - update / 2;
    }
    return options;
}

static int interpreter_has_room(const schedule_counts *counts) {
    return counts->max_rows <= BLOCKS_MAX_ROWS && counts->max_targets <= KERNEL_MAX_TERMS &&
           counts->max_rows * counts->max_terms <= EXPLICIT_MAX_ROW_TERMS;
}

/** The best program that the interpreter can run: without passes, whose rows are one a block of C, if with them there is none. */
static strassen_status search(const strassen_scheme *scheme, schedule_options options, schedule **out) {
    for (;; options.passes = 0) {
        schedule *program = NULL;
        const strassen_status status = schedule_create(scheme, &options, &program);
        if (status != STRASSEN_OK) return status;
        if (interpreter_has_room(&program->counts)) {
            *out = program;
            return STRASSEN_OK;
        }
        schedule_free(program);
        if (options.passes == 0) return STRASSEN_ERROR_UNSUPPORTED;
    }
}

/**
 * Programs are searched for milliseconds and wanted again by the next plan: the last ones are kept, whoever uses them.
 * Nothing but time depends on it: a program is a pure function of its key.
 */
typedef struct remembered {
    strassen_scheme *scheme; /**< null: the entry is empty */
    schedule_options options;
    schedule *program; /**< null: the search ended with `status` */
    strassen_status status;
    int users;
    uint64_t last_use;
} remembered;

static remembered memory[MOST_REMEMBERED];
static uint64_t memory_clock;
static pthread_mutex_t memory_lock = PTHREAD_MUTEX_INITIALIZER;

/* A fork while another thread plans must not leave the child a lock that nobody opens, nor a half-written entry. */
static void lock_memory(void) { pthread_mutex_lock(&memory_lock); }
static void unlock_memory(void) { pthread_mutex_unlock(&memory_lock); }
__attribute__((constructor)) static void survive_forks(void) {
    pthread_atfork(lock_memory, unlock_memory, unlock_memory);
}

static int same_options(const schedule_options *x, const schedule_options *y) {
    return x->temporaries[0] == y->temporaries[0] && x->temporaries[1] == y->temporaries[1] && x->passes == y->passes &&
           x->operand_terms == y->operand_terms && x->accumulate == y->accumulate && x->overwrite == y->overwrite &&
           x->add == y->add && x->extra_overwrite == y->extra_overwrite && x->extra_add == y->extra_add;
}

static int same_scheme(const strassen_scheme *x, const strassen_scheme *y) {
    if (x->m != y->m || x->k != y->k || x->n != y->n || x->rank != y->rank) return 0;
    for (int f = 0; f < 3; f++) {
        const size_t count = (size_t)x->rank * (size_t)scheme_width(x, (strassen_factor)f);
        if (memcmp(x->exact[f], y->exact[f], count * sizeof *x->exact[f]) != 0) return 0;
    }
    return 1;
}

static remembered *recall(const strassen_scheme *scheme, const schedule_options *options) {
    for (int i = 0; i < MOST_REMEMBERED; i++)
        if (memory[i].scheme && same_options(&memory[i].options, options) && same_scheme(memory[i].scheme, scheme))
            return &memory[i];
    return NULL;
}

/** An entry for a new program: an empty one, or the one unused for longest; null when all are in use. */
static remembered *make_room(void) {
    remembered *oldest = NULL;
    for (int i = 0; i < MOST_REMEMBERED; i++) {
        if (!memory[i].scheme) return &memory[i];
        if (memory[i].users == 0 && (!oldest || memory[i].last_use < oldest->last_use)) oldest = &memory[i];
    }
    if (oldest) {
        strassen_scheme_free(oldest->scheme);
        schedule_free(oldest->program);
        *oldest = (remembered){0};
    }
    return oldest;
}

/** Keeps what a search found for the next plan, if there is room and memory; otherwise a program's user frees it. */
static void remember(const strassen_scheme *scheme, const schedule_options *options, schedule *program,
                     strassen_status status) {
    remembered *entry = make_room();
    strassen_scheme *copy = NULL;
    if (entry && scheme_clone(scheme, &copy) == STRASSEN_OK)
        *entry = (remembered){copy, *options, program, status, program != NULL, ++memory_clock};
}

strassen_status plan_program(const strassen_scheme *scheme, const strassen_costs *costs, level_place place,
                             int accumulate, const schedule **out) {
    const schedule_options options = options_for(costs, place, accumulate);
    strassen_status status = STRASSEN_OK;
    pthread_mutex_lock(&memory_lock);
    remembered *known = recall(scheme, &options);
    if (known) {
        known->users += known->program != NULL;
        known->last_use = ++memory_clock;
        status = known->status;
        *out = known->program;
    } else {
        schedule *program = NULL;
        status = search(scheme, options, &program);
        if (status != STRASSEN_ERROR_MEMORY) remember(scheme, &options, program, status);
        *out = program;
    }
    pthread_mutex_unlock(&memory_lock);
    return status;
}

void plan_program_release(const schedule *program) {
    int kept = 0;
    if (!program) return;
    pthread_mutex_lock(&memory_lock);
    for (int i = 0; i < MOST_REMEMBERED && !kept; i++)
        if (memory[i].program == program) {
            memory[i].users--;
            kept = 1;
        }
    pthread_mutex_unlock(&memory_lock);
    if (!kept) schedule_free((schedule *)program);
}
