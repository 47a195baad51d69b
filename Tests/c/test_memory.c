// SPDX-License-Identifier: AGPL-3.0-or-later
/** Memory for matrices: small blocks, large mapped ones, what cannot be had. */
#include <stdint.h>
#include <string.h>

#include "check.h"
#include "strassen.h"

#define HUGE_PAGE ((size_t)2 << 20)

/** All of it can be written, and its neighbours stay as they are. */
static void blocks_are_aligned_and_apart(void) {
    static const size_t sizes[] = {
        0, 1, 4096, 2 * HUGE_PAGE - 1, 2 * HUGE_PAGE, 2 * HUGE_PAGE + 1, 3 * HUGE_PAGE - 64, 5 * HUGE_PAGE};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    unsigned char *block[COUNT];
    for (int i = 0; i < COUNT; i++) {
        block[i] = strassen_alloc(sizes[i]);
        CHECK(block[i] != NULL, "%zu bytes", sizes[i]);
        CHECK((uintptr_t)block[i] % 64 == 0, "%zu bytes are not aligned", sizes[i]);
        if (sizes[i] >= 2 * HUGE_PAGE)
            CHECK((uintptr_t)block[i] % HUGE_PAGE == 0, "%zu bytes do not begin on a huge page", sizes[i]);
        memset(block[i], i + 1, sizes[i]);
    }
    for (int i = 0; i < COUNT; i++) {
        size_t wrong = 0;
        for (size_t byte = 0; byte < sizes[i]; byte++) wrong += block[i][byte] != i + 1;
        CHECK(wrong == 0, "%zu of %zu bytes were overwritten", wrong, sizes[i]);
    }
    for (int i = 0; i < COUNT; i += 2) strassen_free(block[i], sizes[i]);
    for (int i = 1; i < COUNT; i += 2) {
        CHECK(sizes[i] == 0 || block[i][sizes[i] - 1] == i + 1, "%zu bytes went with a neighbour", sizes[i]);
        strassen_free(block[i], sizes[i]);
    }
}

/** More blocks one after the other than the address space of 128 TiB holds. */
static void blocks_are_given_back(void) {
    const size_t gibibyte = (size_t)1 << 30;
    int missing = 0;
    for (int i = 0; i < 140000 && !missing; i++) {
        void *block = strassen_alloc(gibibyte);
        missing = block == NULL;
        strassen_free(block, gibibyte);
    }
    CHECK(!missing, "the address space ran out");
}

static void what_cannot_be_had_is_null(void) {
    CHECK(strassen_alloc(SIZE_MAX) == NULL, "all bytes");
    CHECK(strassen_alloc(SIZE_MAX - HUGE_PAGE) == NULL, "all bytes but a page");
    CHECK(strassen_alloc(SIZE_MAX / 2) == NULL, "half of the bytes");
    strassen_free(NULL, 0);
    strassen_free(NULL, SIZE_MAX);
}

int main(void) {
    blocks_are_aligned_and_apart();
    blocks_are_given_back();
    what_cannot_be_had_is_null();
    return check_summary();
}
