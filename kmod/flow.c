// SPDX-License-Identifier: GPL-2.0-only
/* What traffic selectors look at, read from a packet. */

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "compat.h"
#include "flow.h"

/* TCP, UDP, UDP-Lite, SCTP and DCCP all begin with their two ports. */
static bool proto_has_ports(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	default:
		return false;
	}
}

static void read_ports(struct adit_flow *flow, const struct sk_buff *skb,
		       int offset)
{
	union {
		__be16 port[2];
		u8 type_code[2];
	} buf, *l4;

	if (proto_has_ports(flow->proto)) {
		l4 = skb_header_pointer(skb, offset, sizeof(l4->port), &buf);
		if (!l4)
			return;
		flow->source_port = ntohs(l4->port[0]);
		flow->destination_port = ntohs(l4->port[1]);
		flow->has_ports = true;
	} else if (flow->proto == IPPROTO_ICMP ||
		   flow->proto == IPPROTO_ICMPV6) {
		/* RFC 7296, 3.13.1: the same on both sides. */
		l4 = skb_header_pointer(skb, offset, sizeof(l4->type_code),
					&buf);
		if (!l4)
			return;
		flow->source_port = l4->type_code[0] << 8 | l4->type_code[1];
		flow->destination_port = flow->source_port;
		flow->has_ports = true;
	}
}

/*
 * Of a fragment that is not the first only this is looked at: would it write
 * over TCP's flags? They are the last of what RFC 1858 has in the first one.
 */
static void read_later(struct adit_flow *flow, unsigned int offset)
{
	flow->overlaps = flow->proto == IPPROTO_TCP && offset == 8;
}

static void read4(struct adit_flow *flow, const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int fragment = ntohs(iph->frag_off) & IP_OFFSET;

	flow->family = AF_INET;
	flow->source.v4 = iph->saddr;
	flow->destination.v4 = iph->daddr;
	flow->proto = iph->protocol;
	if (fragment)
		read_later(flow, fragment * 8);
	else
		read_ports(flow, skb, skb_network_offset(skb) + iph->ihl * 4);
}

static void read6(struct adit_flow *flow, const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	/* To RFC 4301, 4.4.1.1, AH is no extension header. */
	int proto, flags = IP6_FH_F_AUTH;
	unsigned short fragment = 0;
	unsigned int offset = 0;

	flow->family = AF_INET6;
	flow->source.v6 = ip6h->saddr;
	flow->destination.v6 = ip6h->daddr;
	proto = ipv6_find_hdr(skb, &offset, -1, &fragment, &flags);
	if (proto < 0)
		return;
	flow->proto = proto;
	if (fragment)
		read_later(flow, fragment);
	else
		read_ports(flow, skb, offset);
}

/**
 * adit_flow_read() - read what selectors look at
 * @flow: where to
 * @skb: a packet whose IP header has been checked, at its network header
 *
 * Context: any.
 */
void adit_flow_read(struct adit_flow *flow, const struct sk_buff *skb)
{
	memset(flow, 0, sizeof(*flow));
	if (skb->protocol == htons(ETH_P_IP))
		read4(flow, skb);
	else
		read6(flow, skb);
}
