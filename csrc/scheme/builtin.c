// SPDX-License-Identifier: AGPL-3.0-or-later
#include "scheme/scheme.h"

#include <string.h>

int strassen_scheme_builtin_count(void) { return scheme_builtin_entry_count; }

const char *strassen_scheme_builtin_name(int index) {
    return index >= 0 && index < scheme_builtin_entry_count ? scheme_builtin_entries[index].name : NULL;
}

strassen_status strassen_scheme_builtin(const char *name, strassen_scheme **out) {
    if (!out) return STRASSEN_ERROR_ARGUMENT;
    *out = NULL;
    if (!name) return STRASSEN_ERROR_ARGUMENT;
    for (int i = 0; i < scheme_builtin_entry_count; i++) {
        const scheme_builtin_entry *entry = &scheme_builtin_entries[i];
        if (strcmp(entry->name, name) == 0) return strassen_scheme_parse(entry->text, strlen(entry->text), out, NULL);
    }
    return STRASSEN_ERROR_ARGUMENT;
}
