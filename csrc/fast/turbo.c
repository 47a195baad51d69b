// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fast/engines.h"

void turbo_product(member *self, const recursion *recursion, const product_call *call) {
    const turbo_bottom *bottom = recursion->context;
    fused_run(self, bottom->leaf, bottom->fused, &call->a, &call->b, call->targets, call->count, call->c_rs, call->c_cs,
              call->m, call->k, call->n);
}
