// SPDX-License-Identifier: AGPL-3.0-or-later
#define _DEFAULT_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/cpu.h"

#define HUGE_PAGE ((size_t)2 << 20)
#define SMALLEST_MAPPING (2 * HUGE_PAGE)

static size_t whole_pages(size_t bytes) { return (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE; }

/** Untouched address space from a multiple of HUGE_PAGE on; null when there is none. */
static void *map_pages(size_t bytes) {
    const size_t wanted = whole_pages(bytes), mapped = wanted + HUGE_PAGE;
    char *memory = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    const size_t before = whole_pages((uintptr_t)memory) - (uintptr_t)memory, after = mapped - before - wanted;
    if (before > 0) (void)munmap(memory, before);
    if (after > 0) (void)munmap(memory + before + wanted, after);
#if defined(MADV_HUGEPAGE)
    (void)madvise(memory + before, wanted, MADV_HUGEPAGE); // advice: refused is fine
#endif
    return memory + before;
}

/**
 * Large blocks are mapped afresh: what malloc hands out again was broken into small pages by its last user and stays so,
 * and packing then lives on TLB misses (7 % of a float64 product at 2048; docs/tried.md).
 */
void *strassen_alloc(size_t bytes) {
    if (bytes > SIZE_MAX - 2 * HUGE_PAGE) return NULL;
    if (bytes >= SMALLEST_MAPPING) return map_pages(bytes);
    void *memory = NULL;
    return posix_memalign(&memory, 64, bytes ? bytes : 64) == 0 ? memory : NULL;
}

void strassen_free(void *memory, size_t bytes) {
    if (!memory) return;
    if (bytes >= SMALLEST_MAPPING)
        (void)munmap(memory, whole_pages(bytes));
    else
        free(memory);
}
