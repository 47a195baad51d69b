// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/panels.h"

void leaf_operand_at(const leaf_operand *operand, size_t size, int64_t minor, int64_t major, panel_term *out) {
    for (int t = 0; t < operand->count; t++) {
        const panel_term *term = operand->terms + t;
        const int inside = minor < term->minor && major < term->major;
        out[t] = *term;
        out[t].minor = inside ? term->minor - minor : 0;
        out[t].major = inside ? term->major - major : 0;
        out[t].p =
            inside ? (const char *)term->p + (minor * term->minor_stride + major * term->major_stride) * (int64_t)size
                   : term->p;
    }
}

/**
 * A group's state while it is packed in a step, and once it is. Those of earlier steps differ, so nobody needs to reset them
 * between steps; and as a barrier ends a step, nobody sees one that is older than the last step's.
 */
static uint64_t packing(const packed_panels *p) { return 2 * p->ticket + 1; }
static uint64_t packed(const packed_panels *p) { return 2 * p->ticket + 2; }

static panel_state *state_of(const packed_panels *p, panel_group group) {
    return p->states + group.first / p->kernel->nr;
}

int panels_ready(const packed_panels *p, panel_group group) {
    return atomic_load_explicit(state_of(p, group), memory_order_acquire) == packed(p);
}

static void pack_group(const packed_panels *p, panel_group group) {
    panel_term terms[KERNEL_MAX_TERMS];
    const size_t size = element_size(p->kernel->precision);
    leaf_operand_at(p->b, size, p->column + group.first, p->depth_start, terms);
    p->kernel->pack_b(terms, p->b->count, group.width, p->depth, p->data + (size_t)(group.first * p->depth) * size);
}

void panels_provide(const packed_panels *p, panel_group group) {
    panel_state *state = state_of(p, group);
    uint_fast64_t seen = atomic_load_explicit(state, memory_order_relaxed);
    if (seen != packing(p) && seen != packed(p) &&
        atomic_compare_exchange_strong_explicit(state, &seen, packing(p), memory_order_relaxed, memory_order_relaxed)) {
        pack_group(p, group);
        atomic_store_explicit(state, packed(p), memory_order_release);
    } else {
        team_await(state, packing(p));
    }
}

/** Goes on to term `next_term`. It has no lines left where neither its rows nor its columns are contiguous. */
static void begin_term(group_source *s) {
    const packed_panels *p = s->panels;
    const int64_t size = (int64_t)element_size(p->kernel->precision);
    const panel_term *term = p->b->terms + s->next_term++;
    const int straight = term->minor_stride == 1; // runs are rows of B, else columns
    const int64_t runs = straight ? p->depth : s->group.width, elements = straight ? s->group.width : p->depth;
    const uintptr_t stride = (uintptr_t)(straight ? term->major_stride : term->minor_stride) * (uintptr_t)size;
    const uintptr_t start = (uintptr_t)term->p +
                            (uintptr_t)(p->column + s->group.first) * (uintptr_t)(term->minor_stride * size) +
                            (uintptr_t)p->depth_start * (uintptr_t)(term->major_stride * size);
    const int unaligned = (start | stride) % LINE_BYTES != 0; // a run then lies in a line more
    const int64_t run = ceil_div(elements * size, LINE_BYTES) + unaligned;
    s->left = straight || term->major_stride == 1 ? runs * run : 0;
    s->lines = (line_runs){start, run, run, stride - (uintptr_t)((run - 1) * LINE_BYTES)};
}

group_source group_source_of(const packed_panels *p, panel_group group) {
    return (group_source){.panels = p, .group = group};
}

line_runs *group_source_take(group_source *source, int64_t lines) {
    while (source->left <= 0 && source->next_term < source->panels->b->count) begin_term(source);
    if (source->left <= 0) source->lines = (line_runs){(uintptr_t)source->panels->data, 1, 1, 0};
    source->left -= lines;
    return &source->lines;
}
