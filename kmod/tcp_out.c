// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records that a TCP connection sends: they are queued, and written when TCP takes
 * them. When too many wait, the device waits.
 */

#include <linux/net.h>
#include <net/tcp.h>

#include "compat.h"
#include "drop.h"
#include "tcp.h"
#include "tcp_conn.h"

enum {
	/*
	 * What waits for TCP, by memory: three superpackets of 64 KiB in segments of
	 * 1500 octets, so that one which has been begun is not dropped in part.
	 * More would only be delay: TCP's own queue keeps the line busy.
	 */
	OUT_MAX = 512 << 10,
	OUT_HIGH = OUT_MAX / 2,
	OUT_LOW = OUT_MAX / 4,
	/* Beyond: one largest message always finds room. */
	OUT_IKE_MAX = 128 << 10,
	/* Records that are written at once. */
	WRITE_MAX = 32,
};

struct out_cb {
	bool ike;
};

static struct out_cb *out_cb(struct sk_buff *skb)
{
	return (struct out_cb *)skb->cb;
}

static void forget_stopped(struct adit_tcp *tcp)
{
	struct net_device *dev = tcp->stopped;

	lockdep_assert_held(&tcp->out.lock);
	if (!dev)
		return;
	tcp->stopped = NULL;
	netif_tx_wake_queue(netdev_get_tx_queue(dev, 0));
	netdev_put(dev, &tcp->tracker);
}

/**
 * adit_tcp_set_ready() - may more be queued?
 * @tcp: the connection
 * @ready: whether it may
 *
 * Context: any.
 */
void adit_tcp_set_ready(struct adit_tcp *tcp, bool ready)
{
	spin_lock_bh(&tcp->out.lock);
	WRITE_ONCE(tcp->ready, ready);
	if (!ready)
		forget_stopped(tcp);
	spin_unlock_bh(&tcp->out.lock);
}

/**
 * adit_tcp_wake() - a device does not depend on a socket any more
 * @sock: the socket
 *
 * Context: any; whoever could stop the device because of it is done.
 */
void adit_tcp_wake(struct adit_sock *sock)
{
	struct adit_tcp *tcp = adit_to_tcp(sock);

	spin_lock_bh(&tcp->out.lock);
	forget_stopped(tcp);
	spin_unlock_bh(&tcp->out.lock);
}

/**
 * adit_tcp_purge_out() - drop what waits
 * @tcp: the connection; its stream cannot go on from the middle of a record
 *
 * Context: nobody writes.
 */
void adit_tcp_purge_out(struct adit_tcp *tcp)
{
	struct sk_buff_head list;

	__skb_queue_head_init(&list);
	spin_lock_bh(&tcp->out.lock);
	skb_queue_splice_init(&tcp->out, &list);
	tcp->out_octets = 0;
	tcp->out_ike = 0;
	tcp->out_sent = 0;
	spin_unlock_bh(&tcp->out.lock);
	__skb_queue_purge(&list);
}

static unsigned int gather(struct adit_tcp *tcp, struct kvec *vec,
			   size_t *octets)
{
	unsigned int count = 0, skip = tcp->out_sent;
	struct sk_buff *skb;

	*octets = 0;
	spin_lock_bh(&tcp->out.lock);
	skb_queue_walk(&tcp->out, skb) {
		vec[count].iov_base = skb->data + skip;
		vec[count].iov_len = skb->len - skip;
		*octets += vec[count].iov_len;
		skip = 0;
		if (++count == WRITE_MAX)
			break;
	}
	spin_unlock_bh(&tcp->out.lock);
	return count;
}

/* TCP has taken so many octets. Returns whether userspace may write again. */
static bool account(struct adit_tcp *tcp, unsigned int octets,
		    struct sk_buff_head *done)
{
	bool ike = false;
	struct sk_buff *skb;

	octets += tcp->out_sent;
	spin_lock_bh(&tcp->out.lock);
	while ((skb = skb_peek(&tcp->out)) && octets >= skb->len) {
		octets -= skb->len;
		__skb_unlink(skb, &tcp->out);
		__skb_queue_tail(done, skb);
		tcp->out_octets -= skb->truesize;
		if (out_cb(skb)->ike) {
			tcp->out_ike -= skb->truesize;
			ike = true;
		}
	}
	tcp->out_sent = octets;
	if (tcp->out_octets <= OUT_LOW)
		forget_stopped(tcp);
	spin_unlock_bh(&tcp->out.lock);
	return ike;
}

/**
 * adit_tcp_write() - let TCP have what is queued, as much as it takes
 * @tcp: the connection
 * @sk: the kernel's socket
 *
 * All records are linear and nobody else's.
 *
 * Context: @sk is locked. With TLS, which locks it, &adit_tcp.tls_lock is held
 * instead, and nobody else writes.
 */
void adit_tcp_write(struct adit_tcp *tcp, struct sock *sk)
{
	struct kvec vec[WRITE_MAX];
	struct sk_buff_head done;
	unsigned int count;
	bool ike = false;
	size_t octets;
	int ret;

	__skb_queue_head_init(&done);
	while ((count = gather(tcp, vec, &octets))) {
		struct msghdr msg = {
			.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL,
		};

		iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, vec, count, octets);
		if (tcp->tls)
			ret = adit_tcp_base_sendmsg(tcp, sk, &msg, octets);
		else
			ret = tcp_sendmsg_locked(sk, &msg, octets);
		if (ret <= 0) {
			if (ret != -EAGAIN)
				adit_tcp_end(tcp, ret ? -ret : EPIPE);
			break;
		}
		ike |= account(tcp, ret, &done);
	}
	__skb_queue_purge(&done);
	if (ike)
		adit_tcp_wake_users(sk);
}

/* No lock is waited for: see adit_tcp_push(). Returns whether it was done. */
static bool try_write(struct adit_tcp *tcp, struct sock *sk)
{
	bool done = false;

	if (!spin_trylock(&sk->sk_lock.slock))
		return false;
	if (!sock_owned_by_user(sk) && adit_tcp_of(sk) == tcp && !tcp->ended) {
		adit_tcp_write(tcp, sk);
		done = true;
	}
	spin_unlock(&sk->sk_lock.slock);
	return done;
}

/**
 * adit_tcp_push() - let TCP have what is queued
 * @tcp: the connection
 *
 * Packets of a tunnel may come from within another socket, even from within this
 * one if its route leads into the tunnel: no lock is waited for here.
 *
 * Context: RCU read section.
 */
void adit_tcp_push(struct adit_tcp *tcp)
{
	struct sock *sk = rcu_dereference(tcp->sk);
	bool done;

	if (!sk)
		return;
	local_bh_disable();
	done = !tcp->tls && try_write(tcp, sk);
	local_bh_enable();
	if (!done)
		adit_tcp_kick_io(tcp);
}

static bool enqueue(struct adit_tcp *tcp, struct sk_buff *skb, bool ike)
{
	bool taken;

	spin_lock_bh(&tcp->out.lock);
	taken = tcp->ready &&
		(ike ? tcp->out_ike < OUT_IKE_MAX :
		       tcp->out_octets + skb->truesize <= OUT_MAX);
	if (taken) {
		out_cb(skb)->ike = ike;
		__skb_queue_tail(&tcp->out, skb);
		tcp->out_octets += skb->truesize;
		if (ike)
			tcp->out_ike += skb->truesize;
	}
	spin_unlock_bh(&tcp->out.lock);
	return taken;
}

/**
 * adit_tcp_queue_ike() - queue an IKE message, or the stream prefix
 * @tcp: the connection
 * @skb: the record, linear; the caller's still if the answer is false
 *
 * It is behind what is queued already, and nothing can overtake it.
 *
 * Context: any.
 * Return: whether there was room.
 */
bool adit_tcp_queue_ike(struct adit_tcp *tcp, struct sk_buff *skb)
{
	return enqueue(tcp, skb, true);
}

/**
 * adit_tcp_takes_ike() - is there room for an IKE message?
 * @tcp: the connection
 *
 * Return: whether there is.
 */
bool adit_tcp_takes_ike(const struct adit_tcp *tcp)
{
	return READ_ONCE(tcp->ready) &&
	       READ_ONCE(tcp->out_ike) < OUT_IKE_MAX;
}

/**
 * adit_tcp_send() - queue a packet
 * @sock: the connection
 * @skb: the packet, linear, skb->data at ESP, with room in front for its length;
 *	its notes end here
 *
 * It is charged to its sender until TCP has it. adit_tcp_flush() sends it.
 *
 * Context: RCU read section.
 * Return: ADIT_OK, or a drop reason; then the packet is still the caller's.
 */
int adit_tcp_send(struct adit_sock *sock, struct sk_buff *skb)
{
	struct adit_tcp *tcp = adit_to_tcp(sock);
	unsigned int len = skb->len + ADIT_TCP_LEN_LEN;

	if (unlikely(!READ_ONCE(tcp->ready)))
		return ADIT_DROP_TX_NO_SOCKET;
	if (unlikely(skb->sk && skb->sk == rcu_access_pointer(tcp->sk)))
		return ADIT_DROP_TX_LOOP;
	if (unlikely(len > U16_MAX))
		return ADIT_DROP_TX_TOO_BIG;
	put_unaligned_be16(len, skb_push(skb, ADIT_TCP_LEN_LEN));
	if (likely(enqueue(tcp, skb, false)))
		return ADIT_OK;
	skb_pull(skb, ADIT_TCP_LEN_LEN);
	return READ_ONCE(tcp->ready) ? ADIT_DROP_TX_QUEUE_FULL :
				       ADIT_DROP_TX_NO_SOCKET;
}

/*
 * A full queue is no reason to drop as long as the device has one of its own,
 * which is there for that; not for more devices than one at a time.
 */
static void hold_back(struct adit_tcp *tcp, struct net_device *dev)
{
	struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);
	const struct Qdisc *qdisc = rcu_dereference_bh(txq->qdisc);

	if (!qdisc || !qdisc->enqueue || dev->real_num_tx_queues != 1)
		return;
	spin_lock_bh(&tcp->out.lock);
	if (tcp->ready && !tcp->stopped && tcp->out_octets > OUT_HIGH) {
		tcp->stopped = dev;
		netdev_hold(dev, &tcp->tracker, GFP_ATOMIC);
		netif_tx_stop_queue(txq);
	}
	spin_unlock_bh(&tcp->out.lock);
}

/**
 * adit_tcp_flush() - send what is queued
 * @sock: the connection
 * @dev: the device whose only peer is reached through it, or NULL
 *
 * Context: RCU read section, bottom halves off.
 */
void adit_tcp_flush(struct adit_sock *sock, struct net_device *dev)
{
	struct adit_tcp *tcp = adit_to_tcp(sock);

	adit_tcp_push(tcp);
	if (dev && unlikely(READ_ONCE(tcp->out_octets) > OUT_HIGH))
		hold_back(tcp, dev);
}
