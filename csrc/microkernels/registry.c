// SPDX-License-Identifier: AGPL-3.0-or-later
#include <string.h>

#include "base/cpu.h"
#include "microkernels/kernel.h"

extern const kernel kernel_f64_4x4_portable, kernel_f32_8x4_portable;
#if defined(STRASSEN_HAS_X86)
extern const kernel kernel_f64_8x6_avx2, kernel_f32_16x6_avx2, kernel_f64_24x8_avx512, kernel_f32_48x8_avx512;
#endif

/** Best first within a precision. A new kernel is one line here. */
static const kernel *const registry[] = {
#if defined(STRASSEN_HAS_X86)
    &kernel_f64_24x8_avx512,  &kernel_f32_48x8_avx512,  &kernel_f64_8x6_avx2, &kernel_f32_16x6_avx2,
#endif
    &kernel_f64_4x4_portable, &kernel_f32_8x4_portable,
};

int strassen_kernel_count(void) { return (int)(sizeof registry / sizeof *registry); }

const kernel *kernel_at(int index) { return registry[index]; }

const kernel *kernel_find(strassen_precision precision, strassen_isa isa, const char *name) {
    for (int i = 0; i < strassen_kernel_count(); i++) {
        const kernel *k = registry[i];
        if (k->precision != precision || !strassen_isa_supported(k->isa)) continue;
        if (name ? strcmp(k->name, name) == 0 : k->isa <= isa) return k;
    }
    return NULL;
}

strassen_status strassen_kernel_describe(int index, strassen_kernel_info *info) {
    if (index < 0 || index >= strassen_kernel_count() || !info) return STRASSEN_ERROR_ARGUMENT;
    const kernel *k = registry[index];
    *info = (strassen_kernel_info){k->name, k->precision, k->isa, k->mr, k->nr, strassen_isa_supported(k->isa)};
    return STRASSEN_OK;
}
