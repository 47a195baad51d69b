// SPDX-License-Identifier: AGPL-3.0-or-later
#include <pthread.h>
#include <stdlib.h>

#include "blas.h"

/* Few entries: a program multiplies few shapes at a time, and the search is linear. */
enum { CACHED_PLANS = 32 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static blas_plan *cache[CACHED_PLANS];
static uint64_t clock_ticks;

static strassen_options options_for(const blas_plan_key *key) {
    const blas_config *config = blas_configuration();
    strassen_options options = strassen_options_default();
    options.engine = key->engine;
    options.isa = config->isa;
    options.profile = config->has_profile ? &config->profile : NULL;
    if (options.engine == STRASSEN_ENGINE_CLASSICAL || options.engine == STRASSEN_ENGINE_REFERENCE) return options;
    options.cutoff = config->cutoff;
    if (options.engine == STRASSEN_ENGINE_TURBO) options.levels = config->max_levels;
    if (config->scheme) {
        options.schemes[0] = config->scheme;
        options.schemes_count = 1;
    }
    return options;
}

static strassen_status create(blas_plan *entry) {
    const blas_plan_key *key = &entry->key;
    const int max_levels = blas_configuration()->max_levels;
    const strassen_problem problem = {
        .precision = key->precision, .m = key->m, .n = key->n, .k = key->k, .threads = key->threads};
    strassen_options options = options_for(key);
    strassen_status status = strassen_plan_create(&problem, &options, &entry->plan);
    if (status == STRASSEN_OK) status = strassen_plan_describe(entry->plan, &entry->info);
    if (status == STRASSEN_OK && entry->info.levels > max_levels) {
        strassen_plan_free(entry->plan);
        entry->plan = NULL;
        options.levels = max_levels;
        status = strassen_plan_create(&problem, &options, &entry->plan);
        if (status == STRASSEN_OK) status = strassen_plan_describe(entry->plan, &entry->info);
    }
    return status;
}

static void destroy(blas_plan *entry) {
    if (!entry) return;
    strassen_plan_free(entry->plan);
    free(entry);
}

static bool same_key(const blas_plan_key *a, const blas_plan_key *b) {
    return a->m == b->m && a->n == b->n && a->k == b->k && a->precision == b->precision && a->threads == b->threads &&
           a->engine == b->engine;
}

/** Under the lock: the cached plan for `key`, counted as used, or null. */
static blas_plan *find(const blas_plan_key *key) {
    for (int i = 0; i < CACHED_PLANS; ++i) {
        blas_plan *entry = cache[i];
        if (entry && same_key(&entry->key, key)) {
            ++entry->users;
            entry->used = ++clock_ticks;
            return entry;
        }
    }
    return NULL;
}

/** Under the lock: puts `entry` in an empty slot or that of the longest unused plan, which it returns. */
static blas_plan *insert(blas_plan *entry) {
    int slot = -1;
    for (int i = 0; i < CACHED_PLANS; ++i) {
        if (cache[i] && cache[i]->users > 0) continue;
        if (slot < 0 || !cache[i] || (cache[slot] && cache[i]->used < cache[slot]->used)) slot = i;
        if (!cache[slot]) break;
    }
    if (slot < 0) return NULL;
    blas_plan *evicted = cache[slot];
    cache[slot] = entry;
    entry->cached = true;
    entry->used = ++clock_ticks;
    return evicted;
}

blas_plan *blas_plan_get(const blas_plan_key *key, strassen_status *status) {
    pthread_mutex_lock(&lock);
    blas_plan *entry = find(key);
    pthread_mutex_unlock(&lock);
    *status = STRASSEN_OK;
    if (entry) return entry;
    entry = calloc(1, sizeof *entry);
    *status = STRASSEN_ERROR_MEMORY;
    if (!entry) return NULL;
    entry->key = *key;
    entry->users = 1;
    *status = create(entry);
    if (*status != STRASSEN_OK) {
        destroy(entry);
        return NULL;
    }
    pthread_mutex_lock(&lock);
    blas_plan *evicted = insert(entry);
    pthread_mutex_unlock(&lock);
    destroy(evicted);
    return entry;
}

void blas_plan_put(blas_plan *entry) {
    pthread_mutex_lock(&lock);
    const bool unused = --entry->users == 0 && !entry->cached;
    pthread_mutex_unlock(&lock);
    if (unused) destroy(entry);
}

void blas_plans_before_fork(void) { pthread_mutex_lock(&lock); }

void blas_plans_after_fork(bool child) {
    for (int i = 0; child && i < CACHED_PLANS; ++i)
        if (cache[i]) cache[i]->users = 0; /* the threads that used them exist in the parent only */
    pthread_mutex_unlock(&lock);
}
