// SPDX-License-Identifier: GPL-2.0-only
/* Outer headers: pushed in front, and their marks taken over behind. */

#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>

#include "compat.h"
#include "drop.h"
#include "outer.h"
#include "skb.h"

/**
 * adit_outer_note() - note what the outer header will need of the inner one
 * @skb: the inner packet, skb->data at its IP header
 *
 * After encryption the inner header cannot be asked any more.
 *
 * Return: ADIT_OK, or ADIT_DROP_TX_MALFORMED; may have moved the header.
 */
int adit_outer_note(struct sk_buff *skb)
{
	struct adit_skb_cb *cb = adit_skb_cb(skb);

	skb_reset_network_header(skb);
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		if (!pskb_may_pull(skb, sizeof(struct iphdr)) ||
		    ip_hdr(skb)->version != 4)
			return ADIT_DROP_TX_MALFORMED;
		cb->family = AF_INET;
		cb->next_header = IPPROTO_IPIP;
		cb->tos = ip_hdr(skb)->tos;
		cb->ttl = ip_hdr(skb)->ttl;
		cb->df = ip_hdr(skb)->frag_off & htons(IP_DF);
		cb->flowlabel = 0;
		break;
	case htons(ETH_P_IPV6):
		if (!pskb_may_pull(skb, sizeof(struct ipv6hdr)) ||
		    ipv6_hdr(skb)->version != 6)
			return ADIT_DROP_TX_MALFORMED;
		cb->family = AF_INET6;
		cb->next_header = IPPROTO_IPV6;
		cb->tos = ipv6_get_dsfield(ipv6_hdr(skb));
		cb->ttl = ipv6_hdr(skb)->hop_limit;
		cb->df = true;
		cb->flowlabel = ip6_flowlabel(ipv6_hdr(skb));
		break;
	default:
		return ADIT_DROP_TX_MALFORMED;
	}
	cb->len = skb->len;
	cb->hdr_len = 0;
	return ADIT_OK;
}

/**
 * adit_outer_df() - may the outer packet be fragmented on its way?
 * @outer: what the device wants
 * @skb: the packet, with the notes of adit_outer_note()
 *
 * Return: false if it may.
 */
bool adit_outer_df(const struct adit_outer *outer, const struct sk_buff *skb)
{
	const struct adit_skb_cb *cb = (const struct adit_skb_cb *)skb->cb;

	switch (outer->df) {
	case ADIT_DF_SET:
		return true;
	case ADIT_DF_UNSET:
		return false;
	default:
		return cb->df;
	}
}

/* RFC 6040, 4.1 (normal mode): ECN is copied, DSCP as the device wants. */
static u8 outer_tos(const struct adit_outer *outer, u8 inner)
{
	u8 dsfield = outer->dsfield_inherit ? inner : outer->dsfield;

	return (dsfield & ~INET_ECN_MASK) | (inner & INET_ECN_MASK);
}

static u8 outer_ttl(const struct adit_outer *outer, u8 inner, u8 default_ttl)
{
	if (outer->ttl_inherit)
		return inner;
	return outer->ttl ?: default_ttl;
}

/**
 * adit_outer_push4() - put an IPv4 header in front of a packet
 * @outer: what the device wants
 * @net: the underlay's namespace
 * @skb: the packet, with the notes of adit_outer_note() and room for the header
 * @proto: what follows the header
 * @local: outer source
 * @remote: outer destination
 * @default_ttl: TTL if the device says nothing
 *
 * Length and checksum are ip_local_out()'s to fill in.
 */
void adit_outer_push4(const struct adit_outer *outer, struct net *net,
		      struct sk_buff *skb, u8 proto, __be32 local,
		      __be32 remote, u8 default_ttl)
{
	const struct adit_skb_cb cb = *adit_skb_cb(skb);
	bool df = adit_outer_df(outer, skb);
	struct iphdr *iph;

	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	iph = skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = outer_tos(outer, cb.tos);
	iph->frag_off = df ? htons(IP_DF) : 0;
	iph->ttl = outer_ttl(outer, cb.ttl, default_ttl);
	iph->protocol = proto;
	iph->saddr = local;
	iph->daddr = remote;
	/* A packet that no one fragments needs no id (RFC 6864, 4.1). */
	if (df)
		iph->id = 0;
	else
		__ip_select_ident(net, iph, 1);
	skb->protocol = htons(ETH_P_IP);
}

/**
 * adit_outer_push6() - put an IPv6 header in front of a packet
 * @outer: what the device wants
 * @skb: the packet, with the notes of adit_outer_note() and room for the header
 * @proto: what follows the header
 * @local: outer source
 * @remote: outer destination
 * @default_ttl: hop limit if the device says nothing
 *
 * The length is ip6_local_out()'s to fill in.
 */
void adit_outer_push6(const struct adit_outer *outer, struct sk_buff *skb,
		      u8 proto, const struct in6_addr *local,
		      const struct in6_addr *remote, u8 default_ttl)
{
	const struct adit_skb_cb cb = *adit_skb_cb(skb);
	struct ipv6hdr *ip6h;

	/* IPv6 knows no DF: its sender fragments, or is told not to. */
	skb->ignore_df = !adit_outer_df(outer, skb);
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	ip6h = skb_push(skb, sizeof(*ip6h));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip6h, outer_tos(outer, cb.tos),
		     outer->flowlabel_inherit ? cb.flowlabel :
						outer->flowlabel);
	ip6h->nexthdr = proto;
	ip6h->hop_limit = outer_ttl(outer, cb.ttl, default_ttl);
	ip6h->saddr = *local;
	ip6h->daddr = *remote;
	skb->protocol = htons(ETH_P_IPV6);
}

static int check_inner4(struct sk_buff *skb)
{
	const struct iphdr *iph;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return ADIT_DROP_RX_MALFORMED;
	iph = ip_hdr(skb);
	len = ntohs(iph->tot_len);
	if (iph->version != 4 || iph->ihl < 5 || len < iph->ihl * 4 ||
	    len > skb->len || !pskb_may_pull(skb, iph->ihl * 4))
		return ADIT_DROP_RX_MALFORMED;
	/* What is behind is TFC padding (RFC 4303, 2.7). */
	if (pskb_trim_rcsum(skb, len))
		return ADIT_DROP_RX_NO_MEMORY;
	skb->protocol = htons(ETH_P_IP);
	return ADIT_OK;
}

static int check_inner6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return ADIT_DROP_RX_MALFORMED;
	ip6h = ipv6_hdr(skb);
	len = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	if (ip6h->version != 6 || len > skb->len)
		return ADIT_DROP_RX_MALFORMED;
	if (pskb_trim_rcsum(skb, len))
		return ADIT_DROP_RX_NO_MEMORY;
	skb->protocol = htons(ETH_P_IPV6);
	return ADIT_OK;
}

/**
 * adit_outer_decapsulate() - check the inner packet and take over ECN
 * @skb: the inner packet, skb->data at its IP header; the notes have the outer
 *	traffic class octet
 * @next_header: what ESP says that it is, IPPROTO_IPIP or IPPROTO_IPV6
 *
 * Return: ADIT_OK or a drop reason; with ADIT_OK the network header and the
 * protocol of @skb are the inner ones.
 */
int adit_outer_decapsulate(struct sk_buff *skb, u8 next_header)
{
	u8 outer_tos = adit_skb_cb(skb)->tos;
	int reason;
	u8 inner;

	skb_reset_network_header(skb);
	reason = next_header == IPPROTO_IPIP ? check_inner4(skb) :
					       check_inner6(skb);
	if (reason != ADIT_OK)
		return reason;
	inner = next_header == IPPROTO_IPIP ? ip_hdr(skb)->tos :
					      ipv6_get_dsfield(ipv6_hdr(skb));
	if (INET_ECN_decapsulate(skb, outer_tos, inner) > 1)
		return ADIT_DROP_RX_ECN;
	return ADIT_OK;
}

/**
 * adit_outer_copy_dscp() - give the inner packet the DSCP of its outer header
 * @skb: the inner packet, after adit_outer_decapsulate(); private
 *
 * What routers have re-marked on the way is kept (RFC 2983, 3).
 */
void adit_outer_copy_dscp(struct sk_buff *skb)
{
	u8 dscp = adit_skb_cb(skb)->tos & ~INET_ECN_MASK;

	if (skb->protocol == htons(ETH_P_IP))
		ipv4_change_dsfield(ip_hdr(skb), INET_ECN_MASK, dscp);
	else
		ipv6_change_dsfield(ipv6_hdr(skb), INET_ECN_MASK, dscp);
}
