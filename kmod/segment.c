// SPDX-License-Identifier: GPL-2.0-only
/*
 * A superpacket of the stack (GSO), cut into the packets that it stands for.
 *
 * The kernel's own skb_gso_segment() knows nothing of what comes in front of
 * and behind a packet here, so that each of its segments had to be copied once
 * more. Of TCP and UDP, which are all that matters for speed, segments are made
 * right here: one allocation, with all the room, and one pass over the data,
 * which copies it and sums it up. Everything else is the kernel's to cut.
 */

#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/tso.h>

#include "compat.h"
#include "segment.h"
#include "skb.h"

#define KNOWN_TYPES (SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_TCP_ECN | \
		     SKB_GSO_UDP_L4)

/* Is it of a kind that is cut here? Its L4 header may be moved for that. */
static bool is_known(struct sk_buff *skb)
{
	unsigned int l4 = skb_transport_offset(skb);

	if (skb_shinfo(skb)->gso_type & ~KNOWN_TYPES)
		return false;
	/* Longer ones carry their length in another way. */
	if (skb->encapsulation || skb->len > IP_MAX_MTU)
		return false;
	if (skb->ip_summed != CHECKSUM_PARTIAL ||
	    skb_checksum_start_offset(skb) != l4)
		return false;
	if (!skb_is_gso_tcp(skb))
		return pskb_may_pull(skb, l4 + sizeof(struct udphdr));
	return pskb_may_pull(skb, l4 + sizeof(struct tcphdr)) &&
	       tcp_hdr(skb)->doff * 4 >= sizeof(struct tcphdr) &&
	       pskb_may_pull(skb, l4 + tcp_hdrlen(skb));
}

/*
 * The superpacket's checksum field holds the sum of its pseudo header: from
 * that of the segment the length alone differs.
 */
static __sum16 pseudo_sum(__sum16 sum, unsigned int from, unsigned int to)
{
	return csum16_add(csum16_sub(sum, htons(from)), htons(to));
}

/**
 * struct cut - a superpacket that is being cut
 * @tso: headers of the next segment
 * @hdr_len: octets of IP and L4 header
 * @at: where the next segment's data are in the superpacket
 * @headroom: octets that each segment needs in front
 * @tailroom: octets that each segment needs behind
 */
struct cut {
	struct tso_t tso;
	unsigned int hdr_len;
	unsigned int at;
	unsigned int headroom;
	unsigned int tailroom;
};

/* What tso_build_hdr() leaves to hardware, and what it gets wrong. */
static void finish_headers(const struct sk_buff *skb, const struct cut *cut,
			   u8 *head, unsigned int len, __wsum data_sum)
{
	unsigned int l4 = skb_transport_offset(skb);
	__sum16 *check = (__sum16 *)(head + l4 + skb->csum_offset);

	if (skb->protocol == htons(ETH_P_IP))
		ip_send_check((struct iphdr *)head);
	else /* It forgets extension headers. */
		((struct ipv6hdr *)head)->payload_len =
			htons(len - sizeof(struct ipv6hdr));
	/* CWR is said once (RFC 3168, 6.1.2). */
	if (skb_is_gso_tcp(skb) && cut->at > cut->hdr_len)
		((struct tcphdr *)(head + l4))->cwr = 0;

	*check = pseudo_sum(*check, skb->len - l4, len - l4);
	/* To UDP 0 is "no checksum"; to TCP both are the same. */
	*check = csum_fold(csum_partial(head + l4, cut->hdr_len - l4,
					data_sum)) ?: CSUM_MANGLED_0;
}

static struct sk_buff *next_segment(const struct sk_buff *skb, struct cut *cut)
{
	unsigned int left = skb->len - cut->at;
	unsigned int size = min_t(unsigned int, left,
				  skb_shinfo(skb)->gso_size);
	unsigned int len = cut->hdr_len + size;
	struct sk_buff *segment;
	__wsum sum;
	u8 *head;

	segment = adit_skb_alloc_like(skb, cut->headroom, len, cut->tailroom);
	if (unlikely(!segment))
		return NULL;
	skb_gso_reset(segment);
	segment->ip_summed = CHECKSUM_NONE;
	head = segment->data;
	tso_build_hdr(skb, head, &cut->tso, size, size == left);
	sum = skb_copy_and_csum_bits(skb, cut->at, head + cut->hdr_len, size);
	finish_headers(skb, cut, head, len, sum);
	cut->tso.tcp_seq += size;
	cut->at += size;
	return segment;
}

static struct sk_buff *cut_here(struct sk_buff *skb, unsigned int headroom,
				unsigned int tailroom)
{
	struct sk_buff *list = NULL, **next = &list;
	struct cut cut = { .headroom = headroom, .tailroom = tailroom };

	cut.hdr_len = tso_start(skb, &cut.tso);
	cut.at = cut.hdr_len;
	/* Each segment would count the route anew, which none needs. */
	skb_dst_drop(skb);
	do {
		*next = next_segment(skb, &cut);
		if (unlikely(!*next)) {
			kfree_skb_list(list);
			return NULL;
		}
		next = &(*next)->next;
	} while (cut.at < skb->len);
	adit_skb_move_owner(list, skb);
	return list;
}

/**
 * adit_segment() - cut a superpacket
 * @skb: the superpacket, skb->data at its IP header; consumed
 * @headroom: octets needed in front of each segment
 * @tailroom: octets needed behind each segment
 *
 * Context: any, does not sleep.
 * Return: the segments, linked by their next pointers, checksums filled in; NULL
 * without memory, @skb is still the caller's then.
 */
struct sk_buff *adit_segment(struct sk_buff *skb, unsigned int headroom,
			     unsigned int tailroom)
{
	struct sk_buff *list;

	if (likely(is_known(skb)))
		list = cut_here(skb, headroom, tailroom);
	else
		list = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(list))
		return NULL;
	consume_skb(skb);
	return list;
}
