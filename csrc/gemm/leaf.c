// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/leaf.h"

#include <string.h>

#include "gemm/macro_kernel.h"

/* Panels of B that are packed together and that a member takes at once from an item: some 20 µs; more where rows of B are contiguous. */
#define PART_PANELS 2
#define PART_ROW_BYTES 512 /* since each row lies in a page of its own */
#define WORTH_HELPING 10 /* panels: with tiles of 8 columns they cost more than twice what packing the rows of A does */
#define MOST_HELPED 8    /* members that one without work looks at */

/** One (jc, pc) step of all products that run side by side, the same in all members. */
typedef struct step {
    const leaf_setup *setup;
    const leaf_call *calls;
    int count;
    int64_t column, columns; /**< of the step's panels of B, those of the widest product */
    int64_t number;          /**< along k */
    uint64_t ticket;         /**< see packed_panels */
    leaf_share share;
    int64_t chunk_columns;
} step;

static slice slice_of(const step *s, int64_t product) {
    const leaf_setup *setup = s->setup;
    const leaf_call *call = s->calls + product;
    const int64_t even = ceil_div(call->k, leaf_steps(setup, call->k)), start = min64(s->number * even, call->k);
    return (slice){call,
                   {.kernel = setup->kernel,
                    .b = &call->b,
                    .data = setup->b_buffer + (size_t)product * leaf_b_bytes(setup, s->columns),
                    .states = setup->states + product * ceil_div(s->columns, setup->kernel->nr),
                    .ticket = s->ticket,
                    .column = s->column,
                    .columns = clamp64(call->n - s->column, 0, s->columns),
                    .depth_start = start,
                    .depth = min64(even, call->k - start)}};
}

static size_t packed_bytes(const leaf_setup *s, int64_t lines) {
    return (size_t)round_up(lines * (s->kc + leaf_slack(s->kc)) * (int64_t)element_size(s->kernel->precision), 64);
}

size_t leaf_a_bytes(const leaf_setup *s) { return sizeof(leaf_progress) + packed_bytes(s, s->mc); }

size_t leaf_b_bytes(const leaf_setup *s, int64_t columns) {
    return packed_bytes(s, min64(round_up(columns, s->kernel->nr), s->nc));
}

/** The products side by side are together no wider than nc, but each may end with an incomplete panel. */
size_t leaf_state_bytes(const leaf_setup *s) {
    return (size_t)round_up((s->nc / s->kernel->nr + LEAF_MAX_PRODUCTS) * (int64_t)sizeof(panel_state), 64);
}

static leaf_progress *member_progress(const leaf_setup *s, int index) {
    return (leaf_progress *)(void *)(s->a_buffers + (size_t)index * leaf_a_bytes(s));
}

/** A member's packed A. */
static char *member_a(const leaf_setup *s, int index) { return (char *)(member_progress(s, index) + 1); }

void leaf_prepare(const member *self, const leaf_setup *s) {
    if (self->index == 0) memset(s->states, 0, leaf_state_bytes(s));
    leaf_progress_begin(member_progress(s, self->index), LEAF_NO_ITEM);
}

/** One item: a block of rows by a chunk of the columns of one product, which are taken in parts. */
typedef struct item {
    slice product;
    leaf_rows rows;
    int64_t column0, column1;
    int64_t part_columns, parts;
    int64_t turn; /**< the part that is taken first */
} item;

/** Panels of a part: of a chunk that so many members share, each packs some of its own first, if there are as many. */
static int64_t part_panels(const packed_panels *b, int64_t chunk_columns, int64_t sharers) {
    const int64_t row_bytes = b->kernel->nr * (int64_t)element_size(b->kernel->precision);
    const int rows = b->b->count > 0 && b->b->terms->minor_stride == 1;
    const int64_t wanted = rows ? max64(PART_PANELS, ceil_div(PART_ROW_BYTES, row_bytes)) : PART_PANELS;
    return clamp64(chunk_columns / b->kernel->nr / sharers, 1, wanted);
}

/**
 * Next items, next product: as far as possible every member has its own. Members that multiply the same columns begin with
 * different ones, so that at first each has panels of its own to pack; from then on all are packed.
 */
static item item_of(const step *s, int threads, int64_t number) {
    const int64_t chunk = number % s->share.chunks, block = number / s->share.chunks, row = block / s->count;
    const int64_t sharers = ceil_div(threads, s->share.chunks * s->count);
    item it = {.product = slice_of(s, block % s->count)};
    const packed_panels *b = &it.product.b;
    it.rows = leaf_block(b->kernel, it.product.call->m, s->share.blocks, row);
    it.column0 = chunk * s->chunk_columns;
    it.column1 = min64(b->columns, it.column0 + s->chunk_columns);
    it.part_columns = part_panels(b, s->chunk_columns, sharers) * b->kernel->nr;
    const int empty = it.rows.rows <= 0 || b->depth == 0;
    it.parts = empty ? 0 : max64(0, ceil_div(it.column1 - it.column0, it.part_columns));
    it.turn = it.parts * (row % sharers) / sharers;
    return it;
}

static panel_group part_of(const item *it, int64_t part) {
    const int64_t first = it->column0 + (part + it->turn) % it->parts * it->part_columns;
    return (panel_group){first, min64(it->part_columns, it->column1 - first)};
}

/** A part of an item, after its panels of B. */
static void multiply_part(member *self, const item *it, const char *a, int64_t part) {
    const packed_panels *b = &it->product.b;
    const panel_group group = part_of(it, part), next = part_of(it, part + 1);
    if (!panels_ready(b, group)) {
        team_phase(self, STRASSEN_PHASE_KERNEL, 0);
        team_phase(self, STRASSEN_PHASE_PACK_B, 1);
        panels_provide(b, group);
        team_phase(self, STRASSEN_PHASE_PACK_B, 0);
        team_phase(self, STRASSEN_PHASE_KERNEL, 1);
    }
    group_source ahead = group_source_of(b, next);
    macro_kernel(&it->product, a, it->rows, group, panels_ready(b, next) ? NULL : &ahead);
}

/** The parts of an item that nobody has taken, of a member's own or of another's. `packed`: the block that its packed A is. */
static void multiply_item(member *self, const step *s, leaf_progress *progress, int64_t number, int64_t *packed) {
    const kernel *k = s->setup->kernel;
    const item it = item_of(s, self->team->threads, number);
    char *a = member_a(s->setup, self->index);
    if (it.parts == 0) return;
    if (*packed != number / s->share.chunks) {
        panel_term terms[KERNEL_MAX_TERMS];
        const leaf_operand *operand = &it.product.call->a;
        team_phase(self, STRASSEN_PHASE_PACK_A, 1);
        leaf_operand_at(operand, element_size(k->precision), it.rows.row, it.product.b.depth_start, terms);
        k->pack_a(terms, operand->count, it.rows.rows, it.product.b.depth, a);
        team_phase(self, STRASSEN_PHASE_PACK_A, 0);
        *packed = number / s->share.chunks;
    }
    team_phase(self, STRASSEN_PHASE_KERNEL, 1);
    for (int64_t part; (part = leaf_progress_take(progress, number, it.parts)) >= 0;) multiply_part(self, &it, a, part);
    team_phase(self, STRASSEN_PHASE_KERNEL, 0);
}

/** Takes parts from one of the next members that has enough of them left to be worth packing its rows; 0 if none has. */
static int help_others(member *self, const step *s, int64_t *packed) {
    const int threads = self->team->threads;
    for (int i = 1; i < threads && i <= MOST_HELPED; i++) {
        leaf_progress *progress = member_progress(s->setup, (self->index + i) % threads);
        int64_t taken;
        const int64_t number = leaf_progress_item(progress, &taken);
        if (number == LEAF_NO_ITEM) continue;
        const item it = item_of(s, threads, number);
        const int64_t left = it.parts - taken; // the last may be small
        if (left < 2 || left * it.part_columns < WORTH_HELPING * s->setup->kernel->nr) continue;
        multiply_item(self, s, progress, number, packed);
        return 1;
    }
    return 0;
}

static void multiply_blocks(member *self, const step *s) {
    leaf_progress *own = member_progress(s->setup, self->index);
    int64_t packed = -1;
    const team_loop loop = team_loop_begin(self, s->count * s->share.blocks * s->share.chunks);
    for (int64_t number; (number = team_loop_next(&loop)) >= 0;) {
        leaf_progress_begin(own, number);
        multiply_item(self, s, own, number, &packed);
    }
    while (help_others(self, s, &packed)) continue;
    leaf_progress_begin(own, LEAF_NO_ITEM);
    team_loop_end(self);
}

static void run_oriented(member *self, const leaf_setup *setup, const leaf_call *calls, int count) {
    step s = {.setup = setup, .calls = calls, .count = count};
    int64_t m = 0, n = 0, steps = 1;
    for (int i = 0; i < count; i++) {
        m = max64(m, calls[i].m);
        n = max64(n, calls[i].n);
        steps = max64(steps, leaf_steps(setup, calls[i].k));
    }
    const int64_t width = round_up(ceil_div(n, ceil_div(n, setup->nc)), setup->kernel->nr);
    for (s.column = 0; s.column < n; s.column += width) {
        s.columns = min64(width, n - s.column);
        s.share = leaf_share_of(setup->kernel, &(leaf_step_size){setup->mc, m, s.columns, count}, self->team->threads);
        s.chunk_columns = round_up(ceil_div(s.columns, s.share.chunks), setup->kernel->nr);
        for (s.number = 0; s.number < steps; s.number++) {
            s.ticket = self->sequence; // which the loop of every step moves on
            multiply_blocks(self, &s);
        }
    }
}

/** Cᵀ = BᵀAᵀ; `targets` receives those of C, with the extents exchanged. */
static leaf_call transposed(const leaf_call *call, leaf_target *targets) {
    for (int t = 0; t < call->count; t++) {
        targets[t] = call->targets[t];
        targets[t].rows = call->targets[t].columns;
        targets[t].columns = call->targets[t].rows;
    }
    return (leaf_call){call->n, call->m, call->k, call->b, call->a, targets, call->count, call->c_cs, call->c_rs};
}

void leaf_run(member *self, const leaf_setup *setup, const leaf_call *calls, int count) {
    if (calls->c_rs == 1 || calls->c_cs != 1) {
        run_oriented(self, setup, calls, count);
        return;
    }
    leaf_target targets[LEAF_MAX_PRODUCTS][KERNEL_MAX_TERMS]; // row-major: so that tiles are stored whole
    leaf_call turned[LEAF_MAX_PRODUCTS];
    for (int i = 0; i < count; i++) turned[i] = transposed(calls + i, targets[i]);
    run_oriented(self, setup, turned, count);
}
