// SPDX-License-Identifier: AGPL-3.0-or-later
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blas.h"

enum { CACHE_INDICES = 8 };

/** First line of a file of /sys, without its newline; false when it cannot be read. */
static bool read_line(const char *path, char *line, size_t capacity) {
    char *text;
    size_t length;
    if (blas_read_text(path, &text, &length) != 0) return false;
    snprintf(line, capacity, "%.*s", (int)strcspn(text, "\n"), text);
    free(text);
    return true;
}

/** "512K" -> bytes; 0 for anything else. */
static int64_t parse_bytes(const char *text) {
    char *unit;
    const long long value = strtoll(text, &unit, 10);
    if (value <= 0 || value > 1 << 30) return 0;
    switch (*unit) {
    case 'K': return value << 10;
    case 'M': return value << 20;
    case '\0': return value;
    default: return 0;
    }
}

/** Data and unified caches of CPU 0 by level. */
static void read_caches(blas_machine *machine) {
    for (int index = 0; index < CACHE_INDICES; ++index) {
        char path[96], level[8], type[32], size[32];
        const char *const names[] = {"level", "type", "size"};
        char *const values[] = {level, type, size};
        const size_t capacities[] = {sizeof level, sizeof type, sizeof size};
        bool complete = true;
        for (int i = 0; i < 3 && complete; ++i) {
            snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index, names[i]);
            complete = read_line(path, values[i], capacities[i]);
        }
        if (!complete || strcmp(type, "Instruction") == 0) continue;
        int64_t *const by_level[] = {&machine->l1d, &machine->l2, &machine->l3};
        const int number = atoi(level);
        if (number >= 1 && number <= 3) *by_level[number - 1] = parse_bytes(size);
    }
}

/** The model name of /proc/cpuinfo; "unknown" when there is none. */
static void read_model(char *model, size_t capacity) {
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];
    snprintf(model, capacity, "unknown");
    while (file && fgets(line, sizeof line, file)) {
        const char *value = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !value) continue;
        value += strspn(value, ": \t");
        snprintf(model, capacity, "%.*s", (int)strcspn(value, "\n"), value);
        break;
    }
    if (file) fclose(file);
}

blas_machine blas_this_machine(void) {
    blas_machine machine = {0};
    char model[64];
    read_model(model, sizeof model);
    read_caches(&machine);
    snprintf(machine.fingerprint, sizeof machine.fingerprint, "%s; %lld %lld %lld; %s", model, (long long)machine.l1d,
             (long long)machine.l2, (long long)machine.l3, strassen_isa_name(strassen_isa_best()));
    return machine;
}
