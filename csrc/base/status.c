// SPDX-License-Identifier: AGPL-3.0-or-later
#include "strassen.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

const char *strassen_status_string(strassen_status status) {
    switch (status) {
    case STRASSEN_OK: return "success";
    case STRASSEN_ERROR_ARGUMENT: return "invalid argument";
    case STRASSEN_ERROR_MEMORY: return "out of memory";
    case STRASSEN_ERROR_OVERFLOW: return "a size or coefficient is too large";
    case STRASSEN_ERROR_FORMAT: return "malformed text";
    case STRASSEN_ERROR_NOT_A_SCHEME: return "the coefficients do not multiply matrices";
    case STRASSEN_ERROR_UNSUPPORTED: return "not supported on this CPU or in this build";
    case STRASSEN_ERROR_WORKSPACE: return "the workspace is not aligned to 64 bytes";
    case STRASSEN_ERROR_MACHINE: return "made on another machine";
    }
    return "unknown status";
}

const char *strassen_version(void) {
    return TEXT(STRASSEN_VERSION_MAJOR) "." TEXT(STRASSEN_VERSION_MINOR) "." TEXT(STRASSEN_VERSION_PATCH);
}
