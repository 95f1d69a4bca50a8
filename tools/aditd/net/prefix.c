// SPDX-License-Identifier: GPL-2.0-or-later
/* See prefix.h. */
#include "prefix.h"

bool prefix_has(const struct prefix *prefix, const struct addr *addr)
{
	struct addr first, last;

	if (prefix->addr.len != addr->len)
		return false;
	addr_prefix_range(&prefix->addr, prefix->plen, &first, &last);
	return addr_compare(addr, &first) >= 0 &&
	       addr_compare(addr, &last) <= 0;
}

/* False if it was the last address of all. */
static bool step(struct addr *addr)
{
	for (int i = addr->len - 1; i >= 0; i--)
		if (++addr->octets[i])
			return true;
	return false;
}

/* The largest prefix that starts at @at and does not go beyond @last. */
static uint8_t widest(const struct addr *at, const struct addr *last,
		      struct addr *end)
{
	unsigned int plen = at->len * 8U;
	struct addr first, next;

	*end = *at;
	while (plen) {
		addr_prefix_range(at, plen - 1, &first, &next);
		if (addr_compare(&first, at) || addr_compare(&next, last) > 0)
			break;
		*end = next;
		plen--;
	}
	return (uint8_t)plen;
}

unsigned int prefixes_of(const struct addr *first, const struct addr *last,
			 struct prefix list[PREFIXES_MAX])
{
	struct addr at = *first, end;
	unsigned int n = 0;

	while (n < PREFIXES_MAX) {
		list[n].addr = at;
		list[n++].plen = widest(&at, last, &end);
		if (addr_compare(&end, last) >= 0)
			break;
		at = end;
		if (!step(&at))
			break;
	}
	return n;
}
