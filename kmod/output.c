// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the inner packet to the underlay, in the order in which a packet goes:
 *
 *   adit_output()    does it fit the path?
 *   send_segments()  cut a superpacket
 *   seal_batch()     reserve sequence numbers
 *   seal_one()       protect a packet
 *   send_sealed()    AH around ESP, outer headers, and out; here packets come
 *                    back to that an asynchronous cipher had
 *
 * A superpacket is one batch, a single packet a batch of one. Each step answers
 * for the packets it was given: they go on, or adit_dev_drop() counts them.
 */

#include "compat.h"
#include "batch.h"
#include "child.h"
#include "dev.h"
#include "io.h"
#include "ipcomp.h"
#include "output.h"
#include "peer.h"
#include "raw.h"
#include "segment.h"
#include "skb.h"
#include "sock.h"
#include "tcp.h"
#include "too_big.h"
#include "transport.h"
#include "udp.h"
#include "xform.h"

static void drop(struct adit_batch *batch, struct sk_buff *skb, int reason)
{
	struct adit_sa *sa = &batch->sa->sa;

	adit_dev_drop(batch->child->adit, &sa->stats, skb, sa->spi,
		      adit_skb_cb(skb)->seq, reason);
}

static void drop_list(struct adit_batch *batch, struct sk_buff *list,
		      int reason)
{
	struct sk_buff *skb, *next;

	skb_list_walk_safe(list, skb, next) {
		skb_mark_not_on_list(skb);
		drop(batch, skb, reason);
	}
}

static int reason_of(int err)
{
	switch (err) {
	case -ENOMEM:
		return ADIT_DROP_TX_NO_MEMORY;
	case -EPROTO:
		return ADIT_DROP_TX_MALFORMED;
	default:
		return ADIT_DROP_TX_CRYPTO;
	}
}

/* AH around what ESP has made (RFC 2401, 4.3: a bundle). */
static int wrap(struct adit_sa_out *ah, struct sk_buff *skb)
{
	struct adit_skb_cb *cb = adit_skb_cb(skb);

	/* One without octets is a dummy, see seal_batch(). */
	if (!adit_sa_charge(&ah->sa, &ah->sa.stats.tx_packets,
			    &ah->sa.stats.tx_bytes, !!cb->len,
			    cb->len ? skb->len : 0))
		return ADIT_DROP_TX_EXPIRED;
	cb->seq = adit_sa_out_reserve(ah, 1);
	if (!cb->seq)
		return ADIT_DROP_TX_SEQUENCE;
	cb->next_header = IPPROTO_ESP;
	ah->sa.xform->output(&ah->sa, skb, NULL);
	return ADIT_OK;
}

static int find_way(struct adit_batch *batch)
{
	if (unlikely(!adit_sock_ready(&batch->path->end)))
		return ADIT_DROP_TX_NO_SOCKET;
	return adit_path_route(batch->path, &batch->route);
}

/* To the underlay: so many inner packets with so many octets. */
static void send_out(struct adit_batch *batch, struct sk_buff *skb,
		     unsigned int packets, unsigned int bytes)
{
	if (unlikely(adit_raw_send(batch->path, &batch->route, skb))) {
		/* The packet is gone, only its count is left. */
		adit_dev_count_drop(batch->child->adit, &batch->sa->sa.stats,
				    ADIT_DROP_TX_UNDERLAY);
		return;
	}
	batch->packets += packets;
	batch->bytes += bytes;
}

static void send_udp(struct adit_batch *batch, struct sk_buff *skb,
		     unsigned int packets, unsigned int bytes)
{
	adit_udp_push(batch->path, &batch->route, skb);
	send_out(batch, skb, packets, bytes);
}

static void send_super(struct adit_batch *batch)
{
	struct adit_superpacket *super = batch->super;

	if (super->skb)
		send_udp(batch, adit_superpacket_end(super), super->packets,
			 super->bytes);
}

/* Sealed packets as datagrams of one superpacket, as far as they fit. */
static void collect(struct adit_batch *batch, struct sk_buff *skb)
{
	struct adit_superpacket *super = batch->super;

	if (super->skb && adit_superpacket_add(super, skb))
		return;
	send_super(batch);
	adit_superpacket_begin(super, skb);
}

/*
 * Only where the device sums up what it sends: to do that here costs more than
 * one way through the underlay for each datagram, whose checksum is 0.
 */
static bool may_collect(const struct adit_batch *batch,
			struct sk_buff *skb)
{
	const struct net_device *dev = batch->route.dst->dev;
	netdev_features_t sums = NETIF_F_HW_CSUM;

	sums |= batch->path->end.family == AF_INET6 ? NETIF_F_IPV6_CSUM :
						      NETIF_F_IP_CSUM;
	return batch->path->end.encap == ADIT_ENCAP_UDP &&
	       !adit_skb_cb(skb)->hdr_len && !batch->sa->sa.crypto.async &&
	       (dev->features & sums);
}

/* From the sealed packet into a stream, which has no outer headers. */
static void stream(struct adit_batch *batch, struct sk_buff *skb)
{
	unsigned int len = adit_skb_cb(skb)->len;
	int reason;

	reason = adit_tcp_send(batch->path->end.sock, skb);
	if (unlikely(reason != ADIT_OK)) {
		drop(batch, skb, reason);
		return;
	}
	batch->packets += !!len;
	batch->bytes += len;
}

/* A batch, or what a cipher has given back, is in the stream: send it. */
static void flush(const struct adit_batch *batch)
{
	struct adit_dev *adit = batch->child->adit;

	if (batch->path->end.encap == ADIT_ENCAP_TCP)
		adit_tcp_flush(batch->path->end.sock,
			       READ_ONCE(adit->peer_count) == 1 ? adit->dev :
								  NULL);
}

/* From the sealed packet to the underlay. */
static void send_sealed(struct adit_batch *batch, struct sk_buff *skb)
{
	struct adit_sa_out *outermost = batch->sa->ah ?: batch->sa;
	const struct adit_sa *sa = &outermost->sa;
	unsigned int len;
	int reason, err;
	u64 seq;

	if (batch->super) {
		collect(batch, skb);
		return;
	}
	if (unlikely(batch->sa->ah)) {
		reason = wrap(batch->sa->ah, skb);
		if (unlikely(reason != ADIT_OK)) {
			drop(batch, skb, reason);
			return;
		}
	}
	if (batch->path->end.encap == ADIT_ENCAP_UDP) {
		send_udp(batch, skb, !!adit_skb_cb(skb)->len,
			 adit_skb_cb(skb)->len);
		return;
	}
	if (batch->path->end.encap == ADIT_ENCAP_TCP) {
		stream(batch, skb);
		return;
	}
	seq = adit_skb_cb(skb)->seq;
	len = adit_skb_cb(skb)->len;
	adit_raw_push(batch->path, &batch->route, skb, sa->proto);
	if (unlikely(sa->xform->sign)) {
		err = sa->xform->sign(sa, skb, seq);
		if (unlikely(err)) {
			drop(batch, skb, reason_of(err));
			return;
		}
	}
	send_out(batch, skb, !!len, len);
}

static void count_sent(const struct adit_batch *batch)
{
	if (likely(batch->packets))
		adit_dev_stats_tx(batch->child->adit->stats, batch->packets,
				  batch->bytes);
}

/* The cipher is done with a packet that it had to queue. */
static void sealed_later(struct sk_buff *skb, int err)
{
	struct adit_sa *sa = adit_skb_cb(skb)->sa;
	struct adit_batch batch = {
		.child = sa->child,
		.sa = adit_sa_out(sa),
	};
	int reason = ADIT_OK;

	rcu_read_lock();
	batch.path = rcu_dereference(sa->child->peer->path);
	if (err)
		reason = reason_of(err);
	else
		reason = find_way(&batch);
	if (reason != ADIT_OK) {
		drop(&batch, skb, reason);
	} else {
		send_sealed(&batch, skb);
		flush(&batch);
		count_sent(&batch);
		adit_route_put(&batch.route);
	}
	rcu_read_unlock();
	adit_sa_put(sa);
}

/* Protect one packet. Returns whether the cipher keeps it, and a reference. */
static bool seal_one(struct adit_batch *batch, struct sk_buff *skb)
{
	unsigned int pad = batch->pad_to > skb->len ? batch->pad_to - skb->len :
						      0;
	struct adit_sa *sa = &batch->sa->sa;
	struct sk_buff *own;
	int err;

	own = adit_skb_private(skb, batch->headroom, batch->tailroom + pad);
	if (unlikely(!own)) {
		drop(batch, skb, ADIT_DROP_TX_NO_MEMORY);
		return false;
	}
	/* The receiver finds the end by the inner header (RFC 4303, 2.7). */
	if (unlikely(pad))
		skb_put_zero(own, pad);
	adit_skb_cb(own)->sa = sa;
	if (adit_skb_cb(own)->hdr_len)
		adit_transport_lift(own, batch->head_len);
	if (unlikely(sa->cpi) && adit_skb_cb(own)->len)
		adit_ipcomp_deflate(own, sa->cpi);
	err = sa->xform->output(sa, own, sealed_later);
	if (err == -EINPROGRESS)
		return true;
	if (unlikely(err))
		drop(batch, own, reason_of(err));
	else
		send_sealed(batch, own);
	return false;
}

/*
 * Up to ADIT_BATCH_MAX packets of one SA, linked by their next pointers. Limits
 * are of inner packets: one without octets is a dummy, and none.
 */
static void seal_batch(struct adit_batch *batch, struct sk_buff *list,
		       unsigned int packets, unsigned int bytes)
{
	struct adit_sa_out *out = batch->sa;
	unsigned int kept = 0;
	struct sk_buff *skb, *next;
	u64 seq;

	/* One for each packet that an asynchronous cipher may keep. */
	if (out->sa.crypto.async && !adit_sa_get_many(&out->sa, packets)) {
		drop_list(batch, list, ADIT_DROP_TX_EXPIRED);
		return;
	}
	if (unlikely(!adit_sa_charge(&out->sa, &out->sa.stats.tx_packets,
				     &out->sa.stats.tx_bytes,
				     bytes ? packets : 0, bytes))) {
		drop_list(batch, list, ADIT_DROP_TX_EXPIRED);
		goto put;
	}
	seq = adit_sa_out_reserve(out, packets);
	if (unlikely(!seq)) {
		drop_list(batch, list, ADIT_DROP_TX_SEQUENCE);
		goto put;
	}
	batch->packets = 0;
	batch->bytes = 0;
	skb_list_walk_safe(list, skb, next) {
		skb_mark_not_on_list(skb);
		adit_skb_cb(skb)->seq = seq++;
		kept += seal_one(batch, skb);
	}
	if (batch->super)
		send_super(batch);
	flush(batch);
	count_sent(batch);
put:
	if (out->sa.crypto.async)
		adit_sa_put_many(&out->sa, packets - kept);
}

/* Segments are new packets: they have none of the superpacket's notes. */
static void note_segment(struct sk_buff *skb, const struct adit_skb_cb *cb)
{
	*adit_skb_cb(skb) = *cb;
	adit_skb_cb(skb)->len = skb->len;
}

/* A superpacket, as batches of its segments. */
static void send_segments(struct adit_batch *batch, struct sk_buff *skb)
{
	const struct adit_skb_cb cb = *adit_skb_cb(skb);
	struct sk_buff *list, *first, *last;
	struct adit_superpacket super = { };
	unsigned int packets, bytes;

	if (may_collect(batch, skb))
		batch->super = &super;
	list = adit_segment(skb, batch->headroom, batch->tailroom);
	if (unlikely(!list)) {
		drop(batch, skb, ADIT_DROP_TX_NO_MEMORY);
		return;
	}
	while ((first = list)) {
		packets = 0;
		bytes = 0;
		last = NULL;
		while (list && packets < ADIT_BATCH_MAX) {
			last = list;
			note_segment(last, &cb);
			packets++;
			bytes += last->len;
			list = last->next;
		}
		last->next = NULL;
		seal_batch(batch, first, packets, bytes);
	}
}

/*
 * The route is known: how much room is needed? Returns the largest packet that
 * fits it; @hdr_len as in &struct adit_skb_cb. Inline for the one caller that
 * all packets come through; the other one is the dummies'.
 */
static __always_inline unsigned int measure(struct adit_batch *batch,
					    unsigned int hdr_len)
{
	struct dst_entry *dst = batch->route.dst;
	u16 family = batch->path->end.family;
	unsigned int encap_len, outer_len, max;

	encap_len = adit_path_encap_len(&batch->path->end);
	outer_len = hdr_len ? hdr_len + encap_len :
			      adit_path_outer_len(&batch->path->end);
	batch->head_len = adit_bundle_head_len(batch->sa, family) + encap_len;
	batch->headroom = batch->head_len + outer_len - encap_len +
			  LL_RESERVED_SPACE(dst->dev);
	batch->tailroom = batch->sa->tail_len;
	max = adit_bundle_max_inner(batch->sa,
				    max(dst_mtu(dst), outer_len) - outer_len,
				    family) + hdr_len;
	batch->pad_to = min(READ_ONCE(batch->sa->tfc_padding), max);
	return max;
}

/* Is the packet fit for the route? */
static int fit(struct adit_batch *batch, struct sk_buff *skb)
{
	unsigned int max;
	int reason;

	if (batch->child->mode == ADIT_MODE_TRANSPORT) {
		reason = adit_transport_note(skb);
		if (unlikely(reason != ADIT_OK))
			return reason;
	}
	adit_skb_cb(skb)->outer_family = batch->path->end.family;
	max = measure(batch, adit_skb_cb(skb)->hdr_len);
	return likely(adit_fits(skb, max)) ? ADIT_OK :
					     adit_too_big(batch, skb, max);
}

/*
 * There was nowhere to send to: what a peer sends first, from where it was not
 * known to be, is answered before it has moved there. Returns ADIT_OK if there is
 * a way by now.
 */
static noinline int wait_for_way(struct adit_batch *batch, struct sk_buff *skb,
				 int reason)
{
	int verdict;

	while (reason == ADIT_DROP_TX_NO_ENDPOINT ||
	       reason == ADIT_DROP_TX_NO_SOCKET) {
		verdict = adit_child_hold(batch->child, skb);
		if (verdict != ADIT_OK)
			return verdict;
		batch->path = rcu_dereference(batch->child->peer->path);
		reason = find_way(batch);
	}
	return reason;
}

/**
 * adit_output() - send an inner packet through an SA
 * @child: whose packet it is
 * @out: its outbound SA
 * @skb: the packet, noted by adit_outer_note(); consumed
 *
 * Context: bottom halves off, RCU read-side section.
 */
void adit_output(struct adit_child *child, struct adit_sa_out *out,
		 struct sk_buff *skb)
{
	struct adit_batch batch = { .child = child, .sa = out };
	int reason;

	batch.path = rcu_dereference(child->peer->path);
	reason = find_way(&batch);
	if (unlikely(reason != ADIT_OK))
		reason = wait_for_way(&batch, skb, reason);
	if (unlikely(reason != ADIT_OK)) {
		if (reason != ADIT_QUEUED)
			drop(&batch, skb, reason);
		return;
	}
	reason = fit(&batch, skb);
	if (unlikely(reason != ADIT_OK)) {
		if (reason != ADIT_QUEUED)
			drop(&batch, skb, reason);
	} else if (skb_is_gso(skb)) {
		send_segments(&batch, skb);
	} else {
		skb_mark_not_on_list(skb);
		seal_batch(&batch, skb, 1, skb->len);
	}
	adit_route_put(&batch.route);
}

static struct sk_buff *alloc_dummy(const struct adit_batch *batch,
				   unsigned int len)
{
	unsigned int room = max(len, batch->pad_to) + batch->tailroom;
	struct sk_buff *skb;

	skb = adit_skb_alloc(batch->headroom, len, room - len);
	if (!skb)
		return NULL;
	skb->dev = batch->child->adit->dev;
	adit_skb_cb(skb)->outer_family = batch->path->end.family;
	adit_skb_cb(skb)->df = true;
	return skb;
}

/**
 * adit_output_dummy() - send a dummy packet (RFC 4303, 2.6)
 * @child: the child, through whose outbound SA it leaves
 * @len: its octets, which are 0 before they are encrypted
 *
 * It is no inner packet and counted nowhere, but for its sequence number; if it
 * is dropped, it is counted as any packet. In transport mode, too, its header is
 * the one that tunnel mode has: that is between the same two hosts.
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: 0 if it went on its way; -EOPNOTSUPP if AH alone protects the child's
 * packets, -ENETDOWN if the device is down, -ENOENT without an outbound SA,
 * -ENETUNREACH without a route or a socket, -EMSGSIZE if it does not fit the path, -ENOMEM.
 */
int adit_output_dummy(struct adit_child *child, unsigned int len)
{
	struct adit_batch batch = { .child = child };
	struct sk_buff *skb;
	int err = 0;

	if (child->protocols == ADIT_PROTOCOLS_AH)
		return -EOPNOTSUPP;
	if (!(READ_ONCE(child->adit->dev->flags) & IFF_UP))
		return -ENETDOWN;
	local_bh_disable();
	rcu_read_lock();
	batch.sa = rcu_dereference(child->out);
	if (!batch.sa) {
		err = -ENOENT;
		goto out;
	}
	batch.path = rcu_dereference(child->peer->path);
	if (find_way(&batch) != ADIT_OK) {
		err = -ENETUNREACH;
		goto out;
	}
	if (len <= measure(&batch, 0)) {
		skb = alloc_dummy(&batch, len);
		if (skb)
			seal_batch(&batch, skb, 1, 0);
		else
			err = -ENOMEM;
	} else {
		err = -EMSGSIZE;
	}
	adit_route_put(&batch.route);
out:
	rcu_read_unlock();
	local_bh_enable();
	return err;
}
