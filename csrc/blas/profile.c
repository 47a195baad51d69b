// SPDX-License-Identifier: AGPL-3.0-or-later
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blas.h"

enum { MAX_PATH = 4096, MAX_FILES = 256 };

static const char suffix[] = ".profile";

/** Reads a profile and says in `why` what is wrong with it, or that another machine or version of the library made it. */
static strassen_status load(const char *path, const char *machine, strassen_profile *profile, char *why,
                            size_t capacity) {
    char *text;
    size_t length;
    const int failed = blas_read_text(path, &text, &length);
    if (failed) {
        snprintf(why, capacity, "%s", strerror(failed));
        return STRASSEN_ERROR_ARGUMENT;
    }
    strassen_error error = {0};
    const strassen_status status = strassen_profile_parse(text, length, profile, &error);
    free(text);
    if (status != STRASSEN_OK) {
        snprintf(why, capacity, "line %d: %s", error.line,
                 error.message[0] ? error.message : strassen_status_string(status));
        return status;
    }
    if (strncmp(profile->machine, machine, sizeof profile->machine) != 0)
        snprintf(why, capacity, "made on another machine (\"%.100s\", not \"%.100s\"); run `strassen tune`",
                 profile->machine, machine);
    else if (strncmp(profile->library, strassen_version(), sizeof profile->library) != 0)
        snprintf(why, capacity, "measured by version %.20s of the library, this is %.20s; run `strassen tune`",
                 profile->library, strassen_version());
    else
        return STRASSEN_OK;
    return STRASSEN_ERROR_MACHINE;
}

static int is_profile(const struct dirent *entry) {
    const char *name = entry->d_name;
    const size_t length = strlen(name);
    return name[0] != '.' && length > sizeof suffix - 1 && strcmp(name + length - (sizeof suffix - 1), suffix) == 0;
}

/** Names of the profiles of a directory, in order; the caller frees each and the list. */
static int list_profiles(const char *directory, struct dirent ***names) {
    const int count = scandir(directory, names, is_profile, alphasort);
    return count > 0 ? count : 0;
}

/**
 * The first profile of this machine and version in `directory`. Others are expected where profiles are shipped
 * (`shared`); elsewhere the first that cannot be used is reported.
 */
static bool search(const char *directory, bool shared, const char *machine, strassen_profile *profile) {
    struct dirent **names = NULL;
    const int count = list_profiles(directory, &names);
    bool found = false, warned = false;
    for (int i = 0; i < count; ++i) {
        char path[MAX_PATH], why[320];
        const int length = snprintf(path, sizeof path, "%s/%s", directory, names[i]->d_name);
        if (!found && i < MAX_FILES && length > 0 && (size_t)length < sizeof path) {
            const strassen_status status = load(path, machine, profile, why, sizeof why);
            found = status == STRASSEN_OK;
            if (!found && !warned && !(shared && status == STRASSEN_ERROR_MACHINE)) {
                blas_warn("%.200s is ignored: %s", path, why);
                warned = true;
            }
        }
        free(names[i]);
    }
    free(names);
    return found;
}

/** $XDG_CACHE_HOME/strassen or ~/.cache/strassen; false when there is neither variable. */
static bool cache_directory(char *directory, size_t capacity) {
    const char *cache = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");
    int length = -1;
    if (cache && *cache == '/') /* the specification has relative paths ignored */
        length = snprintf(directory, capacity, "%s/strassen", cache);
    else if (home && *home)
        length = snprintf(directory, capacity, "%s/.cache/strassen", home);
    return length > 0 && (size_t)length < capacity;
}

bool blas_load_profile(const char *explicit_path, strassen_profile *profile) {
    const blas_machine machine = blas_this_machine();
    char text[MAX_PATH];
    if (explicit_path) {
        char why[320];
        if (load(explicit_path, machine.fingerprint, profile, why, sizeof why) == STRASSEN_OK) return true;
        blas_warn("STRASSEN_PROFILE=%.200s is ignored: %s", explicit_path, why);
    } else if ((cache_directory(text, sizeof text) && search(text, false, machine.fingerprint, profile)) ||
               search("tuning", true, machine.fingerprint, profile) ||
               search("/usr/local/share/strassen", true, machine.fingerprint, profile) ||
               search("/usr/share/strassen", true, machine.fingerprint, profile)) {
        return true;
    }
    strassen_profile_derive(profile, machine.l1d, machine.l2, machine.l3);
    return false;
}
