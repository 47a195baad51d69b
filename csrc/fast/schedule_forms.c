// SPDX-License-Identifier: AGPL-3.0-or-later
/** Operands as primitive integer vectors, and how one is formed from others. */
#include <stdlib.h>
#include <string.h>

#include "fast/schedule_internal.h"

#define TABLE_FORMS 512 /* forms up to which prices are tabulated */
#define MAX_PIVOTS 8    /* ratios tried for one held form */

/** Writes row = scale · entries with primitive entries. OVERFLOW when an entry exceeds 64 bits. */
static strassen_status primitive(const rational *row, int width, int64_t *entries, rational *scale) {
    int overflow = 0;
    int64_t common = 1;
    for (int i = 0; i < width; ++i) {
        const rational lcm = rational_reduce((__int128)common * row[i].den, scheme_gcd(common, row[i].den), &overflow);
        if (overflow) return STRASSEN_ERROR_OVERFLOW;
        common = lcm.num;
    }
    int64_t divisor = 0;
    for (int i = 0; i < width; ++i) {
        const rational entry = rational_multiply(row[i], rational_of(common), &overflow);
        if (overflow) return STRASSEN_ERROR_OVERFLOW;
        entries[i] = entry.num;
        divisor = scheme_gcd(divisor, entry.num);
    }
    if (divisor == 0) {
        *scale = rational_of(0);
        return STRASSEN_OK;
    }
    int positive = 0, negative = 0, lead = 0;
    for (int i = 0; i < width; ++i) {
        positive += entries[i] > 0;
        negative += entries[i] < 0;
        if (lead == 0) lead = (entries[i] > 0) - (entries[i] < 0);
    }
    if (negative > positive || (negative == positive && lead < 0)) divisor = -divisor;
    for (int i = 0; i < width; ++i) entries[i] /= divisor;
    *scale = rational_reduce(divisor, common, &overflow);
    return overflow ? STRASSEN_ERROR_OVERFLOW : STRASSEN_OK;
}

static int find(const forms *set, const int64_t *entries) {
    for (int f = 0; f < set->count; ++f)
        if (!memcmp(set->entries + (size_t)f * (size_t)set->width, entries, (size_t)set->width * sizeof *entries))
            return f;
    return -1;
}

/** Counts the terms of the form just added, names its block and says whether it may be derived. */
static void describe(forms *set, int form) {
    const int64_t *entries = set->entries + (size_t)form * (size_t)set->width;
    set->terms[form] = 0;
    set->derivable[form] = 1;
    for (int i = 0; i < set->width; ++i) {
        if (entries[i] == 0) continue;
        set->derivable[form] &= entries[i] <= FORMS_MAX_ENTRY && entries[i] >= -FORMS_MAX_ENTRY;
        ++set->terms[form];
        set->block[form] = i;
    }
    if (set->terms[form] > 1) set->block[form] = -1;
}

/** Fills set->price for one temporary, and the lower bounds. */
static strassen_status tabulate(forms *set, int temporaries) {
    const size_t count = (size_t)set->count;
    set->cheapest = malloc((count + 1) * sizeof *set->cheapest);
    if (!set->cheapest) return STRASSEN_ERROR_MEMORY;
    const int exact = temporaries == 1 && set->count <= TABLE_FORMS;
    if (exact && !(set->price = malloc((count * count + 1) * sizeof *set->price))) return STRASSEN_ERROR_MEMORY;
    for (int f = 0; f < set->count; ++f) {
        set->cheapest[f] = (exact ? set->terms[f] + 1 : 3) * (int64_t)INPUT_UNIT;
        for (int h = 0; exact && h < set->count; ++h) {
            const derivation how = forms_derive(set, f, &h, 1);
            const int64_t price = derivation_price(&how);
            set->price[(size_t)f * count + (size_t)h] = price;
            if (h != f && set->block[h] < 0 && price < set->cheapest[f]) set->cheapest[f] = price;
        }
    }
    return STRASSEN_OK;
}

/** Gives every product its form. */
static strassen_status collect(const strassen_scheme *scheme, strassen_factor factor, forms *out) {
    const int width = out->width;
    for (int p = 0; p < scheme->rank; ++p) {
        int64_t *entries = out->entries + (size_t)out->count * (size_t)width;
        const rational *row = scheme->exact[factor] + (size_t)p * (size_t)width;
        const strassen_status status = primitive(row, width, entries, &out->scale[p]);
        if (status != STRASSEN_OK) return status;
        out->of[p] = -1;
        if (rational_is_zero(out->scale[p])) continue;
        out->of[p] = find(out, entries);
        if (out->of[p] >= 0) continue;
        out->of[p] = out->count;
        describe(out, out->count++);
    }
    return STRASSEN_OK;
}

strassen_status forms_create(const strassen_scheme *scheme, strassen_factor factor, int temporaries, forms *out) {
    const int width = scheme_width(scheme, factor), rank = scheme->rank;
    *out = (forms){.width = width};
    out->entries = malloc((size_t)(rank + 1) * (size_t)width * sizeof *out->entries);
    out->terms = malloc((size_t)(rank + 1) * sizeof *out->terms);
    out->block = malloc((size_t)(rank + 1) * sizeof *out->block);
    out->derivable = malloc((size_t)(rank + 1));
    out->of = malloc((size_t)rank * sizeof *out->of);
    out->scale = malloc((size_t)rank * sizeof *out->scale);
    if (!out->entries || !out->terms || !out->block || !out->derivable || !out->of || !out->scale)
        return STRASSEN_ERROR_MEMORY;
    const strassen_status status = collect(scheme, factor, out);
    return status == STRASSEN_OK ? tabulate(out, temporaries) : status;
}

void forms_free(forms *set) {
    free(set->entries);
    free(set->terms);
    free(set->block);
    free(set->derivable);
    free(set->of);
    free(set->scale);
    free(set->cheapest);
    free(set->price);
    *set = (forms){0};
}

/** rest · divisor := target · held[pivot] − held · target[pivot]; returns the number of non-zero entries of rest. */
static int subtract(const int64_t *target, const int64_t *held, int pivot, int width, int64_t *rest, int *cancelled) {
    int terms = 0;
    *cancelled = 0;
    for (int i = 0; i < width; ++i) {
        rest[i] = target[i] * held[pivot] - held[i] * target[pivot];
        terms += rest[i] != 0;
        *cancelled += rest[i] != 0 && held[i] != 0;
    }
    return terms;
}

static int better(const derivation *x, const derivation *y) {
    return x->sources != y->sources ? x->sources < y->sources : x->cancelled < y->cancelled;
}

/** Positions where both are non-zero, one for each ratio of their entries. Returns how many, ≤ MAX_PIVOTS. */
static int find_pivots(const int64_t *target, const int64_t *held, int width, int *pivots) {
    int count = 0;
    for (int i = 0; i < width && count < MAX_PIVOTS; ++i) {
        if (held[i] == 0 || target[i] == 0) continue;
        int known = 0;
        for (int p = 0; p < count && !known; ++p) known = target[i] * held[pivots[p]] == target[pivots[p]] * held[i];
        if (!known) pivots[count++] = i;
    }
    return count;
}

/** Tries held form `second` for what `first` leaves over: rest = target·divisor − …, both as integers. */
static void derive_second(const forms *set, const derivation *first, const int64_t *rest, int64_t divisor, int second,
                          derivation *best, int64_t *scratch) {
    const int64_t *held = set->entries + (size_t)second * (size_t)set->width;
    int pivots[MAX_PIVOTS];
    const int count = find_pivots(rest, held, set->width, pivots);
    for (int p = 0; p < count; ++p) {
        const int pivot = pivots[p];
        int cancelled, overflow = 0;
        derivation next = *first;
        next.sources = 2 + subtract(rest, held, pivot, set->width, scratch, &cancelled);
        next.cancelled += cancelled;
        if (!better(&next, best)) continue;
        next.used = 2;
        next.held[1] = second;
        next.factor[1] = rational_reduce(rest[pivot], (__int128)divisor * held[pivot], &overflow);
        if (!overflow) *best = next;
    }
}

/** 1 if a temporary holds something that `form` may be derived from. */
static int usable(const forms *set, int form, int held) { return held >= 0 && held != form && set->derivable[held]; }

derivation forms_derive(const forms *set, int form, const int *held, int count) {
    const int width = set->width;
    const int64_t *target = set->entries + (size_t)form * (size_t)width;
    int64_t rest[2][STRASSEN_SCHEME_MAX_DIM * STRASSEN_SCHEME_MAX_DIM];
    derivation best = {.sources = set->terms[form]};
    if (!set->derivable[form]) return best;
    for (int h = 0; h < count; ++h) {
        if (!usable(set, form, held[h])) continue;
        const int64_t *source = set->entries + (size_t)held[h] * (size_t)width;
        int pivots[MAX_PIVOTS];
        const int pivot_count = find_pivots(target, source, width, pivots);
        for (int p = 0; p < pivot_count; ++p) {
            const int pivot = pivots[p];
            int overflow = 0;
            derivation next = {.used = 1, .held = {held[h]}};
            next.sources = 1 + subtract(target, source, pivot, width, rest[0], &next.cancelled);
            next.factor[0] = rational_reduce(target[pivot], source[pivot], &overflow);
            if (better(&next, &best)) best = next;
            for (int other = 0; other < count; ++other)
                if (other != h && usable(set, form, held[other]))
                    derive_second(set, &next, rest[0], source[pivot], held[other], &best, rest[1]);
        }
    }
    return best;
}
