// SPDX-License-Identifier: AGPL-3.0-or-later
/** What a profile may hold, whether it was read from a file or filled in by a caller. */
#ifndef STRASSEN_PLAN_PROFILE_H
#define STRASSEN_PLAN_PROFILE_H

#include "strassen.h"

#define PROFILE_MAX_BLOCK ((int64_t)1 << 24) /**< of block sizes and cutoffs, in elements */
#define PROFILE_MAX_NS 1000000000            /**< of a cost */

/** 1 if texts end, block sizes are in 1 … PROFILE_MAX_BLOCK, tunings exist and their costs are in 0 … PROFILE_MAX_NS. */
int profile_is_valid(const strassen_profile *profile);

#endif
