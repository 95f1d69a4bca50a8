/* SPDX-License-Identifier: GPL-2.0-only */
/* How a peer is reached on the underlay. */
#ifndef ADIT_PATH_H
#define ADIT_PATH_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/dst_cache.h>
#include <net/tcp.h>

#include "outer.h"
#include "proto.h"
#include "selector.h"

struct adit_sock;

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
 * @roam: @remote, @remote_port and @sock follow the peer
 * @local_port: of UDP or TCP
 * @remote_port: of UDP or TCP
 * @keepalive: seconds after which an idle peer is sent a keepalive, 0 for never
 * @local: outer source, all zero if the route picks it
 * @remote: outer destination, all zero if it is not known yet
 * @sock: the socket in between; NULL with ADIT_ENCAP_NONE, and while there is
 *	none; a path has it counted
 */
struct adit_endpoint {
	u16 family;
	u8 encap;
	bool roam;
	__be16 local_port;
	__be16 remote_port;
	u32 keepalive;
	union adit_addr local;
	union adit_addr remote;
	struct adit_sock *sock;
};

/**
 * struct adit_path - a path; constant but for the cache, replaced as a whole
 * @end: its ends
 * @sent: jiffies of the last packet that was sent through a socket
 * @underlay: of the device; borrowed
 * @cache: the route
 * @free_work: frees it after a grace period
 */
struct adit_path {
	struct adit_endpoint end;
	unsigned long sent;
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
bool adit_path_came_from(const struct adit_path *path, struct sk_buff *skb,
			 struct adit_endpoint *from);
bool adit_path_leads_to(const struct adit_path *path, u16 family,
			const union adit_addr *remote);
unsigned int adit_path_mtu(struct adit_path *path);

/**
 * adit_path_encap_len() - octets between the outer IP header and ESP
 * @end: the ends of the path
 *
 * Return: the octets; of TCP with the option that most segments have, as if each
 * record were a segment of its own (RFC 9329, 3).
 */
static inline unsigned int adit_path_encap_len(const struct adit_endpoint *end)
{
	switch (end->encap) {
	case ADIT_ENCAP_UDP:
		return sizeof(struct udphdr);
	case ADIT_ENCAP_TCP:
		return sizeof(struct tcphdr) + TCPOLEN_TSTAMP_ALIGNED +
		       ADIT_TCP_LEN_LEN;
	default:
		return 0;
	}
}

/**
 * adit_path_outer_len() - octets of the outer headers
 * @end: the ends of the path
 *
 * Return: the octets in front of ESP or AH.
 */
static inline unsigned int adit_path_outer_len(const struct adit_endpoint *end)
{
	return (end->family == AF_INET6 ? sizeof(struct ipv6hdr) :
					  sizeof(struct iphdr)) +
	       adit_path_encap_len(end);
}

static inline void adit_route_put(struct adit_route *route)
{
	dst_release(route->dst);
}

#endif
