// SPDX-License-Identifier: GPL-2.0-only
/* Packets that are larger than the path: cut, or their sender is told. */

#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "compat.h"
#include "child.h"
#include "dev.h"
#include "send.h"
#include "skb.h"
#include "too_big.h"

static void tell_too_big(struct sk_buff *skb, unsigned int max, u8 family)
{
	/* Also for the sockets of this host, which ICMP reaches later. */
	if (skb_valid_dst(skb))
		skb_dst_update_pmtu_no_confirm(skb, max);
	if (family == AF_INET)
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			      htonl(max));
	else
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, max);
}

static int send_fragment(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct adit_dev *adit = netdev_priv(skb_dst(skb)->dev);

	/* Fragments have lost the device: give it back. */
	skb->dev = adit->dev;
	skb->protocol = htons(ETH_P_IP);
	adit_send(adit, skb);
	return 0;
}

/*
 * An IPv4 packet that may be fragmented is, before it is protected: the far
 * gateway then has nothing to put together (RFC 4301, 8.1).
 */
static void send_fragments(struct sk_buff *skb, unsigned int max)
{
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->frag_max_size = max;
	ip_do_fragment(dev_net(skb->dev), skb->sk, skb, send_fragment);
}

/*
 * Fragments find their way by addresses and protocol alone: with ports in the
 * selectors the packet stays whole and its outer packet is cut.
 */
static bool may_fragment(const struct adit_child *child,
			 const struct sk_buff *skb, unsigned int max)
{
	return max >= ADIT_MIN_MTU && skb_valid_dst(skb) &&
	       skb_dst(skb)->dev == skb->dev &&
	       !adit_selectors_use_ports(rcu_dereference(child->selectors));
}

/**
 * adit_too_big() - what to do with a packet that is larger than the path
 * @batch: its child and its path
 * @skb: the packet; consumed if the answer is ADIT_QUEUED
 * @max: octets of the largest one that fits
 *
 * Context: bottom halves off, RCU read section.
 * Return: ADIT_OK to send it all the same, in outer fragments; ADIT_QUEUED if it
 * is on its way in fragments; or a drop reason.
 */
int adit_too_big(const struct adit_batch *batch, struct sk_buff *skb,
		 unsigned int max)
{
	const struct adit_outer *outer = &batch->path->underlay->outer;
	struct adit_skb_cb *cb = adit_skb_cb(skb);

	if (cb->hdr_len ? !cb->df : outer->df == ADIT_DF_UNSET)
		return ADIT_OK;
	/* Every IPv6 link takes 1280 octets (RFC 8200, 5). */
	if (cb->family == AF_INET6 && max < IPV6_MIN_MTU) {
		cb->df = false;
		if (adit_fits(skb, IPV6_MIN_MTU))
			return ADIT_OK;
		max = IPV6_MIN_MTU;
	}
	if (cb->family == AF_INET && !cb->df && !skb_is_gso(skb)) {
		if (may_fragment(batch->child, skb, max)) {
			send_fragments(skb, max);
			return ADIT_QUEUED;
		}
		if (outer->df == ADIT_DF_COPY)
			return ADIT_OK;
	}
	tell_too_big(skb, max, cb->family);
	return ADIT_DROP_TX_TOO_BIG;
}
