// SPDX-License-Identifier: AGPL-3.0-or-later
#include <stdlib.h>

#include "blas.h"

/**
 * Levels of a forced plan: as many as split no block whose mean side is below the cutoff. Without
 * STRASSEN_CUTOFF the planner chooses (−1).
 */
static int forced_levels(const blas_plan_key *key) {
    const blas_config *config = blas_configuration();
    if (config->cutoff <= 0) return -1;
    int by_m = 2, by_k = 2, by_n = 2, levels = 0;
    if (config->scheme) strassen_scheme_shape(config->scheme, &by_m, &by_k, &by_n, NULL);
    int64_t m = key->m, k = key->k, n = key->n;
    while (levels < config->max_levels && strassen_mean_side(m, k, n) >= config->cutoff) {
        m /= by_m;
        k /= by_k;
        n /= by_n;
        ++levels;
    }
    return levels;
}

static strassen_options options_for(const blas_plan_key *key) {
    const blas_config *config = blas_configuration();
    strassen_options options = strassen_options_default();
    options.engine = key->engine;
    options.isa = config->isa;
    options.profile = &config->profile;
    if (key->engine == STRASSEN_ENGINE_CLASSICAL || key->engine == STRASSEN_ENGINE_REFERENCE) return options;
    options.cutoff = config->cutoff;
    options.max_levels = config->max_levels;
    if (key->engine == STRASSEN_ENGINE_TURBO) options.levels = forced_levels(key);
    if (config->scheme) {
        options.schemes[0] = config->scheme;
        options.schemes_count = 1;
    }
    return options;
}

static strassen_status create_with(blas_plan *entry, const strassen_options *options) {
    const blas_plan_key *key = &entry->key;
    const strassen_problem problem = {
        .precision = key->precision, .m = key->m, .n = key->n, .k = key->k, .threads = key->threads};
    strassen_plan_free(entry->plan);
    entry->plan = NULL;
    const strassen_status status = strassen_plan_create(&problem, options, &entry->plan);
    return status == STRASSEN_OK ? strassen_plan_describe(entry->plan, &entry->info) : status;
}

/** The plan of the options, with fewer levels where forced ones are too many. */
static strassen_status create(blas_plan *entry) {
    strassen_options options = options_for(&entry->key);
    strassen_status status = create_with(entry, &options);
    while (status == STRASSEN_ERROR_UNSUPPORTED && options.levels > 0) {
        --options.levels;
        status = create_with(entry, &options);
    }
    return status;
}

void blas_plan_free(blas_plan *plan) {
    if (!plan) return;
    strassen_plan_free(plan->plan);
    free(plan);
}

static bool same_key(const blas_plan_key *a, const blas_plan_key *b) {
    return a->m == b->m && a->n == b->n && a->k == b->k && a->precision == b->precision && a->threads == b->threads &&
           a->engine == b->engine;
}

/** Sizes near each other must not meet in one slot: the high bits of a product with a large odd constant. */
static unsigned slot_of(const blas_plan_key *key) {
    uint64_t hash = (uint64_t)key->m * 0x9E3779B97F4A7C15ULL;
    hash = (hash ^ (uint64_t)key->n) * 0xC2B2AE3D27D4EB4FULL;
    hash = (hash ^ (uint64_t)key->k ^ (uint64_t)key->precision << 60 ^ (uint64_t)key->engine << 56 ^
            (uint64_t)key->threads << 44) *
           0x9E3779B97F4A7C15ULL;
    return (unsigned)(hash >> 32) % BLAS_PLAN_SLOTS;
}

const blas_plan *blas_plan_get(const blas_plan_key *key, strassen_status *status) {
    blas_plan **slot = &blas_this_thread()->plans[slot_of(key)];
    *status = STRASSEN_OK;
    if (*slot && same_key(&(*slot)->key, key)) return *slot;
    blas_plan *entry = calloc(1, sizeof *entry);
    *status = STRASSEN_ERROR_MEMORY;
    if (!entry) return NULL;
    entry->key = *key;
    *status = create(entry);
    if (*status != STRASSEN_OK) {
        blas_plan_free(entry);
        return NULL;
    }
    blas_plan_free(*slot);
    *slot = entry;
    return entry;
}
