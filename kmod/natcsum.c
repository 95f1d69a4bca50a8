// SPDX-License-Identifier: GPL-2.0-only
/* Checksums in transport mode behind NAT. */

#include <linux/icmpv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>

#include "compat.h"
#include "natcsum.h"

/**
 * struct rule - a protocol whose checksum covers the addresses
 * @proto: IP protocol
 * @check: where the checksum is
 * @optional: 0 is "none" (RFC 768), and not what one comes to
 * @whole: it covers all that follows, as opposed to what the sender chose
 */
struct rule {
	u8 proto;
	u8 check;
	bool optional;
	bool whole;
};

static const struct rule rules[] = {
	{ IPPROTO_UDP, offsetof(struct udphdr, check), true, true },
	{ IPPROTO_TCP, offsetof(struct tcphdr, check), false, true },
	{ IPPROTO_ICMPV6, offsetof(struct icmp6hdr, icmp6_cksum), false, true },
	{ IPPROTO_UDPLITE, offsetof(struct udphdr, check), true, false },
	/* RFC 4340, 5.1 */
	{ IPPROTO_DCCP, 6, false, false },
};

static const struct rule *rule_of(u8 proto)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		if (rules[i].proto == proto)
			return &rules[i];
	return NULL;
}

/**
 * adit_natcsum_offset() - where what is transported begins
 * @skb: a packet whose IP header has been checked, at its network header
 * @proto: its protocol
 *
 * Return: octets from skb->data on, or a negative error if there is none, or
 * none that is whole.
 */
int adit_natcsum_offset(const struct sk_buff *skb, u8 *proto)
{
	/* As selectors see it: AH is no extension header. */
	int found, flags = IP6_FH_F_AUTH;
	unsigned int at = skb_network_offset(skb);
	unsigned short fragment = 0;

	if (skb->protocol == htons(ETH_P_IP)) {
		if (ip_is_fragment(ip_hdr(skb)))
			return -EINVAL;
		*proto = ip_hdr(skb)->protocol;
		return at + ip_hdrlen(skb);
	}
	if (!IS_ENABLED(CONFIG_IPV6))
		return -EAFNOSUPPORT;
	found = ipv6_find_hdr(skb, &at, -1, &fragment, &flags);
	if (found < 0 || fragment || flags & IP6_FH_F_FRAG)
		return -EINVAL;
	*proto = found;
	return at;
}

/**
 * adit_natcsum_field() - the checksum of what is transported
 * @skb: the packet
 * @offset: what adit_natcsum_offset() said
 * @proto: its protocol
 *
 * Return: the checksum, or NULL if @proto has none that covers the addresses, if
 * it is not in the linear part of the packet, or if it says "none".
 */
__sum16 *adit_natcsum_field(struct sk_buff *skb, unsigned int offset, u8 proto)
{
	const struct rule *rule = rule_of(proto);
	__sum16 *check;

	if (!rule || offset + rule->check + sizeof(*check) > skb_headlen(skb))
		return NULL;
	check = (__sum16 *)(skb->data + offset + rule->check);
	if (rule->optional && !*check && skb->ip_summed != CHECKSUM_PARTIAL)
		return NULL;
	return check;
}

static void replace(struct sk_buff *skb, __sum16 *check, u16 family,
		    const union adit_addr *from, const union adit_addr *to)
{
	if (adit_addr_is_any(family, from))
		return;
	if (family == AF_INET)
		inet_proto_csum_replace4(check, skb, from->v4, to->v4, true);
	else
		inet_proto_csum_replace16(check, skb, from->word, to->word,
					  true);
}

/* From the addresses that it was made with to those that the packet has. */
static void update(struct sk_buff *skb, __sum16 *check,
		   const struct adit_nat_oa *oa)
{
	union adit_addr source = { }, destination = { };

	if (oa->family == AF_INET) {
		source.v4 = ip_hdr(skb)->saddr;
		destination.v4 = ip_hdr(skb)->daddr;
	} else {
		source.v6 = ipv6_hdr(skb)->saddr;
		destination.v6 = ipv6_hdr(skb)->daddr;
	}
	replace(skb, check, oa->family, &oa->remote, &source);
	replace(skb, check, oa->family, &oa->local, &destination);
}

/*
 * What it was made with is not known. The ICV has just covered what it covers:
 * make a new one, so that whoever the packet is given to finds a right one.
 */
static void make(struct sk_buff *skb, __sum16 *check, unsigned int offset,
		 u8 proto)
{
	const struct udphdr *uh = (const void *)(skb->data + offset);
	unsigned int len = skb->len - offset;
	__wsum sum;

	if (proto == IPPROTO_UDP) {
		if (ntohs(uh->len) < sizeof(*uh) || ntohs(uh->len) > len)
			return;
		len = ntohs(uh->len);
	}
	*check = 0;
	sum = skb_checksum(skb, offset, len, 0);
	if (skb->protocol == htons(ETH_P_IP))
		*check = csum_tcpudp_magic(ip_hdr(skb)->saddr,
					   ip_hdr(skb)->daddr, len, proto, sum);
	else
		*check = csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
					 &ipv6_hdr(skb)->daddr, len, proto,
					 sum);
}

/**
 * adit_natcsum_fix() - let a checksum be of the addresses that a packet has
 * @skb: the packet, linear and private, skb->data at its IP header
 * @oa: the addresses that its sender used
 *
 * Where these are known only they are replaced: what was wrong stays wrong.
 *
 * Context: any.
 */
void adit_natcsum_fix(struct sk_buff *skb, const struct adit_nat_oa *oa)
{
	bool is_ipv4 = skb->protocol == htons(ETH_P_IP);
	const struct rule *rule;
	__sum16 *check;
	int offset;
	u8 proto;

	offset = adit_natcsum_offset(skb, &proto);
	if (offset < 0)
		return;
	check = adit_natcsum_field(skb, offset, proto);
	if (!check || (is_ipv4 && proto == IPPROTO_ICMPV6))
		return;
	rule = rule_of(proto);
	if (oa->family == (is_ipv4 ? AF_INET : AF_INET6))
		update(skb, check, oa);
	else if (rule->whole)
		make(skb, check, offset, proto);
	if (rule->optional && !*check)
		*check = CSUM_MANGLED_0;
}
