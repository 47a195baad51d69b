// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Instantiates TEMPLATE, the name of a file in quotes, for both element types: T is float and NAME(x) f32_x, then T is
 * double and NAME(x) f64_x. What else the template needs, VECTOR say, the including file defines.
 */
#define T float
#define NAME(x) f32_##x
#include TEMPLATE
#undef T
#undef NAME
#define T double
#define NAME(x) f64_##x
#include TEMPLATE
#undef T
#undef NAME
