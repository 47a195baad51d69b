// SPDX-License-Identifier: AGPL-3.0-or-later
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

#include "base/cpu.h"

#define HUGE_PAGE ((size_t)2 << 20)

/** From 4 MiB up: 2 MiB aligned with huge pages advised, so that packing does not live on TLB misses. */
void *strassen_alloc(size_t bytes) {
    if (bytes > SIZE_MAX - HUGE_PAGE) return NULL;
    const int huge = bytes >= 2 * HUGE_PAGE;
    const size_t alignment = huge ? HUGE_PAGE : 64;
    void *memory = NULL;
    if (posix_memalign(&memory, alignment, bytes ? bytes : 64) != 0) return NULL;
#if defined(MADV_HUGEPAGE)
    if (huge) (void)madvise(memory, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE); // advice: refused is fine
#endif
    return memory;
}

void strassen_free(void *memory, size_t bytes) {
    (void)bytes;
    free(memory);
}
