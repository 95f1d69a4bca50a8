/* SPDX-License-Identifier: GPL-2.0-only */
/* ESP and AH as IP protocols 50 and 51, over IPv4 and IPv6. */
#ifndef ADIT_RAW_H
#define ADIT_RAW_H

#include <net/ip.h>
#include <net/ipv6.h>

#include "path.h"

struct adit_net;

void adit_raw_push(const struct adit_path *path, const struct adit_route *route,
		   struct sk_buff *skb, u8 proto);
void adit_raw_learn_mtu(struct adit_net *an, struct sk_buff *skb, __be32 spi);

/**
 * adit_raw_send() - give a packet to the underlay
 * @path: where to
 * @route: its route
 * @skb: the packet, after adit_raw_push(); consumed
 *
 * Context: RCU read section, bottom halves off.
 * Return: 0, or an error if the underlay refused the packet.
 */
static inline int adit_raw_send(const struct adit_path *path,
				const struct adit_route *route,
				struct sk_buff *skb)
{
	struct net *net = path->underlay->net;
	int err;

	/* The batch has the route counted; RCU keeps it until it is used. */
	skb_dst_set_noref(skb, route->dst);
	if (path->end.family == AF_INET6)
		err = ip6_local_out(net, NULL, skb);
	else
		err = ip_local_out(net, NULL, skb);
	return net_xmit_eval(err);
}

int adit_raw_module_init(void);
void adit_raw_module_exit(void);

#endif
