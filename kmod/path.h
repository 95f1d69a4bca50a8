/* SPDX-License-Identifier: GPL-2.0-only */
/* How a peer is reached on the underlay. */
#ifndef ADIT_PATH_H
#define ADIT_PATH_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <net/dst_cache.h>

#include "outer.h"
#include "selector.h"

/**
 * struct adit_underlay - what all paths of a device have in common
 * @net: the namespace that the device was born in
 * @self: the device, to which no path may lead
 * @outer: how outer headers are to be
 * @fwmark: mark of outer packets
 * @oif: ifindex that route lookups are bound to, 0 for none
 */
struct adit_underlay {
	struct net *net;
	const struct net_device *self;
	struct adit_outer outer;
	u32 fwmark;
	int oif;
};

/**
 * struct adit_endpoint - the two ends of a path
 * @family: AF_INET or AF_INET6; AF_UNSPEC if neither end is known
 * @encap: ADIT_ENCAP_*
 * @local: outer source, all zero if the route picks it
 * @remote: outer destination, all zero if it is not known yet
 */
struct adit_endpoint {
	u16 family;
	u8 encap;
	union adit_addr local;
	union adit_addr remote;
};

/**
 * struct adit_path - a path; constant but for the cache, replaced as a whole
 * @end: its ends
 * @underlay: of the device; borrowed
 * @cache: the route
 * @free_work: frees it after a grace period
 */
struct adit_path {
	struct adit_endpoint end;
	const struct adit_underlay *underlay;
	struct dst_cache cache;
	struct rcu_work free_work;
};

/**
 * struct adit_route - a path's route, for the length of a batch
 * @dst: the route; counted, given back with adit_route_put()
 * @local: outer source
 */
struct adit_route {
	struct dst_entry *dst;
	union adit_addr local;
};

struct adit_path *adit_path_alloc(const struct adit_underlay *underlay,
				  const struct adit_endpoint *end);
void adit_path_free(struct adit_path *path);
bool adit_path_known(const struct adit_path *path);
int adit_path_route(struct adit_path *path, struct adit_route *route);
bool adit_path_leads_to(const struct adit_path *path, u16 family,
			const union adit_addr *remote);
unsigned int adit_path_mtu(struct adit_path *path);

/**
 * adit_path_outer_len() - octets of the outer header
 * @family: AF_INET or AF_INET6
 *
 * Return: the octets in front of ESP or AH.
 */
static inline unsigned int adit_path_outer_len(u16 family)
{
	return family == AF_INET6 ? sizeof(struct ipv6hdr) :
				    sizeof(struct iphdr);
}

static inline void adit_route_put(struct adit_route *route)
{
	dst_release(route->dst);
}

#endif
