// SPDX-License-Identifier: AGPL-3.0-or-later
/** How the work of a leaf is dealt out: nothing is left out, and many threads are fed. */
#include "check.h"
#include "gemm/leaf.h"

/** Rows times columns that the busiest member multiplies, padding included, over an even share. */
static double imbalance(const leaf_setup *setup, int64_t m, int64_t columns, int64_t threads) {
    const leaf_share share = leaf_share_of(setup, m, columns, threads);
    const int64_t blocks = ceil_div(m, share.rows), nr = setup->kernel->nr;
    const int64_t width = round_up(ceil_div(columns, share.chunks), nr);
    CHECK(share.rows >= setup->kernel->mr && share.rows <= setup->mc && share.rows % setup->kernel->mr == 0,
          "%lld rows a block of at most %lld", (long long)share.rows, (long long)setup->mc);
    CHECK(share.chunks >= 1 && share.chunks <= threads, "%lld chunks", (long long)share.chunks);
    const double most = (double)ceil_div(blocks * share.chunks, threads) * (double)share.rows * (double)width;
    return most * (double)threads / ((double)m * (double)columns);
}

static leaf_setup setup_of(strassen_precision precision, int64_t mc) {
    return (leaf_setup){.kernel = kernel_find(precision, STRASSEN_ISA_PORTABLE, NULL), .mc = mc, .kc = 256, .nc = 2048};
}

static void test_one_thread_takes_whole_blocks(void) {
    const leaf_setup setup = setup_of(STRASSEN_FLOAT64, 48);
    const leaf_share share = leaf_share_of(&setup, 480, 1000, 1);
    CHECK(share.rows == 48 && share.chunks == 1, "%lld rows, %lld chunks", (long long)share.rows,
          (long long)share.chunks);
}

/** Leaves as they lie below the levels of products from 1024 up, on the teams of laptops and servers. */
static void test_many_threads_are_fed(void) {
    const int64_t sides[] = {512, 1000, 1024, 2047}, teams[] = {2, 3, 4, 8, 16, 32, 64};
    const leaf_setup setup = setup_of(STRASSEN_FLOAT64, 48);
    for (int s = 0; s < 4; s++)
        for (int t = 0; t < 7; t++) {
            const double over = imbalance(&setup, sides[s], sides[s], teams[t]);
            const double limit = teams[t] <= 16 ? 1.06 : 1.12;
            CHECK(over <= limit, "%lld on %lld threads: the busiest has %.2f of an even share", (long long)sides[s],
                  (long long)teams[t], over);
        }
}

static void test_degenerate(void) {
    const leaf_setup setup = setup_of(STRASSEN_FLOAT32, 96);
    for (int64_t threads = 1; threads <= 64; threads *= 4) {
        imbalance(&setup, 1, 1, threads);
        imbalance(&setup, 1, 5000, threads);
        imbalance(&setup, 5000, 1, threads);
    }
}

int main(void) {
    test_one_thread_takes_whole_blocks();
    test_many_threads_are_fed();
    test_degenerate();
    return check_summary();
}
