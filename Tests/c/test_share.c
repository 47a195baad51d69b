// SPDX-License-Identifier: AGPL-3.0-or-later
/** How the work of a leaf is dealt out: nothing is left out or done twice, and many threads are fed. */
#include <pthread.h>

#include "check.h"
#include "gemm/share.h"

static const kernel *portable(strassen_precision precision) {
    return kernel_find(precision, STRASSEN_ISA_PORTABLE, NULL);
}

/**
 * Rows times columns that the busiest member multiplies, padding included, over an even share of `products` of m by `columns`;
 * items are dealt out in turn.
 */
static double imbalance(const kernel *k, int64_t mc, int64_t m, int64_t columns, int products, int64_t threads) {
    const leaf_share share = leaf_share_of(k, &(leaf_step_size){mc, m, columns, products}, threads);
    const int64_t width = round_up(ceil_div(columns, share.chunks), k->nr);
    int64_t rows_of[64] = {0}, row = 0, most = 0;
    CHECK(share.chunks >= 1 && share.chunks <= threads, "%lld chunks", (long long)share.chunks);
    for (int64_t block = 0; block < share.blocks; block++) {
        const leaf_rows part = leaf_block(k, m, share.blocks, block);
        CHECK(part.row == row && part.rows >= 1 && part.rows <= mc, "rows %lld + %lld after %lld, at most %lld a block",
              (long long)part.row, (long long)part.rows, (long long)row, (long long)mc);
        CHECK(part.row % k->mr == 0, "a block starts with row %lld of a tile", (long long)(part.row % k->mr));
        row += part.rows;
        for (int64_t item = block * share.chunks * products; item < (block + 1) * share.chunks * products; item++) {
            int64_t *rows = rows_of + item % threads;
            *rows += round_up(part.rows, k->mr);
            most = max64(most, *rows);
        }
    }
    CHECK(row == m, "%lld of %lld rows", (long long)row, (long long)m);
    return (double)(most * width * threads) / ((double)m * (double)columns * products);
}

static void test_one_thread_takes_whole_blocks(void) {
    const leaf_share share = leaf_share_of(portable(STRASSEN_FLOAT64), &(leaf_step_size){48, 480, 1000, 1}, 1);
    CHECK(share.blocks == 10 && share.chunks == 1, "%lld blocks, %lld chunks", (long long)share.blocks,
          (long long)share.chunks);
}

/** Leaves as they lie below the levels of products from 1024 up, on the teams of laptops and servers. */
static void test_many_threads_are_fed(void) {
    const int64_t sides[] = {512, 1000, 1024, 2047}, teams[] = {2, 3, 4, 8, 16, 32, 64};
    for (int s = 0; s < 4; s++)
        for (int t = 0; t < 7; t++) {
            const double limit = teams[t] <= 16 ? 1.06 : 1.12;
            for (int products = 1; products <= 4; products *= 2) {
                const double over = imbalance(portable(STRASSEN_FLOAT64), 48, sides[s], sides[s], products, teams[t]);
                CHECK(over <= limit, "%d of %lld on %lld threads: the busiest has %.2f of an even share", products,
                      (long long)sides[s], (long long)teams[t], over);
            }
        }
}

/** High tiles leave few blocks of equal size: 512 rows are 21 1/3 tiles of 24. */
static void test_high_tiles_are_dealt_evenly(void) {
    const kernel high = {.mr = 24, .nr = 8, .lanes = 8};
    for (int64_t m = 500; m <= 4100; m += 100) {
        const double over = imbalance(&high, 144, m, m, 1, 2);
        CHECK(over <= 1.07, "%lld rows on two threads: the busiest has %.2f of an even share", (long long)m, over);
    }
    const leaf_share share = leaf_share_of(&high, &(leaf_step_size){144, 512, 512, 1}, 2);
    CHECK(share.blocks == 4 && share.chunks == 1, "%lld blocks, %lld chunks: A is packed once, B read four times",
          (long long)share.blocks, (long long)share.chunks);
}

static void test_degenerate(void) {
    for (int64_t threads = 1; threads <= 64; threads *= 4) {
        imbalance(portable(STRASSEN_FLOAT32), 96, 1, 1, 1, threads);
        imbalance(portable(STRASSEN_FLOAT32), 96, 1, 5000, 1, threads);
        imbalance(portable(STRASSEN_FLOAT32), 96, 5000, 1, 4, threads);
    }
}

enum { PARTS = 20000, TAKERS = 4 };

typedef struct taker {
    leaf_progress *progress;
    atomic_int *taken;
} taker;

static void *take_all(void *argument) {
    const taker *t = argument;
    for (int64_t part; (part = leaf_progress_take(t->progress, 7, PARTS)) >= 0;) atomic_fetch_add(t->taken + part, 1);
    return NULL;
}

static void test_every_part_is_taken_once(void) {
    static atomic_int taken[PARTS];
    leaf_progress progress;
    leaf_progress_begin(&progress, 7);
    taker each = {&progress, taken};
    pthread_t threads[TAKERS];
    for (int i = 0; i < TAKERS; i++) CHECK(pthread_create(threads + i, NULL, take_all, &each) == 0, "no thread");
    for (int i = 0; i < TAKERS; i++) pthread_join(threads[i], NULL);
    for (int part = 0; part < PARTS; part++)
        CHECK(atomic_load(taken + part) == 1, "part %d was taken %d times", part, atomic_load(taken + part));
}

static void test_an_item_that_was_left_has_no_parts(void) {
    leaf_progress progress;
    int64_t taken;
    leaf_progress_begin(&progress, 3);
    CHECK(leaf_progress_take(&progress, 3, 2) == 0, "the first part");
    CHECK(leaf_progress_item(&progress, &taken) == 3 && taken == 1, "%lld taken", (long long)taken);
    leaf_progress_begin(&progress, 4);
    CHECK(leaf_progress_take(&progress, 3, 2) == -1, "the owner has gone on");
    leaf_progress_begin(&progress, LEAF_NO_ITEM);
    CHECK(leaf_progress_item(&progress, &taken) == LEAF_NO_ITEM, "no item");
}

/** As many blocks as 2^33 tiles of a matrix that only strides of 0 let exist. */
static void test_item_numbers_beyond_32_bits(void) {
    leaf_progress progress;
    const int64_t item = ((int64_t)1 << 33) + 5;
    int64_t taken;
    leaf_progress_begin(&progress, item);
    CHECK(leaf_progress_take(&progress, item, 2) == 0 && leaf_progress_take(&progress, item, 2) == 1, "two parts");
    CHECK(leaf_progress_take(&progress, item, 2) == -1 && leaf_progress_take(&progress, 5, 2) == -1, "no more");
    CHECK(leaf_progress_item(&progress, &taken) == item && taken == 2, "%lld taken", (long long)taken);
}

int main(void) {
    test_one_thread_takes_whole_blocks();
    test_many_threads_are_fed();
    test_high_tiles_are_dealt_evenly();
    test_degenerate();
    test_every_part_is_taken_once();
    test_an_item_that_was_left_has_no_parts();
    test_item_numbers_beyond_32_bits();
    return check_summary();
}
