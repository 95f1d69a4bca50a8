/* SPDX-License-Identifier: GPL-2.0-only */
/* What the packet path notes on a packet, and memory that is ours to write. */
#ifndef ADIT_SKB_H
#define ADIT_SKB_H

#include <linux/skbuff.h>

struct adit_sa;

/**
 * struct adit_skb_cb - what the steps of the packet path tell each other
 * @sa: the SA; borrowed, or counted while the cipher works asynchronously
 * @seq: the whole sequence number
 * @len: octets of the inner packet; outbound 0 of a dummy packet, which is none
 * @flowlabel: outbound the inner one, 0 of IPv4
 * @tos: outbound the inner traffic class octet, inbound the outer one
 * @ttl: outbound the inner TTL or hop limit
 * @df: outbound whether the inner packet forbids fragments
 * @family: of the inner packet
 * @outer_family: outbound, of the outer header
 * @encap: inbound ADIT_ENCAP_* of what it came through
 * @next_header: outbound what the protected packet is
 * @hdr_len: outbound, in transport mode, octets of the headers that stay in
 *	front; 0 in tunnel mode
 * @nhoff: where in these the octet is that says what follows them; inbound,
 *	what follows those in front of ESP
 * @sock: inbound the id of the socket that it came through
 *
 * Lives in skb->cb from the lookup of the SA until the packet is given to the
 * underlay or to the stack, both of which clear it.
 */
struct adit_skb_cb {
	struct adit_sa *sa;
	u64 seq;
	u32 len;
	__be32 flowlabel;
	u8 tos;
	u8 ttl;
	bool df;
	u8 family;
	u8 outer_family;
	u8 next_header;
	u8 encap;
	u16 hdr_len;
	u16 nhoff;
	u32 sock;
};

/**
 * adit_skb_cb() - what the packet path noted on a packet
 * @skb: the packet
 *
 * Return: the notes, borrowed from @skb.
 */
static inline struct adit_skb_cb *adit_skb_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct adit_skb_cb) > sizeof(skb->cb));
	return (struct adit_skb_cb *)skb->cb;
}

struct sk_buff *adit_skb_alloc(unsigned int headroom, unsigned int len,
			       unsigned int tailroom);
struct sk_buff *adit_skb_alloc_like(const struct sk_buff *skb,
				    unsigned int headroom, unsigned int len,
				    unsigned int tailroom);
void adit_skb_move_owner(struct sk_buff *list, struct sk_buff *from);
struct sk_buff *adit_skb_private(struct sk_buff *skb, unsigned int headroom,
				 unsigned int tailroom);

#endif
