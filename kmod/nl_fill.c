// SPDX-License-Identifier: GPL-2.0-only
/* Objects into messages: for replies, dumps and events alike. */

#include "compat.h"
#include "attr.h"
#include "nl.h"
#include "xform.h"

static int fill_drop(struct sk_buff *skb, u32 reason, u64 packets)
{
	struct nlattr *nest = nla_nest_start(skb, ADIT_A_STATS_DROP);

	if (!nest || nla_put_u32(skb, ADIT_A_DROP_COUNT_REASON, reason) ||
	    nla_put_u64_64bit(skb, ADIT_A_DROP_COUNT_PACKETS, packets,
			      ADIT_A_DROP_COUNT_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * adit_nl_fill_stats() - write counters
 * @skb: the message
 * @type: the attribute that holds them
 * @sum: the counters
 *
 * Return: 0 or -EMSGSIZE.
 */
int adit_nl_fill_stats(struct sk_buff *skb, int type,
		       const struct adit_stats_sum *sum)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	int i;

	if (!nest ||
	    nla_put_u64_64bit(skb, ADIT_A_STATS_TX_PACKETS, sum->tx_packets,
			      ADIT_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, ADIT_A_STATS_TX_BYTES, sum->tx_bytes,
			      ADIT_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, ADIT_A_STATS_RX_PACKETS, sum->rx_packets,
			      ADIT_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, ADIT_A_STATS_RX_BYTES, sum->rx_bytes,
			      ADIT_A_STATS_PAD))
		return -EMSGSIZE;
	for (i = 0; i < ADIT_DROP_COUNT; i++)
		if (sum->drops[i] && fill_drop(skb, i, sum->drops[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * adit_nl_fill_dev() - write a device
 * @skb: the message
 * @adit: the device
 *
 * Context: the namespace's lock is held.
 * Return: 0 or -EMSGSIZE.
 */
int adit_nl_fill_dev(struct sk_buff *skb, struct adit_dev *adit)
{
	struct adit_stats_sum sum;

	if (nla_put_u32(skb, ADIT_A_DEV_IFINDEX, adit->dev->ifindex) ||
	    nla_put_string(skb, ADIT_A_DEV_IFNAME, adit->dev->name) ||
	    nla_put_u32(skb, ADIT_A_DEV_PEERS, adit->peer_count) ||
	    nla_put_u32(skb, ADIT_A_DEV_CHILDREN, adit->child_count) ||
	    nla_put_u32(skb, ADIT_A_DEV_SAS, adit->sa_count) ||
	    nla_put_u32(skb, ADIT_A_DEV_MTU, adit->dev->mtu) ||
	    nla_put_u8(skb, ADIT_A_DEV_MTU_AUTO, !adit->mtu_fixed) ||
	    nla_put_u32(skb, ADIT_A_DEV_FWMARK, adit->underlay.fwmark) ||
	    nla_put_u32(skb, ADIT_A_DEV_UNDERLAY, adit->underlay.oif))
		return -EMSGSIZE;
	adit_dev_stats_sum(adit->stats, &sum);
	return adit_nl_fill_stats(skb, ADIT_A_DEV_STATS, &sum);
}

/* That of a TCP connection is another one whenever it is made. */
static __be16 local_port(const struct adit_endpoint *end)
{
	return end->encap == ADIT_ENCAP_TCP && end->sock ?
		       end->sock->local_port : end->local_port;
}

/**
 * adit_nl_fill_peer() - write a peer
 * @skb: the message
 * @peer: the peer
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: 0 or -EMSGSIZE.
 */
int adit_nl_fill_peer(struct sk_buff *skb, struct adit_peer *peer)
{
	const struct adit_endpoint *end;
	struct adit_stats_sum sum = { };

	end = adit_peer_end(peer);
	if (nla_put_u32(skb, ADIT_A_PEER_IFINDEX, peer->adit->dev->ifindex) ||
	    nla_put_u32(skb, ADIT_A_PEER_ID, peer->id) ||
	    adit_attr_put_addr(skb, ADIT_A_PEER_LOCAL, end->family,
			       &end->local) ||
	    adit_attr_put_addr(skb, ADIT_A_PEER_REMOTE, end->family,
			       &end->remote) ||
	    nla_put_u8(skb, ADIT_A_PEER_ENCAP, end->encap) ||
	    nla_put_u32(skb, ADIT_A_PEER_PATH_MTU, adit_peer_mtu(peer)) ||
	    nla_put_u32(skb, ADIT_A_PEER_CHILDREN, peer->child_count) ||
	    nla_put_u32(skb, ADIT_A_PEER_KEEPALIVE, end->keepalive) ||
	    nla_put_u8(skb, ADIT_A_PEER_ROAM, end->roam) ||
	    (end->sock && !end->sock->gone &&
	     nla_put_u32(skb, ADIT_A_PEER_SOCKET, end->sock->id)) ||
	    (end->encap != ADIT_ENCAP_NONE &&
	     (nla_put_be16(skb, ADIT_A_PEER_LOCAL_PORT, local_port(end)) ||
	      nla_put_be16(skb, ADIT_A_PEER_REMOTE_PORT, end->remote_port))))
		return -EMSGSIZE;
	adit_peer_sum(peer, &sum);
	return adit_nl_fill_stats(skb, ADIT_A_PEER_STATS, &sum);
}

static int fill_socket_counters(struct sk_buff *skb,
				const struct adit_sock_counters *counters)
{
	static const struct {
		int type;
		size_t offset;
	} rows[] = {
#define ROW(attr, member) \
	{ ADIT_A_SOCKET_##attr, offsetof(struct adit_sock_counters, member) }
		ROW(KEEPALIVES, keepalives),
		ROW(IKE, ike),
		ROW(IKE_DROPPED, ike_dropped),
		ROW(DROPPED, dropped),
#undef ROW
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const atomic64_t *counter = (const void *)counters +
					    rows[i].offset;

		if (nla_put_u64_64bit(skb, rows[i].type,
				      atomic64_read(counter),
				      ADIT_A_SOCKET_PAD))
			return -EMSGSIZE;
	}
	return 0;
}

/**
 * adit_nl_fill_socket() - write a socket
 * @skb: the message
 * @sock: the socket
 *
 * Context: the namespace's lock is held.
 * Return: 0 or -EMSGSIZE.
 */
int adit_nl_fill_socket(struct sk_buff *skb, const struct adit_sock *sock)
{
	if (nla_put_u32(skb, ADIT_A_SOCKET_ID, sock->id) ||
	    nla_put_u8(skb, ADIT_A_SOCKET_ENCAP, sock->ops->encap) ||
	    adit_attr_put_addr(skb, ADIT_A_SOCKET_LOCAL, sock->family,
			       &sock->local) ||
	    nla_put_be16(skb, ADIT_A_SOCKET_LOCAL_PORT, sock->local_port) ||
	    (sock->remote_port &&
	     (adit_attr_put_addr(skb, ADIT_A_SOCKET_REMOTE, sock->family,
				 &sock->remote) ||
	      nla_put_be16(skb, ADIT_A_SOCKET_REMOTE_PORT,
			   sock->remote_port))) ||
	    nla_put_u8(skb, ADIT_A_SOCKET_LISTEN, sock->listen) ||
	    nla_put_u8(skb, ADIT_A_SOCKET_MARKER, sock->marker) ||
	    nla_put_u8(skb, ADIT_A_SOCKET_STATE, sock->state) ||
	    nla_put_u8(skb, ADIT_A_SOCKET_OWN, sock->own) ||
	    nla_put_u32(skb, ADIT_A_SOCKET_PEERS, sock->users) ||
	    nla_put_u32(skb, ADIT_A_SOCKET_ERROR, READ_ONCE(sock->error)) ||
	    (sock->ops->queued &&
	     nla_put_u32(skb, ADIT_A_SOCKET_QUEUED, sock->ops->queued(sock))))
		return -EMSGSIZE;
	return fill_socket_counters(skb, &sock->counters);
}

static int fill_ts(struct sk_buff *skb, int type, const struct adit_ts *ts)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    adit_attr_put_addr(skb, ADIT_A_SELECTOR_START, ts->family,
			       &ts->start) ||
	    adit_attr_put_addr(skb, ADIT_A_SELECTOR_END, ts->family,
			       &ts->end) ||
	    nla_put_u8(skb, ADIT_A_SELECTOR_PROTO, ts->proto) ||
	    nla_put_u16(skb, ADIT_A_SELECTOR_PORT_START, ts->port_start) ||
	    nla_put_u16(skb, ADIT_A_SELECTOR_PORT_END, ts->port_end))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_selectors(struct sk_buff *skb,
			  const struct adit_selectors *selectors)
{
	unsigned int i;

	for (i = 0; i < selectors->local_count; i++)
		if (fill_ts(skb, ADIT_A_CHILD_LOCAL_TS, &selectors->ts[i]))
			return -EMSGSIZE;
	for (i = 0; i < selectors->remote_count; i++)
		if (fill_ts(skb, ADIT_A_CHILD_REMOTE_TS,
			    adit_selectors_remote(selectors) + i))
			return -EMSGSIZE;
	return 0;
}

/**
 * adit_nl_fill_child() - write a child
 * @skb: the message
 * @child: the child
 *
 * Context: the namespace's lock is held.
 * Return: 0 or -EMSGSIZE.
 */
int adit_nl_fill_child(struct sk_buff *skb, struct adit_child *child)
{
	struct mutex *lock = &child->adit->an->lock;
	struct adit_stats_sum sum = { };
	struct adit_sa_out *out;

	out = rcu_dereference_protected(child->out, lockdep_is_held(lock));
	if (nla_put_u32(skb, ADIT_A_CHILD_IFINDEX,
			child->adit->dev->ifindex) ||
	    nla_put_u32(skb, ADIT_A_CHILD_ID, child->id) ||
	    nla_put_u32(skb, ADIT_A_CHILD_PEER, child->peer->id) ||
	    nla_put_u8(skb, ADIT_A_CHILD_MODE, child->mode) ||
	    nla_put_u32(skb, ADIT_A_CHILD_PRIORITY, child->priority) ||
	    nla_put_u32(skb, ADIT_A_CHILD_HOLD_SECONDS,
			child->hold_seconds) ||
	    nla_put_u8(skb, ADIT_A_CHILD_ICMP_ERRORS, child->icmp_errors) ||
	    nla_put_u32(skb, ADIT_A_CHILD_HELD,
			skb_queue_len_lockless(&child->held)) ||
	    nla_put_u32(skb, ADIT_A_CHILD_SAS, child->sa_count) ||
	    (out && nla_put_be32(skb, ADIT_A_CHILD_SPI_OUT, out->sa.spi)) ||
	    nla_put_u8(skb, ADIT_A_CHILD_PROTOCOLS, child->protocols) ||
	    fill_selectors(skb, adit_child_selectors(child)))
		return -EMSGSIZE;
	adit_child_sum(child, &sum);
	return adit_nl_fill_stats(skb, ADIT_A_CHILD_STATS, &sum);
}

static int put_limit(struct sk_buff *skb, int type, u64 value)
{
	return value ? nla_put_u64_64bit(skb, type, value, ADIT_A_LIMITS_PAD) :
		       0;
}

static int fill_limits(struct sk_buff *skb, const struct adit_sa *sa)
{
	struct nlattr *nest = nla_nest_start(skb, ADIT_A_SA_LIMITS);
	const struct adit_limits *soft = &sa->soft, *hard = &sa->hard;

	if (!nest ||
	    put_limit(skb, ADIT_A_LIMITS_SOFT_SECONDS, soft->seconds) ||
	    put_limit(skb, ADIT_A_LIMITS_SOFT_BYTES, soft->bytes) ||
	    put_limit(skb, ADIT_A_LIMITS_SOFT_PACKETS, soft->packets) ||
	    put_limit(skb, ADIT_A_LIMITS_HARD_SECONDS, hard->seconds) ||
	    put_limit(skb, ADIT_A_LIMITS_HARD_BYTES, hard->bytes) ||
	    put_limit(skb, ADIT_A_LIMITS_HARD_PACKETS, hard->packets))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_keys(struct sk_buff *skb, const struct adit_sa *sa)
{
	const struct adit_crypto *crypto = &sa->crypto;
	unsigned int overhead;

	if (!adit_crypto_has_keys(crypto))
		return 0;
	if (adit_crypto_is_legacy(crypto) &&
	    nla_put_u8(skb, ADIT_A_SA_LEGACY, 1))
		return -EMSGSIZE;
	if (crypto->encr &&
	    (nla_put_u16(skb, ADIT_A_SA_ENCR, crypto->encr->id) ||
	     nla_put_u16(skb, ADIT_A_SA_ENCR_KEY_BITS, crypto->key_bits)))
		return -EMSGSIZE;
	overhead = sa->xform->head_len(sa, AF_INET6) +
		   sa->xform->tail_len(sa);
	if (sa->cpi &&
	    (nla_put_u8(skb, ADIT_A_SA_IPCOMP, ADIT_IPCOMP_DEFLATE) ||
	     nla_put_u16(skb, ADIT_A_SA_CPI, sa->cpi)))
		return -EMSGSIZE;
	if (nla_put_u16(skb, ADIT_A_SA_INTEG,
			crypto->integ ? crypto->integ->id :
					ADIT_INTEG_NONE) ||
	    nla_put_u8(skb, ADIT_A_SA_ESN, crypto->esn) ||
	    nla_put_u32(skb, ADIT_A_SA_OVERHEAD, overhead) ||
	    nla_put_string(skb, ADIT_A_SA_BACKEND,
			   adit_crypto_backend(crypto)))
		return -EMSGSIZE;
	return 0;
}

static int put_known_addr(struct sk_buff *skb, int type, u16 family,
			  const union adit_addr *addr)
{
	return adit_addr_is_any(family, addr) ?
		       0 : adit_attr_put_addr(skb, type, family, addr);
}

static int fill_in(struct sk_buff *skb, struct adit_sa_in *in, bool seen)
{
	const struct adit_nat_oa *oa = &in->nat_oa;
	struct nlattr *map = NULL;
	u64 top;

	if (!in->replay)
		return 0;
	if (seen) {
		map = nla_reserve(skb, ADIT_A_SA_REPLAY_SEEN,
				  adit_replay_saved_len(in->replay->window));
		if (!map)
			return -EMSGSIZE;
	}
	/* Both at once: the map is relative to the number. */
	spin_lock_bh(&in->replay_lock);
	top = in->replay->top;
	if (map)
		adit_replay_save(in->replay, nla_data(map));
	spin_unlock_bh(&in->replay_lock);
	if (nla_put_u32(skb, ADIT_A_SA_REPLAY_WINDOW, in->replay->window) ||
	    nla_put_u64_64bit(skb, ADIT_A_SA_SEQUENCE, top, ADIT_A_SA_PAD))
		return -EMSGSIZE;
	return put_known_addr(skb, ADIT_A_SA_NAT_OA_LOCAL, oa->family,
			      &oa->local) ?:
	       put_known_addr(skb, ADIT_A_SA_NAT_OA_REMOTE, oa->family,
			      &oa->remote);
}

static int fill_out(struct sk_buff *skb, struct adit_sa_out *out)
{
	bool active = adit_child_uses(out->sa.child, out);

	if (nla_put_u8(skb, ADIT_A_SA_ACTIVE, active) ||
	    nla_put_u64_64bit(skb, ADIT_A_SA_SEQUENCE,
			      atomic64_read(&out->seq), ADIT_A_SA_PAD) ||
	    nla_put_u32(skb, ADIT_A_SA_TFC_PADDING, out->tfc_padding) ||
	    nla_put_u32(skb, ADIT_A_SA_MTU, adit_child_sa_mtu(&out->sa)))
		return -EMSGSIZE;
	return out->ah ? nla_put_be32(skb, ADIT_A_SA_AH_SPI,
				      out->ah->sa.spi) : 0;
}

static int fill_times(struct sk_buff *skb, const struct adit_sa *sa)
{
	unsigned long used = READ_ONCE(sa->used);
	u64 age;

	age = ktime_divns(ktime_sub(ktime_get_boottime(), sa->born),
			  NSEC_PER_SEC);
	if (nla_put_u64_64bit(skb, ADIT_A_SA_AGE_SECONDS, age, ADIT_A_SA_PAD))
		return -EMSGSIZE;
	if (!used)
		return 0;
	return nla_put_u64_64bit(skb, ADIT_A_SA_IDLE_SECONDS,
				 (jiffies - used) / HZ, ADIT_A_SA_PAD);
}

/**
 * adit_nl_fill_sa() - write an SA, without its keys
 * @skb: the message
 * @sa: the SA
 * @seen: also which packets it has seen, up to 8192 octets
 *
 * Context: the namespace's lock is held.
 * Return: 0 or -EMSGSIZE.
 */
int adit_nl_fill_sa(struct sk_buff *skb, struct adit_sa *sa, bool seen)
{
	struct adit_stats_sum sum = { };
	int err;

	if (nla_put_u32(skb, ADIT_A_SA_IFINDEX,
			sa->child->adit->dev->ifindex) ||
	    nla_put_u32(skb, ADIT_A_SA_CHILD, sa->child->id) ||
	    nla_put_u8(skb, ADIT_A_SA_DIR, sa->dir) ||
	    nla_put_u8(skb, ADIT_A_SA_PROTO, sa->proto) ||
	    nla_put_be32(skb, ADIT_A_SA_SPI, sa->spi) ||
	    nla_put_u8(skb, ADIT_A_SA_STATE, sa->state) ||
	    fill_keys(skb, sa) || fill_limits(skb, sa) || fill_times(skb, sa))
		return -EMSGSIZE;
	err = sa->dir == ADIT_DIR_IN ? fill_in(skb, adit_sa_in(sa), seen) :
				       fill_out(skb, adit_sa_out(sa));
	if (err)
		return err;
	adit_stats_add(&sum, &sa->stats);
	return adit_nl_fill_stats(skb, ADIT_A_SA_STATS, &sum);
}
