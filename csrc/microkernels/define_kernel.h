// SPDX-License-Identifier: AGPL-3.0-or-later
/** Defines kernel_<KERNEL> from the templates; needs what tile.h needs, and PRECISION and ISA. */
#include "microkernels/tile.h"

#define W MR
#define PACK JOIN(KERNEL, _pack_a)
#define PACK_(x) JOIN(pack_a_, x)
#include "microkernels/panel.h"
#undef W
#undef PACK
#undef PACK_

#define W NR
#define PACK JOIN(KERNEL, _pack_b)
#define PACK_(x) JOIN(pack_b_, x)
#include "microkernels/panel.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
const kernel JOIN(kernel_, KERNEL) = {
    TEXT(KERNEL),         PRECISION, ISA, MR, NR, LANES_OF_VECTOR, JOIN(KERNEL, _tile), JOIN(KERNEL, _pack_a),
    JOIN(KERNEL, _pack_b)};
