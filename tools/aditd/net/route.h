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
 */
#ifndef ADITD_NET_ROUTE_H
#define ADITD_NET_ROUTE_H

#include "device.h"

enum { ROUTE_TABLE = 44311, ROUTE_PRIORITY = 4500 };

/* From the kernel and from memory; or from memory alone. */
void route_remove_all(struct devices *devices, struct device *device);
void route_free_all(struct device *device);

void route_remove_rules(struct devices *devices);

#endif
