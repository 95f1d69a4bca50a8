// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way in, in the order in which a packet takes it:
 *
 *   adit_recv()  which SA? of a bundle AH ends here
 *   open_sa()    could it be valid? then to the cipher
 *   opened()     is it? replay window, trailer, inner header, selectors; here
 *                packets come back to that an asynchronous cipher had
 *   deliver()    to the stack, through GRO
 */

#include <net/dsfield.h>
#include <net/gro_cells.h>

#include "compat.h"
#include "child.h"
#include "dev.h"
#include "flow.h"
#include "io.h"
#include "ipcomp.h"
#include "natcsum.h"
#include "natflow.h"
#include "peer.h"
#include "skb.h"
#include "sock.h"
#include "transport.h"
#include "xform.h"

static void drop(struct adit_sa *sa, struct sk_buff *skb, int reason)
{
	adit_dev_drop(sa->child->adit, &sa->stats, skb, sa->spi,
		      adit_skb_cb(skb)->seq, reason);
}

static void deliver(struct adit_dev *adit, struct sk_buff *skb)
{
	struct net_device *dev = adit->dev;
	unsigned int len = skb->len;

	skb_scrub_packet(skb, !net_eq(dev_net(dev), adit->an->net));
	skb_clear_hash(skb);
	skb_reset_mac_header(skb);
	skb_reset_transport_header(skb);
	skb->encapsulation = 0;
	skb->dev = dev;
	/*
	 * The ICV has just covered what the checksum covers. With receive
	 * checksumming off it is verified all the same.
	 */
	if (likely(dev->features & NETIF_F_RXCSUM)) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		skb->csum_level = ~0;
	} else {
		skb->ip_summed = CHECKSUM_NONE;
	}
	adit_dev_stats_rx(adit->stats, 1, len);
	gro_cells_receive(&adit->cells, skb);
}

static int replay_reason(enum adit_replay_verdict verdict)
{
	switch (verdict) {
	case ADIT_REPLAY_OLD:
		return ADIT_DROP_RX_REPLAY_OLD;
	case ADIT_REPLAY_DUPLICATE:
		return ADIT_DROP_RX_REPLAY_DUPLICATE;
	default:
		return ADIT_OK;
	}
}

/*
 * Before the ICV is verified: guess the number, and is it worth the cipher?
 * Bottom halves are off, here and in replay_commit().
 */
static int replay_check(struct adit_sa_in *in, struct sk_buff *skb)
{
	struct adit_replay *replay = in->replay;
	enum adit_replay_verdict verdict;
	u64 seq;

	spin_lock(&in->replay_lock);
	seq = adit_replay_infer(replay->top, replay->window, replay->esn,
				in->sa.xform->sequence(skb));
	verdict = adit_replay_check(replay, seq);
	spin_unlock(&in->replay_lock);
	adit_skb_cb(skb)->seq = seq;
	return replay_reason(verdict);
}

static int replay_commit(struct adit_sa_in *in, u64 seq)
{
	enum adit_replay_verdict verdict;

	spin_lock(&in->replay_lock);
	verdict = adit_replay_commit(in->replay, seq);
	spin_unlock(&in->replay_lock);
	return replay_reason(verdict);
}

/*
 * RFC 4301, 6.2: an error about a packet that the selectors allow may come from
 * whoever was on its way.
 */
static noinline bool quotes_selected(const struct adit_child *child,
				     const struct adit_flow *flow,
				     const struct sk_buff *skb)
{
	struct adit_flow quoted;

	return READ_ONCE(child->icmp_errors) &&
	       adit_flow_read_quoted(&quoted, flow, skb) &&
	       adit_selectors_match_in(rcu_dereference(child->selectors),
				       &quoted);
}

/* RFC 4301, 5.2, step 4: only what the child's selectors allow. */
static bool selected(const struct adit_child *child, const struct sk_buff *skb)
{
	const struct adit_selectors *selectors;
	struct adit_flow flow;

	selectors = rcu_dereference(child->selectors);
	if (!selectors->local_count && !selectors->remote_count &&
	    child->mode == ADIT_MODE_TUNNEL)
		return true;
	adit_flow_read(&flow, skb);
	return (likely(adit_selectors_match_in(selectors, &flow)) ||
		quotes_selected(child, &flow, skb)) &&
	       adit_child_between(child, flow.family, &flow.destination,
				  &flow.source);
}

static int reason_of(int err)
{
	switch (err) {
	case -EBADMSG:
		return ADIT_DROP_RX_ICV;
	case -ENOMEM:
		return ADIT_DROP_RX_NO_MEMORY;
	case -EPROTO:
		return ADIT_DROP_RX_MALFORMED;
	default:
		return ADIT_DROP_RX_CRYPTO;
	}
}

/*
 * The ICV is verified or not: is the packet new, and what is inside? This, charge()
 * and admit() are inline for the one caller that all packets come through; the
 * other one is AH's around ESP.
 */
static __always_inline int unwrap(struct adit_sa_in *in, struct sk_buff *skb,
				  int err, u8 *next_header)
{
	int reason;

	if (unlikely(err))
		return reason_of(err);
	reason = replay_commit(in, adit_skb_cb(skb)->seq);
	if (unlikely(reason != ADIT_OK))
		return reason;
	reason = in->sa.xform->finish(&in->sa, skb, next_header);
	if (unlikely(*next_header == IPPROTO_NONE))
		return ADIT_DROP_RX_DUMMY;
	return reason;
}

static __always_inline bool charge(struct adit_sa *sa,
				   const struct sk_buff *skb)
{
	return adit_sa_charge(sa, &sa->stats.rx_packets, &sa->stats.rx_bytes, 1,
			      skb->len);
}

static int decapsulate(const struct adit_sa *sa, struct sk_buff *skb,
		       u8 next_header)
{
	const struct adit_outer *outer = &sa->child->adit->underlay.outer;
	int reason = adit_outer_decapsulate(skb, next_header);

	if (unlikely(READ_ONCE(outer->decap_dscp)) && reason == ADIT_OK)
		adit_outer_copy_dscp(skb);
	return reason;
}

/* Is what the SA protected right? */
static int accept(struct adit_sa *sa, struct sk_buff *skb, u8 next_header)
{
	int reason;

	if (unlikely(next_header == IPPROTO_COMP && sa->cpi)) {
		reason = adit_ipcomp_inflate(skb, sa->cpi, &next_header);
		if (reason != ADIT_OK)
			return reason;
	}
	if (sa->child->mode == ADIT_MODE_TRANSPORT)
		reason = adit_transport_restore(skb, next_header);
	else if (likely(next_header == IPPROTO_IPIP ||
			next_header == IPPROTO_IPV6))
		reason = decapsulate(sa, skb, next_header);
	else
		reason = ADIT_DROP_RX_NEXT_HEADER;
	if (unlikely(reason != ADIT_OK))
		return reason;
	if (unlikely(!selected(sa->child, skb)))
		return ADIT_DROP_RX_SELECTOR;
	if (sa->child->mode == ADIT_MODE_TRANSPORT &&
	    adit_skb_cb(skb)->encap != ADIT_ENCAP_NONE) {
		adit_natcsum_fix(skb, &adit_sa_in(sa)->nat_oa);
		reason = adit_natflow_receive(sa->child, skb);
		if (unlikely(reason != ADIT_OK))
			return reason;
	}
	return likely(charge(sa, skb)) ? ADIT_OK : ADIT_DROP_RX_EXPIRED;
}

/*
 * Follow a peer that roams, but only to where its newest packet came from: one
 * that was overtaken on its way may have been sent from where it was before.
 */
static noinline void follow(struct adit_sa_in *in, const struct adit_path *path,
			    struct sk_buff *skb)
{
	const struct adit_replay *replay = in->replay;
	struct adit_endpoint from;

	if (!replay->window ||
	    READ_ONCE(replay->top) != adit_skb_cb(skb)->seq)
		return;
	if (!adit_path_came_from(path, skb, &from))
		adit_peer_move(in->sa.child->peer, &from,
			       adit_skb_cb(skb)->sock);
}

static void opened(struct adit_sa *sa, struct sk_buff *skb, int err)
{
	const struct adit_path *path = rcu_dereference(sa->child->peer->path);
	u8 next_header;
	int reason;

	reason = unwrap(adit_sa_in(sa), skb, err, &next_header);
	if (path->end.roam &&
	    (reason == ADIT_OK || reason == ADIT_DROP_RX_DUMMY))
		follow(adit_sa_in(sa), path, skb);
	if (likely(reason == ADIT_OK))
		reason = accept(sa, skb, next_header);
	if (likely(reason == ADIT_OK))
		deliver(sa->child->adit, skb);
	else
		drop(sa, skb, reason);
}

/* The cipher is done with a packet that it had to queue. */
static void opened_later(struct sk_buff *skb, int err)
{
	struct adit_sa *sa = adit_skb_cb(skb)->sa;

	rcu_read_lock();
	opened(sa, skb, err);
	rcu_read_unlock();
	adit_sa_put(sa);
}

static int may_open(const struct adit_sa *sa, const struct sk_buff *skb)
{
	switch (adit_sa_state(sa)) {
	case ADIT_SA_STATE_LARVAL:
		return ADIT_DROP_RX_LARVAL;
	case ADIT_SA_STATE_DEAD:
		return ADIT_DROP_RX_EXPIRED;
	}
	if (!(READ_ONCE(sa->child->adit->dev->flags) & IFF_UP))
		return ADIT_DROP_RX_DEVICE_DOWN;
	if (!sa->xform->long_enough(sa, skb))
		return ADIT_DROP_RX_TRUNCATED;
	return ADIT_OK;
}

/* The packet, private, if it is worth the cipher; else it is dropped. */
static __always_inline struct sk_buff *admit(struct adit_sa_in *in,
					     struct sk_buff *skb)
{
	struct adit_sa *sa = &in->sa;
	struct sk_buff *own;
	int reason;

	adit_skb_cb(skb)->sa = sa;
	adit_skb_cb(skb)->seq = 0;
	reason = may_open(sa, skb);
	if (likely(reason == ADIT_OK))
		reason = replay_check(in, skb);
	if (unlikely(reason != ADIT_OK)) {
		drop(sa, skb, reason);
		return NULL;
	}
	/* What was known of the outer packet's checksums ends here. */
	skb->ip_summed = CHECKSUM_NONE;
	own = adit_skb_private(skb, 0, 0);
	if (unlikely(!own))
		drop(sa, skb, ADIT_DROP_RX_NO_MEMORY);
	return own;
}

static void open_sa(struct adit_sa_in *in, struct sk_buff *skb)
{
	struct adit_sa *sa = &in->sa;
	int err;

	skb = admit(in, skb);
	if (unlikely(!skb))
		return;
	if (sa->crypto.async && !adit_sa_get_many(sa, 1)) {
		drop(sa, skb, ADIT_DROP_RX_EXPIRED);
		return;
	}
	err = sa->xform->input(sa, skb, opened_later);
	if (err == -EINPROGRESS)
		return;
	opened(sa, skb, err);
	if (sa->crypto.async)
		adit_sa_put(sa);
}

/* The SA of what AH has protected: ESP, and of the same child. */
static struct adit_sa_in *inner_sa(const struct adit_sa *ah,
				   struct sk_buff *skb)
{
	const struct ip_esp_hdr *esp = (const void *)skb->data;
	struct adit_sa_in *in;

	if (skb->len < sizeof(*esp))
		return NULL;
	in = adit_sadb_lookup_in(&ah->child->adit->an->sadb, IPPROTO_ESP,
				 esp->spi);
	return in && in->sa.child == ah->child ? in : NULL;
}

/*
 * One half of a bundle: what is protected by ESP and AH is not taken with less
 * (RFC 4301, 5.2). AH comes first and answers at once; ESP goes on with what it
 * had around it.
 */
static void open_bundle(struct adit_sa_in *in, struct sk_buff *skb)
{
	struct adit_sa *sa = &in->sa;
	struct adit_sa_in *inner;
	u8 next_header;
	int reason;

	if (!adit_sa_is_outer(sa)) {
		adit_skb_cb(skb)->seq = 0;
		drop(sa, skb, ADIT_DROP_RX_BUNDLE);
		return;
	}
	skb = admit(in, skb);
	if (!skb)
		return;
	reason = unwrap(in, skb, sa->xform->input(sa, skb, NULL),
			&next_header);
	if (reason == ADIT_OK && !charge(sa, skb))
		reason = ADIT_DROP_RX_EXPIRED;
	if (reason == ADIT_OK) {
		inner = next_header == IPPROTO_ESP ? inner_sa(sa, skb) : NULL;
		if (inner) {
			open_sa(inner, skb);
			return;
		}
		reason = ADIT_DROP_RX_BUNDLE;
	}
	drop(sa, skb, reason);
}

/* After decryption the outer header cannot be asked any more. */
static void note(struct sk_buff *skb, const struct adit_sock *sock, u16 nhoff)
{
	struct adit_skb_cb *cb = adit_skb_cb(skb);

	cb->tos = skb->protocol == htons(ETH_P_IP) ?
			ip_hdr(skb)->tos : ipv6_get_dsfield(ipv6_hdr(skb));
	cb->nhoff = nhoff;
	cb->encap = sock ? sock->ops->encap : ADIT_ENCAP_NONE;
	cb->sock = sock ? sock->id : 0;
}

/**
 * adit_recv() - receive a packet from the underlay
 * @an: the namespace that it came to
 * @sock: the socket that it came through, or NULL
 * @skb: the packet, skb->data at ESP or AH, at least the header without the ICV
 *	linear, its network header in front; consumed unless the answer is -EINVAL
 * @proto: IP protocol
 * @spi: its SPI
 * @nhoff: where the octet is that said @proto, from the network header on
 *
 * Context: bottom halves off.
 * Return: 0, or -EINVAL if the SPI is not ours; the packet is untouched then.
 */
int adit_recv(struct adit_net *an, const struct adit_sock *sock,
	      struct sk_buff *skb, u8 proto, __be32 spi, u16 nhoff)
{
	struct adit_sa_in *in;

	rcu_read_lock();
	in = adit_sadb_lookup_in(&an->sadb, proto, spi);
	if (likely(in)) {
		note(skb, sock, nhoff);
		if (likely(!in->sa.bundled))
			open_sa(in, skb);
		else
			open_bundle(in, skb);
	} else {
		this_cpu_inc(an->counters->unknown_spi);
		adit_event_unknown_spi(an, sock, skb, proto, spi);
	}
	rcu_read_unlock();
	return in ? 0 : -EINVAL;
}
