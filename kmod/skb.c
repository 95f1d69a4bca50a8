// SPDX-License-Identifier: GPL-2.0-only
/* Memory of a packet that is provably nobody else's. */

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

/*
 * Let @to stand for @from in the accounts of the socket that sent it, or TCP
 * small queues would open before the packet has left the machine.
 */
static void move_owner(struct sk_buff *to, struct sk_buff *from)
{
	int delta = to->truesize - from->truesize;

	if (!charges_send_buffer(from))
		return;
	swap(to->sk, from->sk);
	swap(to->destructor, from->destructor);
	if (delta >= 0)
		refcount_add(delta, &to->sk->sk_wmem_alloc);
	else if (refcount_sub_and_test(-delta, &to->sk->sk_wmem_alloc))
		WARN_ON_ONCE(1);
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
 * nobody shares is trusted; everything else is copied.
 *
 * Context: any, does not sleep.
 * Return: @skb itself or a linear copy of it; NULL without memory, @skb is
 * then untouched and still the caller's.
 */
struct sk_buff *adit_skb_private(struct sk_buff *skb, unsigned int headroom,
				 unsigned int tailroom)
{
	struct sk_buff *copy;

	if (!skb_cloned(skb) && !skb_is_nonlinear(skb) &&
	    skb_headroom(skb) >= headroom && skb_tailroom(skb) >= tailroom)
		return skb;

	copy = skb_copy_expand(skb, max(skb_headroom(skb), headroom), tailroom,
			       GFP_ATOMIC);
	if (!copy)
		return NULL;
	move_owner(copy, skb);
	consume_skb(skb);
	return copy;
}
