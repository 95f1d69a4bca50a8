/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes of remote selectors. Most are in the main table, where the longest
 * prefix wins as always. One that would also catch the packets to the gateway
 * itself (all of the Internet, or in transport mode the peer alone) is in a
 * table of its own, which packets with the underlay's mark do not look into:
 *
 *	4500: not fwmark 0xad17 lookup 44311 suppress_prefixlength 0
 *	4501: lookup main suppress_prefixlength 0
 *	4502: not fwmark 0xad17 lookup 44311
 *
 * so that a default route into a tunnel leaves the networks nearby alone.
 *
 * What has a protocol or ports is found by rules, which packets without the
 * mark are compared with, longer prefixes and ports first. Routes that are
 * longer than the selector win, too; the others are in a table of the interface:
 *
 *	3979: fwmark 0xad17 goto 4496
 *	4396: to 10.2.0.0/24 ipproto tcp dport 443 lookup main suppress_prefixlength 24
 *	4397: to 10.2.0.0/24 ipproto tcp dport 443 lookup 2902458371
 *	4496: nop
 */
#ifndef ADITD_NET_ROUTE_H
#define ADITD_NET_ROUTE_H

#include "device.h"

enum {
	ROUTE_TABLE = 44311,
	ROUTE_PRIORITY = 4500,
	/* Two for each length of a prefix, with ports and without. */
	ROUTE_MARKED = 3979,
	ROUTE_PROTOCOLS,
	ROUTE_UNMARKED = ROUTE_PROTOCOLS + 4 * 129,
};

#define ROUTE_TABLES 0xad000000U /* and the index of the interface */

/* Rules of a daemon that did not end well; to be called before any other. */
void route_clean(struct devices *devices);

/* From the kernel and from memory; or from memory alone. */
void route_remove_all(struct devices *devices, struct device *device);
void route_free_all(struct device *device);

void route_remove_rules(struct devices *devices);

#endif
