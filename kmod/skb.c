// SPDX-License-Identifier: GPL-2.0-only
/* Memory of a packet that is provably nobody else's. */

#include <net/ip.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "compat.h"
#include "skb.h"

/* Is it charged to the send buffer of a socket, which waits for its end? */
static bool charges_send_buffer(const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	if (!sk || !skb->destructor)
		return false;
	if (skb->destructor == sock_wfree)
		return true;
	/* TCP's own destructor is not exported: what is left is TCP's. */
	return sk_fullsock(sk) && sk_is_tcp(sk) &&
	       skb->destructor != sock_rfree && skb->destructor != sock_efree;
}

/**
 * adit_skb_move_owner() - let packets stand for another in a socket's accounts
 * @list: the packets, new and linked by their next pointers
 * @from: the one that they were made of, which is freed next
 *
 * Else TCP small queues would open before the packets have left the machine.
 */
void adit_skb_move_owner(struct sk_buff *list, struct sk_buff *from)
{
	int delta = -from->truesize;
	struct sk_buff *to;

	if (!charges_send_buffer(from))
		return;
	for (to = list; to; to = to->next) {
		to->sk = from->sk;
		to->destructor = from->destructor;
		delta += to->truesize;
	}
	if (delta >= 0)
		refcount_add(delta, &from->sk->sk_wmem_alloc);
	else if (refcount_sub_and_test(-delta, &from->sk->sk_wmem_alloc))
		WARN_ON_ONCE(1);
	from->sk = NULL;
	from->destructor = NULL;
}

/**
 * adit_skb_alloc() - a packet that has no inner header
 * @headroom: octets in front of the data
 * @len: octets of data, which are 0
 * @tailroom: octets behind the data
 *
 * Context: any, does not sleep.
 * Return: the packet with notes as of one that says nothing, or NULL without
 * memory.
 */
struct sk_buff *adit_skb_alloc(unsigned int headroom, unsigned int len,
			       unsigned int tailroom)
{
	struct adit_skb_cb *cb;
	struct sk_buff *skb;

	skb = alloc_skb(headroom + len + tailroom, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_put_zero(skb, len);
	cb = adit_skb_cb(skb);
	memset(cb, 0, sizeof(*cb));
	cb->next_header = IPPROTO_NONE;
	cb->ttl = IPDEFTTL;
	return skb;
}

/**
 * adit_skb_alloc_like() - a linear packet with the headers' places of another
 * @skb: the other
 * @headroom: octets in front of the data
 * @len: octets of data, which are not filled in
 * @tailroom: octets behind the data
 *
 * Context: any, does not sleep.
 * Return: the packet, or NULL without memory.
 */
struct sk_buff *adit_skb_alloc_like(const struct sk_buff *skb,
				    unsigned int headroom, unsigned int len,
				    unsigned int tailroom)
{
	struct sk_buff *new;

	/* As if received: its memory can become a fragment of another one. */
	new = netdev_alloc_skb(skb->dev, headroom + len + tailroom);
	if (unlikely(!new))
		return NULL;
	skb_reserve(new, headroom);
	skb_put(new, len);
	skb_copy_header(new, skb);
	skb_headers_offset_update(new, skb_headroom(new) - skb_headroom(skb));
	return new;
}

/*
 * Copy the data, and fill in a checksum that was left to hardware. What is in
 * front, where outer headers were, comes along for whoever looks at a drop.
 */
static void copy_data(struct sk_buff *to, const struct sk_buff *from)
{
	unsigned int front = skb_headroom(from);
	unsigned int start = from->len;
	__wsum sum;

	memcpy(to->data - front, from->data - front, front);
	if (from->ip_summed == CHECKSUM_PARTIAL)
		start = skb_checksum_start_offset(from);
	skb_copy_bits(from, 0, to->data, start);
	if (start == from->len)
		return;
	sum = skb_copy_and_csum_bits(from, start, to->data + start,
				     from->len - start);
	/* To UDP 0 is "no checksum"; to TCP both are the same. */
	*(__sum16 *)(to->data + start + from->csum_offset) =
		csum_fold(sum) ?: CSUM_MANGLED_0;
	to->ip_summed = CHECKSUM_NONE;
}

/**
 * adit_skb_private() - a packet that may be written and encrypted in place
 * @skb: the packet, which is consumed
 * @headroom: octets needed in front of the data
 * @tailroom: octets needed behind it
 *
 * A cipher that works in place writes over what it reads. Page fragments may
 * belong to a file (splice, sendfile), to a sender's retransmit queue or to
 * user memory, and flags that should tell have been wrong before
 * (CVE-2026-43284, CVE-2026-46300). So only the linear part of a packet that
 * nobody shares is trusted; everything else is copied. A checksum that was left
 * to hardware is filled in, on the way if there is one.
 *
 * Context: any, does not sleep.
 * Return: @skb itself or a linear copy of it; NULL without memory, @skb is
 * still the caller's then.
 */
struct sk_buff *adit_skb_private(struct sk_buff *skb, unsigned int headroom,
				 unsigned int tailroom)
{
	bool is_private = !skb_cloned(skb) && !skb_is_nonlinear(skb) &&
			  skb_headroom(skb) >= headroom &&
			  skb_tailroom(skb) >= tailroom;
	struct sk_buff *copy;

	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    (is_private || skb_csum_is_sctp(skb)) &&
	    skb_csum_hwoffload_help(skb, 0))
		return NULL;
	if (is_private)
		return skb;

	copy = adit_skb_alloc_like(skb, max(skb_headroom(skb), headroom),
				   skb->len, tailroom);
	if (!copy)
		return NULL;
	copy_data(copy, skb);
	adit_skb_move_owner(copy, skb);
	consume_skb(skb);
	return copy;
}
