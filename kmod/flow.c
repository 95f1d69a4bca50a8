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

/*
 * A packet whose header is @iph and begins at @offset. Inline, as each packet
 * comes here; what ICMP errors quote hardly ever does.
 */
static __always_inline void read4(struct adit_flow *flow,
				  const struct sk_buff *skb,
				  const struct iphdr *iph, int offset)
{
	unsigned int fragment = ntohs(iph->frag_off) & IP_OFFSET;

	flow->family = AF_INET;
	flow->source.v4 = iph->saddr;
	flow->destination.v4 = iph->daddr;
	flow->proto = iph->protocol;
	if (fragment)
		read_later(flow, fragment * 8);
	else
		read_ports(flow, skb, offset + iph->ihl * 4);
}

static void read6(struct adit_flow *flow, const struct sk_buff *skb,
		  const struct ipv6hdr *ip6h, int offset)
{
	/* To RFC 4301, 4.4.1.1, AH is no extension header. */
	int proto, flags = IP6_FH_F_AUTH;
	unsigned short fragment = 0;
	unsigned int at = offset;

	flow->family = AF_INET6;
	flow->source.v6 = ip6h->saddr;
	flow->destination.v6 = ip6h->daddr;
	proto = ipv6_find_hdr(skb, &at, -1, &fragment, &flags);
	if (proto < 0)
		return;
	flow->proto = proto;
	if (fragment)
		read_later(flow, fragment);
	else
		read_ports(flow, skb, at);
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
		read4(flow, skb, ip_hdr(skb), skb_network_offset(skb));
	else
		read6(flow, skb, ipv6_hdr(skb), skb_network_offset(skb));
}

/*
 * Only errors about what a packet met on its way: no redirects, which are for
 * the sender's own link, and no source quench (RFC 6633).
 */
static bool is_error(const struct adit_flow *flow)
{
	u8 type = flow->source_port >> 8;

	if (!flow->has_ports)
		return false;
	if (flow->family == AF_INET6)
		return flow->proto == IPPROTO_ICMPV6 &&
		       type >= ICMPV6_DEST_UNREACH && type <= ICMPV6_PARAMPROB;
	return flow->proto == IPPROTO_ICMP &&
	       (type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
		type == ICMP_PARAMETERPROB);
}

static bool read_quoted4(struct adit_flow *flow, const struct sk_buff *skb)
{
	int offset = skb_network_offset(skb) + ip_hdr(skb)->ihl * 4 +
		     sizeof(struct icmphdr);
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl < 5)
		return false;
	read4(flow, skb, iph, offset);
	return true;
}

static bool read_quoted6(struct adit_flow *flow, const struct sk_buff *skb)
{
	int offset = skb_network_offset(skb) + sizeof(struct ipv6hdr);
	u8 proto = ipv6_hdr(skb)->nexthdr;
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;
	__be16 frag_off;

	offset = ipv6_skip_exthdr(skb, offset, &proto, &frag_off);
	if (offset < 0)
		return false;
	offset += sizeof(struct icmp6hdr);
	ip6h = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6)
		return false;
	read6(flow, skb, ip6h, offset);
	return true;
}

/**
 * adit_flow_read_quoted() - read the packet that an ICMP error is about
 * @quoted: where to; as if that packet went the other way, which is the error's
 *	own (RFC 4301, 6.2)
 * @flow: the error itself, as adit_flow_read() has read it
 * @skb: the error
 *
 * An error is for the sender of what it quotes: one that is for somebody else
 * is none. Of a quotation without its ports @quoted has none.
 *
 * Context: any.
 * Return: false if it is no error or quotes no IP header.
 */
bool adit_flow_read_quoted(struct adit_flow *quoted,
			   const struct adit_flow *flow,
			   const struct sk_buff *skb)
{
	bool read;

	if (!is_error(flow))
		return false;
	memset(quoted, 0, sizeof(*quoted));
	read = flow->family == AF_INET6 ? read_quoted6(quoted, skb) :
					  read_quoted4(quoted, skb);
	if (!read)
		return false;
	swap(quoted->source, quoted->destination);
	swap(quoted->source_port, quoted->destination_port);
	return !adit_addr_cmp(flow->family, &quoted->destination,
			      &flow->destination);
}
