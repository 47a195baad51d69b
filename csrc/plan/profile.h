// SPDX-License-Identifier: AGPL-3.0-or-later
/** What a profile may hold, whether it was read from a file or filled in by a caller. */
#ifndef STRASSEN_PLAN_PROFILE_H
#define STRASSEN_PLAN_PROFILE_H

#include "strassen.h"

#define PROFILE_MAX_BLOCK ((int64_t)1 << 24) /**< of block sizes and cutoffs, in elements */
#define PROFILE_MAX_NS 1000000000            /**< of a cost */
#define PROFILE_MAX_BYTES ((int64_t)1 << 40) /**< of a cache */
#define PROFILE_MAX_THREADS (1 << 20)        /**< of a tuning */

/** 1 if a line of a profile can end with this text: no control characters, no space at either end. */
int profile_is_text(const char *text, size_t length);
/** 1 if it could be written and read again: sizes, costs and threads within these limits, texts of one line. */
int profile_is_valid(const strassen_profile *profile);

#endif
