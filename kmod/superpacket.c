// SPDX-License-Identifier: GPL-2.0-only
/*
 * ESP packets of a batch, as the datagrams of one UDP superpacket (GSO).
 *
 * They take one way through the underlay instead of one each, and are cut where
 * the kernel or the device would cut those of any socket. Segments of one
 * superpacket inside are equally long, and so are the packets that they become:
 * all but the last one, which is what UDP GSO asks for.
 */

#include <linux/udp.h>
#include <net/ip.h>
#include <net/sock.h>

#include "compat.h"
#include "skb.h"
#include "superpacket.h"

/* Octets of all datagrams together: what IPv4 can say, less what is in front. */
#define MAX_LEN (IP_MAX_MTU - sizeof(struct iphdr) - sizeof(struct udphdr))

/**
 * adit_superpacket_begin() - make the first datagram
 * @super: where to
 * @skb: the packet, skb->data at ESP; consumed
 */
void adit_superpacket_begin(struct adit_superpacket *super, struct sk_buff *skb)
{
	super->skb = skb;
	super->last = false;
	super->size = skb->len;
	super->packets = 1;
	super->bytes = adit_skb_cb(skb)->len;
}

/**
 * adit_superpacket_add() - add a datagram
 * @super: the superpacket, which has one
 * @skb: the packet, skb->data at ESP; consumed if it was added
 *
 * The memory of the packet becomes a fragment; nothing is copied.
 *
 * Return: false if there is no room for it, or it is longer.
 */
bool adit_superpacket_add(struct adit_superpacket *super, struct sk_buff *skb)
{
	unsigned int inner_len = adit_skb_cb(skb)->len;
	struct sk_buff *head = super->skb;
	unsigned int len = skb->len;
	bool stolen;
	int delta;

	if (super->last || len > super->size ||
	    super->packets == UDP_MAX_SEGMENTS || head->len + len > MAX_LEN ||
	    head->sk != skb->sk || head->destructor != skb->destructor)
		return false;
	if (!skb_try_coalesce(head, skb, &stolen, &delta))
		return false;
	/* What leaves the account of a socket with @skb comes back here. */
	if (head->destructor && delta > 0)
		refcount_add(delta, &head->sk->sk_wmem_alloc);
	kfree_skb_partial(skb, stolen);
	super->last = len < super->size;
	super->packets++;
	super->bytes += inner_len;
	return true;
}

/**
 * adit_superpacket_end() - let the kernel know what it is
 * @super: the superpacket; empty again
 *
 * Return: it, for adit_udp_push().
 */
struct sk_buff *adit_superpacket_end(struct adit_superpacket *super)
{
	struct sk_buff *skb = super->skb;
	struct skb_shared_info *shinfo = skb_shinfo(skb);

	super->skb = NULL;
	if (super->packets == 1)
		return skb;
	shinfo->gso_size = super->size;
	shinfo->gso_segs = super->packets;
	shinfo->gso_type = SKB_GSO_UDP_L4;
	return skb;
}
