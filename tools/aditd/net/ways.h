/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which packets go to the interface for the sake of a child: what its selectors
 * say of destinations, protocols and ports. Pure.
 */
#ifndef ADITD_NET_WAYS_H
#define ADITD_NET_WAYS_H

#include "../core/ts.h"
#include "prefix.h"

/* All of them if `last` is 0. */
struct ports {
	uint16_t first, last;
};

struct way {
	struct addr first, last;
	uint8_t proto; /* 0 for all packets; then there are no ports */
	struct ports source, destination;
};

enum {
	WAYS_MAX = TS_MAX,
	/* Prefixes of those with a protocol: each packet is compared with all. */
	WAYS_RULES_MAX = 128,
};

struct ways {
	size_t n;
	bool wide; /* it had to be all packets, since there were too many */
	struct way list[WAYS_MAX];
};

/*
 * Never less than what the selectors have, or something would go outside in
 * clear; what is more, the interface drops.
 */
void ways_of(const struct ts_list *local, const struct ts_list *remote,
	     struct ways *ways);

#endif
