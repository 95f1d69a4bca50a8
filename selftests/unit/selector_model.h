/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traffic selectors as RFC 7296, 3.13.1 and RFC 4301, 4.4.1 define them:
 * addresses are numbers, and a range of them is a walk down the tree of all
 * prefixes.
 */
#ifndef ADIT_UNIT_SELECTOR_MODEL_H
#define ADIT_UNIT_SELECTOR_MODEL_H

#include "../../kmod/selector.h"

__extension__ typedef unsigned __int128 number;

number model_number(u16 family, const union adit_addr *addr);
union adit_addr model_addr(u16 family, number n);
bool model_match(const struct adit_ts *ts, unsigned int count,
		 const struct adit_flow *flow, bool source);
unsigned int model_prefixes(const struct adit_ts *ts,
			    struct adit_prefix *prefixes);

#endif
