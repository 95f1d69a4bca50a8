// SPDX-License-Identifier: GPL-2.0-only
/* The tables that are made from the drop reasons. */

#include "compat.h"
#include "drop.h"

#define X(name, reason, core) [ADIT_DROP_##reason] = #name,
const char *const adit_drop_name[ADIT_DROP_COUNT] = { ADIT_DROPS(X) };
#undef X

#define X(name, reason, core) \
	[ADIT_DROP_##reason] = SKB_DROP_REASON_##core,
const enum skb_drop_reason adit_drop_core[ADIT_DROP_COUNT] = { ADIT_DROPS(X) };
#undef X

#define X(name, reason, core) + 1
static_assert(0 ADIT_DROPS(X) == ADIT_DROP_COUNT,
	      "drop.h and the specification differ in their reasons");
#undef X
