// SPDX-License-Identifier: AGPL-3.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/cpu.h"
#include "microkernels/kernel.h"
#include "plan/profile.h"

/** Deeper panels gain nothing: each element of C is then read and written once in 512 multiplications. */
#define MOST_DEPTH 512
/** Bytes of packed A beyond which more of it gains nothing: a panel of B is then read once in 144 rows. */
#define MOST_BLOCK_BYTES ((int64_t)576 << 10)
/** Bytes of the packed B beyond which a wider panel gains nothing. */
#define MOST_PANEL_BYTES ((int64_t)8 << 20)
#define DERIVED_CUTOFF 384
#define DERIVED_EXPLICIT_CUTOFF 525

/**
 * Bytes of packed A: three eighths of L2. The model (Low et al. 2016, section 4.4) would leave but a way each for B's
 * micro-panel and C's tiles; here the next micro-panel of B is fetched into L2 beside the present one, and more of A
 * costs 3 % on Zen 3. On Emerald Rapids, with 2 MiB, 768 KiB cost up to 8 % against 576, 960 KiB 4 to 13 %.
 */
static int64_t packed_a(int64_t l2) { return min64(l2 * 3 / 8, MOST_BLOCK_BYTES); }

/**
 * Depth of the panels: a micro-panel of B fills three quarters of L1 and stays there, while micro-panels of A stream
 * through the rest, fetched ahead; one of A at least fits beside it in L2. The model (section 4.3) also keeps A's in L1,
 * which is not read again before it has left anyhow; on Zen 3 twice its depth makes fused levels 7 % faster (C is
 * updated half as often).
 */
static int64_t derive_depth(const kernel *k, int64_t l1d, int64_t l2, int64_t element) {
    const int64_t b_fits = l1d * 3 / 4 / (k->nr * element), a_fits = packed_a(l2) / (k->mr * element);
    return clamp64(min64(b_fits, a_fits) / 16 * 16, 16, MOST_DEPTH);
}

static int64_t derive_rows(const kernel *k, int64_t l2, int64_t depth, int64_t element) {
    return clamp64(packed_a(l2) / (depth * element) / k->mr, 1, PROFILE_MAX_BLOCK / k->mr) * k->mr;
}

/**
 * Columns of packed B: half of L3, which other cores share. The last micro-panel is whole, so that a matrix whose side is
 * the power of two that fits is not packed a second time for two columns.
 */
static int64_t derive_columns(const kernel *k, int64_t l3, int64_t depth, int64_t element) {
    return round_up(max64(min64(l3 / 2, MOST_PANEL_BYTES) / (depth * element), 1), k->nr);
}

/**
 * Typical costs in ns of one core at 3 GHz, for data in float64; float32 moves and multiplies twice as many elements. They
 * are what tuning finds on Zen 3 and Zen 4, between which it differs by up to a third, in sums by half.
 */
static strassen_costs typical_costs(strassen_isa isa, strassen_precision precision) {
    const double per_element = precision == STRASSEN_FLOAT64 ? 1 : 0.5;
    const double fma = isa == STRASSEN_ISA_AVX512 ? 0.024 : isa == STRASSEN_ISA_AVX2 ? 0.041 : 0.17;
    return (strassen_costs){.fma_ns = fma * per_element,
                            .pack_ns = {0.48 * per_element, 0.75 * per_element, 1.5 * per_element, 4.4 * per_element},
                            .update_ns = 0.25 * per_element,
                            .sum_ns = 0.2 * per_element,
                            .leaf_ns = 1700,
                            .far_ns = 0.1 * per_element};
}

void strassen_profile_derive(strassen_profile *profile, int64_t l1d, int64_t l2, int64_t l3) {
    if (!profile) return;
    memset(profile, 0, sizeof *profile);
    profile->l1d = l1d > 0 ? min64(l1d, PROFILE_MAX_BYTES) : (int64_t)32 << 10;
    profile->l2 = l2 > 0 ? min64(l2, PROFILE_MAX_BYTES) : (int64_t)512 << 10;
    profile->l3 = l3 > 0 ? min64(l3, PROFILE_MAX_BYTES) : (int64_t)8 << 20;
    snprintf(profile->library, sizeof profile->library, "%s", strassen_version());
    for (int precision = STRASSEN_FLOAT32; precision <= STRASSEN_FLOAT64; precision++) {
        const kernel *k = kernel_find((strassen_precision)precision, strassen_isa_best(), NULL);
        const int64_t element = (int64_t)element_size((strassen_precision)precision);
        const int64_t depth = derive_depth(k, profile->l1d, profile->l2, element);
        profile->blocking[precision] = (strassen_blocking){"", derive_rows(k, profile->l2, depth, element), depth,
                                                           derive_columns(k, profile->l3, depth, element)};
        profile->tuning[profile->tunings++] =
            (strassen_tuning){(strassen_precision)precision, 1, typical_costs(k->isa, (strassen_precision)precision),
                              DERIVED_CUTOFF, DERIVED_EXPLICIT_CUTOFF};
    }
}

int profile_is_text(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 127) return 0;
    return length == 0 || (text[0] != ' ' && text[length - 1] != ' ');
}

static int is_text(const char *text, size_t capacity) {
    const char *end = memchr(text, 0, capacity);
    return end && profile_is_text(text, (size_t)(end - text));
}

static int is_word(const char *text, size_t capacity) { return is_text(text, capacity) && !strchr(text, ' '); }

static int is_cache(int64_t bytes) { return bytes >= 0 && bytes <= PROFILE_MAX_BYTES; }

static int is_block(int64_t size) { return size >= 1 && size <= PROFILE_MAX_BLOCK; }

static int is_cost(double ns) { return ns >= 0 && ns <= PROFILE_MAX_NS; }

static int tuning_is_valid(const strassen_tuning *t) {
    const strassen_costs *c = &t->costs;
    const int precision = t->precision == STRASSEN_FLOAT32 || t->precision == STRASSEN_FLOAT64;
    return precision && t->threads >= 1 && t->threads <= PROFILE_MAX_THREADS && is_block(t->cutoff) &&
           is_block(t->explicit_cutoff) && is_cost(c->fma_ns) && is_cost(c->pack_ns[0]) && is_cost(c->pack_ns[1]) &&
           is_cost(c->pack_ns[2]) && is_cost(c->pack_ns[3]) && is_cost(c->update_ns) && is_cost(c->sum_ns) &&
           is_cost(c->leaf_ns) && is_cost(c->far_ns);
}

int profile_is_valid(const strassen_profile *p) {
    int valid = is_text(p->machine, sizeof p->machine) && is_text(p->library, sizeof p->library) &&
                is_text(p->created, sizeof p->created) && is_cache(p->l1d) && is_cache(p->l2) && is_cache(p->l3) &&
                p->tunings >= 0 && p->tunings <= STRASSEN_PROFILE_MAX_TUNINGS;
    for (int precision = 0; valid && precision < 2; precision++) {
        const strassen_blocking *b = &p->blocking[precision];
        valid = is_word(b->kernel, sizeof b->kernel) && is_block(b->mc) && is_block(b->kc) && is_block(b->nc);
    }
    for (int i = 0; valid && i < p->tunings; i++) valid = tuning_is_valid(&p->tuning[i]);
    return valid;
}
