/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of addresses as prefixes, which routes are of. Pure. */
#ifndef ADITD_NET_PREFIX_H
#define ADITD_NET_PREFIX_H

#include "../../lib/addr.h"

struct prefix {
	struct addr addr;
	uint8_t plen;
};

/* Fewest prefixes that a range can be: 2 * 128 - 2. */
enum { PREFIXES_MAX = 254 };

/* The number of prefixes that are exactly @first to @last. */
unsigned int prefixes_of(const struct addr *first, const struct addr *last,
			 struct prefix list[PREFIXES_MAX]);

bool prefix_has(const struct prefix *prefix, const struct addr *addr);

#endif
