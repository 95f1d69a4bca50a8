// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way out begins here: which child? which SA? adit_output() has the rest of
 * it. Who is given a packet answers for it: it goes on, is held until there is an
 * SA, or adit_dev_drop() counts it.
 */

#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>

#include "compat.h"
#include "child.h"
#include "dev.h"
#include "flow.h"
#include "io.h"
#include "natflow.h"
#include "output.h"
#include "peer.h"
#include "send.h"
#include "skb.h"
#include "spd.h"

static void refuse(struct adit_dev *adit, struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, 0);
	else
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED,
				0);
	adit_dev_drop(adit, NULL, skb, 0, 0, ADIT_DROP_TX_NO_SELECTOR);
}

/* Send through a child, or hold until it has an outbound SA. */
static void send_or_hold(struct adit_child *child, struct sk_buff *skb)
{
	struct adit_sa_out *out;
	int verdict;

	for (;;) {
		out = rcu_dereference(child->out);
		if (likely(out)) {
			adit_output(child, out, skb);
			return;
		}
		verdict = adit_child_hold(child, skb);
		if (verdict == ADIT_QUEUED)
			return;
		if (verdict != ADIT_OK)
			break;
	}
	adit_dev_drop(child->adit, &child->stats, skb, 0, 0, verdict);
}

/*
 * Transport mode protects whole packets, and a host cuts what is larger than
 * the device's MTU before it comes here: put it together again. Its outer
 * packet is cut instead (RFC 4303, 3.3.4).
 */
static int gather(struct adit_dev *adit, struct sk_buff *skb)
{
	if (adit_skb_cb(skb)->family != AF_INET || !ip_is_fragment(ip_hdr(skb)))
		return ADIT_OK;
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	/* The name only keeps these fragments apart from other ones. */
	if (ip_defrag(dev_net(adit->dev), skb, IP_DEFRAG_MACVLAN))
		return ADIT_QUEUED;
	return adit_outer_note(skb);
}

/*
 * What only a device with a child in transport mode has to look for. Returns
 * ADIT_OK if the packet is still to be sent.
 */
static noinline int send_transport(struct adit_dev *adit, struct sk_buff *skb)
{
	struct adit_child *child;
	int reason = gather(adit, skb);

	if (reason != ADIT_OK)
		return reason;
	child = adit_natflow_send(adit, skb, &reason);
	if (!child)
		return reason;
	send_or_hold(child, skb);
	return ADIT_QUEUED;
}

/*
 * RFC 4301, 6.2: an ICMP error that no child carries takes the way of the
 * answers to the packet that it quotes. No SA is asked for because of it.
 */
static noinline bool send_error(struct adit_dev *adit,
				const struct adit_flow *flow,
				struct sk_buff *skb)
{
	struct adit_child *child;
	struct adit_sa_out *out;
	struct adit_flow quoted;

	if (!adit_flow_read_quoted(&quoted, flow, skb))
		return false;
	child = adit_natflow_child(adit, &quoted) ?:
		adit_spd_lookup(&adit->spd, &quoted);
	if (!child || !READ_ONCE(child->icmp_errors) ||
	    !adit_child_between(child, flow->family, &flow->source,
				&flow->destination))
		return false;
	out = rcu_dereference(child->out);
	if (out)
		adit_output(child, out, skb);
	else
		adit_dev_drop(adit, &child->stats, skb, 0, 0,
			      ADIT_DROP_TX_NO_SA);
	return true;
}

/**
 * adit_send() - send an inner packet
 * @adit: the interface that it was routed to
 * @skb: the packet, at its IP header; consumed
 *
 * Context: bottom halves off.
 */
void adit_send(struct adit_dev *adit, struct sk_buff *skb)
{
	struct adit_child *child;
	struct adit_flow flow;
	int reason;

	rcu_read_lock();
	reason = adit_outer_note(skb);
	if (likely(reason == ADIT_OK) &&
	    unlikely(READ_ONCE(adit->transport_count)))
		reason = send_transport(adit, skb);
	if (unlikely(reason != ADIT_OK)) {
		if (reason != ADIT_QUEUED)
			adit_dev_drop(adit, NULL, skb, 0, 0, reason);
		goto out;
	}
	adit_flow_read(&flow, skb);
	child = adit_spd_lookup(&adit->spd, &flow);
	if (likely(child) && adit_child_between(child, flow.family,
						&flow.source,
						&flow.destination))
		send_or_hold(child, skb);
	else if (child || !send_error(adit, &flow, skb))
		refuse(adit, skb);
out:
	rcu_read_unlock();
}

/*
 * What was held is looked at as if it came now: the SA may be for less than the
 * child was that waited for it (RFC 7296, 2.9; an inner address that only the peer
 * gives), and the peer would drop it without a word.
 */
static void send_again(struct adit_child *child, struct sk_buff *skb)
{
	struct adit_dev *adit = child->adit;
	struct adit_flow flow;

	adit_flow_read(&flow, skb);
	if (unlikely(!adit_child_carries(child, &flow))) {
		child = adit_spd_lookup(&adit->spd, &flow);
		if (child && !adit_child_carries(child, &flow))
			child = NULL;
	}
	if (child)
		send_or_hold(child, skb);
	else if (!send_error(adit, &flow, skb))
		refuse(adit, skb);
}

/**
 * adit_send_held() - send what a child holds
 * @child: the child, which may have now what was missing
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_send_held(struct adit_child *child)
{
	struct sk_buff_head held;
	struct sk_buff *skb;

	__skb_queue_head_init(&held);
	spin_lock_bh(&child->hold_lock);
	skb_queue_splice_init(&child->held, &held);
	spin_unlock_bh(&child->hold_lock);

	local_bh_disable();
	rcu_read_lock();
	while ((skb = __skb_dequeue(&held))) {
		atomic_dec(&child->adit->held);
		send_again(child, skb);
	}
	rcu_read_unlock();
	local_bh_enable();
}
