// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/share.h"

leaf_rows leaf_block(const kernel *k, int64_t m, int64_t blocks, int64_t index) {
    const int64_t tiles = ceil_div(m, k->mr), least = tiles / blocks, longer = tiles % blocks;
    const int64_t row = (index * least + min64(index, longer)) * k->mr;
    return (leaf_rows){row, min64((least + (index < longer)) * k->mr, m - row)};
}

/* Prices of the work of an item in multiply-adds: of packing a row of A, in columns of C; of fetching B, in rows. */
enum { PACK_COLUMNS = 32, FETCH_ROWS = 2 };

/** What the busiest member does, in multiply-adds per step of k, when items are handed out one by one. */
static int64_t busiest(const kernel *k, const leaf_step_size *step, leaf_share share, int64_t threads) {
    const int64_t tiles = ceil_div(step->m, k->mr), width = round_up(ceil_div(step->columns, share.chunks), k->nr);
    const int64_t chunks = share.chunks * step->products, items = ceil_div(share.blocks * chunks, threads),
                  longer = ceil_div(tiles % share.blocks * chunks, threads);
    return (items * (tiles / share.blocks) + longer) * k->mr * (PACK_COLUMNS + width) + items * FETCH_ROWS * width;
}

leaf_share leaf_share_of(const kernel *k, const leaf_step_size *step, int64_t threads) {
    const int64_t tiles = ceil_div(step->m, k->mr), most = step->mc / k->mr; // of a block
    leaf_share best = {ceil_div(tiles, most), 1};
    if (threads == 1) return best;
    int64_t least_work = busiest(k, step, best, threads);
    for (int64_t height = most; height >= max64(most / 4, 1); height--) {
        const int64_t blocks = ceil_div(tiles, height);
        // More items than twice the members even out nothing that helping does not, and searching them takes longer than some leaves.
        const int64_t enough = 2 * ceil_div(threads, blocks * step->products);
        const int64_t most_chunks = min64(min64(threads, enough), ceil_div(step->columns, k->nr));
        for (int64_t chunks = 1; chunks <= most_chunks; chunks++) {
            const leaf_share shares[] = {{blocks, chunks}, {min64(round_up(blocks, threads), tiles), chunks}};
            for (int i = 0; i < 2; i++) {
                const int64_t work = busiest(k, step, shares[i], threads);
                if (work >= least_work) continue;
                least_work = work;
                best = shares[i];
            }
        }
    }
    return best;
}

/** The item of a state, and how many of its parts are taken. */
static int64_t state_item(uint64_t state) { return (int64_t)(state >> LEAF_PART_BITS); }
static int64_t state_taken(uint64_t state) { return (int64_t)(state & (((uint64_t)1 << LEAF_PART_BITS) - 1)); }

void leaf_progress_begin(leaf_progress *progress, int64_t item) {
    atomic_store_explicit(&progress->state, (uint64_t)item << LEAF_PART_BITS, memory_order_relaxed);
}

int64_t leaf_progress_take(leaf_progress *progress, int64_t item, int64_t parts) {
    uint64_t state = atomic_load_explicit(&progress->state, memory_order_relaxed);
    while (state_item(state) == item && state_taken(state) < parts)
        if (atomic_compare_exchange_weak_explicit(&progress->state, &state, state + 1, memory_order_relaxed,
                                                  memory_order_relaxed))
            return state_taken(state);
    return -1;
}

int64_t leaf_progress_item(leaf_progress *progress, int64_t *taken) {
    const uint64_t state = atomic_load_explicit(&progress->state, memory_order_relaxed);
    *taken = state_taken(state);
    return state_item(state);
}
