// SPDX-License-Identifier: GPL-2.0-only
/*
 * ESP in TCP (RFC 9329): the records of a connection. Each has its length in front,
 * and is ESP, or an IKE message behind a marker of zeros.
 *
 * With the socket locked means: its spinlock, with bottom halves off, while no
 * process owns it; or owned.
 */

#include <linux/net.h>
#include <linux/slab.h>
#include <linux/tls.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "compat.h"
#include "defer.h"
#include "drop.h"
#include "io.h"
#include "tcp.h"

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
	/* What TCP takes beyond what the congestion window lets it send. */
	NOTSENT = 128 << 10,
	/* IKE messages that userspace has not read. */
	IKE_MAX = 512 << 10,
	IKE_MESSAGES_MAX = 256,
	/* Of one run: 128 small records, or 128 KiB. */
	BUDGET = 256,
	OCTETS_PER_STEP = 512,
	/* Records that are written at once. */
	WRITE_MAX = 32,
	/* With TLS, octets and how often in one run. */
	TLS_READ = 8192,
	TLS_READS = 16,
	/* RFC 8446, B.1 and B.3 */
	TLS_CONTENT_ALERT = 21,
	TLS_CONTENT_DATA = 23,
	TLS_HANDSHAKE_NEW_TICKET = 4,
};

const char adit_tcp_prefix[ADIT_TCP_PREFIX_LEN] = "IKETCP";

/**
 * struct run - octets that have come
 * @tcp: the connection
 * @skb: where they are, or NULL
 * @offset: from where on
 * @data: where they are without @skb
 * @budget: steps that may be taken yet
 * @err: what is wrong with them
 */
struct run {
	struct adit_tcp *tcp;
	struct sk_buff *skb;
	unsigned int offset;
	const u8 *data;
	int budget;
	int err;
};

struct out_cb {
	bool ike;
};

static struct out_cb *out_cb(struct sk_buff *skb)
{
	return (struct out_cb *)skb->cb;
}

/* --------------------------------------------------------------------- works */

/**
 * adit_tcp_kick_io() - read and write soon
 * @tcp: the connection
 *
 * Context: any.
 */
void adit_tcp_kick_io(struct adit_tcp *tcp)
{
	adit_sock_get(&tcp->sock);
	if (!queue_work(adit_sock_wq, &tcp->io_work))
		adit_sock_put(&tcp->sock);
}

/**
 * adit_tcp_kick_link() - take the next step
 * @tcp: the connection
 * @delay: jiffies until then; replaces what was said before
 *
 * Context: any.
 */
void adit_tcp_kick_link(struct adit_tcp *tcp, unsigned long delay)
{
	adit_sock_get(&tcp->sock);
	if (mod_delayed_work(adit_sock_wq, &tcp->link_work, delay))
		adit_sock_put(&tcp->sock);
}

/**
 * adit_tcp_hold_sk() - the kernel's socket
 * @tcp: the connection
 *
 * Context: any.
 * Return: the socket, to be given back with sock_put(), or NULL.
 */
struct sock *adit_tcp_hold_sk(struct adit_tcp *tcp)
{
	struct sock *sk;

	rcu_read_lock();
	sk = rcu_dereference(tcp->sk);
	if (sk && !refcount_inc_not_zero(&sk->sk_refcnt))
		sk = NULL;
	rcu_read_unlock();
	return sk;
}

/**
 * adit_tcp_end() - a connection is no more
 * @tcp: the connection
 * @error: why, a positive errno
 *
 * Context: the socket is locked.
 */
void adit_tcp_end(struct adit_tcp *tcp, int error)
{
	if (tcp->ended)
		return;
	WRITE_ONCE(tcp->ended, error);
	adit_tcp_set_ready(tcp, false);
	if (tcp->connects)
		adit_tcp_kick_link(tcp, 0);
	else if (!skb_queue_empty_lockless(&tcp->ike))
		/* The last words: time to read them. */
		adit_tcp_kick_link(tcp, ADIT_TCP_READ_SECONDS * HZ);
	else
		adit_sock_lost(&tcp->sock, error);
}

/* ------------------------------------------------------------------- receive */

static void take(struct run *run, void *to, unsigned int len)
{
	if (run->skb)
		run->err = skb_copy_bits(run->skb, run->offset, to, len);
	else
		memcpy(to, run->data + run->offset, len);
	run->offset += len;
}

static int receive_esp(struct adit_tcp *tcp, struct sk_buff *skb)
{
	const struct adit_tcp_header *header = &tcp->header;
	const struct ip_esp_hdr *esp = (const void *)skb->data;
	struct net *net = tcp->sock.an->net;

	if (skb->len < sizeof(*esp))
		return -EINVAL;
	/* What comes next knows who sent it by the header in front. */
	memcpy(skb->data - header->len, header->octets, header->len);
	skb_set_network_header(skb, -header->len);
	skb_reset_transport_header(skb);
	skb_reset_mac_header(skb);
	skb->protocol = header->protocol;
	if (skb->protocol == htons(ETH_P_IP))
		ip_hdr(skb)->tot_len = htons(min_t(unsigned int, U16_MAX,
						   skb->len + header->len));
	else
		ipv6_hdr(skb)->payload_len = htons(skb->len);
	skb->dev = net->loopback_dev;
	return adit_recv(tcp->sock.an, &tcp->sock, skb, IPPROTO_ESP, esp->spi,
			 header->nhoff);
}

/* One that userspace does not read in time is dropped, and will be sent again. */
static void receive_ike(struct adit_tcp *tcp, struct sk_buff *skb)
{
	struct adit_sock_counters *counters = &tcp->sock.counters;
	struct sock *sk = rcu_dereference(tcp->sk);

	if (tcp->sock.own || !sk ||
	    skb_queue_len(&tcp->ike) >= IKE_MESSAGES_MAX ||
	    atomic_read(&tcp->ike_octets) + skb->truesize > IKE_MAX) {
		atomic64_inc(&counters->ike_dropped);
		consume_skb(skb);
		return;
	}
	atomic64_inc(&counters->ike);
	atomic_add(skb->truesize, &tcp->ike_octets);
	skb_queue_tail(&tcp->ike, skb);
	adit_tcp_wake_users(sk);
}

/* A whole record, as RFC 3948, 2 has them in UDP. */
static void receive_record(struct adit_tcp *tcp, struct sk_buff *skb)
{
	struct adit_sock_counters *counters = &tcp->sock.counters;

	if (skb->len == 1 && *skb->data == ADIT_KEEPALIVE_OCTET) {
		atomic64_inc(&counters->keepalives);
		consume_skb(skb);
	} else if (skb->len >= ADIT_MARKER_LEN &&
		   !get_unaligned((__be32 *)skb->data)) {
		receive_ike(tcp, skb);
	} else if (receive_esp(tcp, skb)) {
		atomic64_inc(&counters->dropped);
		kfree_skb(skb);
	}
}

static unsigned int feed_prefix(struct run *run, unsigned int len)
{
	struct adit_tcp_record *record = &run->tcp->record;
	u8 octet;

	take(run, &octet, 1);
	if (octet != adit_tcp_prefix[ADIT_TCP_PREFIX_LEN - record->prefix_left])
		run->err = -EPROTO;
	else if (!--record->prefix_left)
		adit_tcp_kick_link(run->tcp, 0);
	return 1;
}

/* The length counts itself; less there cannot be (RFC 9329, 3). */
static unsigned int feed_length(struct run *run, unsigned int len)
{
	struct adit_tcp_record *record = &run->tcp->record;
	unsigned int total;

	len = min_t(unsigned int, len, ADIT_TCP_LEN_LEN - record->length_have);
	take(run, record->length + record->length_have, len);
	record->length_have += len;
	if (record->length_have < ADIT_TCP_LEN_LEN)
		return len;
	total = get_unaligned_be16(record->length);
	if (total < ADIT_TCP_LEN_LEN) {
		run->err = -EPROTO;
		return len;
	}
	record->left = total - ADIT_TCP_LEN_LEN;
	if (record->left)
		record->skb = alloc_skb(NET_SKB_PAD + ADIT_MAX_OUTER_LEN +
					record->left,
					GFP_ATOMIC | __GFP_NOWARN);
	if (record->skb) {
		skb_reserve(record->skb, NET_SKB_PAD + ADIT_MAX_OUTER_LEN);
	} else {
		atomic64_inc(&run->tcp->sock.counters.dropped);
		if (!record->left)
			record->length_have = 0;
	}
	return len;
}

/* The pages of what has come may be the sender's: it is copied in any case. */
static unsigned int feed_record(struct run *run, unsigned int len)
{
	struct adit_tcp_record *record = &run->tcp->record;
	struct sk_buff *skb = record->skb;

	len = min(len, record->left);
	if (skb)
		take(run, skb_put(skb, len), len);
	else
		run->offset += len;
	record->left -= len;
	if (record->left)
		return len;
	record->length_have = 0;
	record->skb = NULL;
	if (skb)
		receive_record(run->tcp, skb);
	return len;
}

/* Returns how many of the octets were taken. */
static unsigned int feed(struct run *run, unsigned int len)
{
	const struct adit_tcp_record *record = &run->tcp->record;
	unsigned int done = 0, step;

	while (done < len && run->budget > 0 && !run->err) {
		if (unlikely(record->prefix_left))
			step = feed_prefix(run, len - done);
		else if (record->length_have < ADIT_TCP_LEN_LEN)
			step = feed_length(run, len - done);
		else
			step = feed_record(run, len - done);
		run->budget -= 1 + step / OCTETS_PER_STEP;
		done += step;
	}
	return done;
}

static int feed_skb(read_descriptor_t *desc, struct sk_buff *skb,
		    unsigned int offset, size_t len)
{
	struct run *run = desc->arg.data;

	run->skb = skb;
	run->offset = offset;
	return feed(run, len);
}

static void read_plain(struct run *run, struct sock *sk)
{
	read_descriptor_t desc = { .count = 1, .arg.data = run };

	tcp_read_sock(sk, &desc, feed_skb);
}

/* What the kernel's TLS says of octets: are they data? Without a word they are. */
static bool is_tls_data(struct msghdr *msg, void *control)
{
	const struct cmsghdr *cmsg = control;

	return msg->msg_control == control || cmsg->cmsg_level != SOL_TLS ||
	       cmsg->cmsg_type != TLS_GET_RECORD_TYPE ||
	       *(u8 *)CMSG_DATA(cmsg) == TLS_CONTENT_DATA;
}

/*
 * Tickets are nothing to us; an alert ends the connection, and so does a new key,
 * which only userspace could answer.
 */
static int tls_other(const u8 *control, const u8 *octets, int len)
{
	if (*control == TLS_CONTENT_ALERT)
		return ESHUTDOWN;
	return len && *octets == TLS_HANDSHAKE_NEW_TICKET ? 0 : EPROTO;
}

/* Returns octets or, as a negative errno, why there are none. */
static int read_tls_once(struct run *run, struct sock *sk, void *buffer)
{
	u8 control[CMSG_SPACE(sizeof(u8))] __aligned(sizeof(long)) = { };
	struct kvec vec = { .iov_base = buffer, .iov_len = TLS_READ };
	struct msghdr msg = {
		.msg_control = control,
		.msg_controllen = sizeof(control),
		.msg_flags = MSG_DONTWAIT,
	};
	int len, err;

	iov_iter_kvec(&msg.msg_iter, ITER_DEST, &vec, 1, TLS_READ);
	len = adit_tcp_base_recvmsg(run->tcp, sk, &msg, TLS_READ);
	if (len <= 0)
		return len ?: -ESHUTDOWN;
	if (!is_tls_data(&msg, control)) {
		err = tls_other(CMSG_DATA((struct cmsghdr *)control), buffer,
				len);
		return err ? -err : len;
	}
	run->budget = INT_MAX;
	run->offset = 0;
	local_bh_disable();
	rcu_read_lock();
	feed(run, len);
	rcu_read_unlock();
	local_bh_enable();
	return len;
}

/* Returns whether there may be more. */
static bool read_tls(struct adit_tcp *tcp, struct sock *sk)
{
	struct run run = { .tcp = tcp };
	unsigned int i;
	int ret = 1;

	run.data = kmalloc(TLS_READ, GFP_KERNEL);
	if (!run.data)
		return true;
	for (i = 0; i < TLS_READS && ret > 0 && !run.err; i++)
		ret = read_tls_once(&run, sk, (void *)run.data);
	kfree(run.data);
	if (run.err) {
		tcp->violated = true;
		adit_tcp_end(tcp, -run.err);
	} else if (ret < 0 && ret != -EAGAIN) {
		adit_tcp_end(tcp, -ret);
	}
	return ret > 0 && !run.err;
}

/* Has the other end said that nothing follows, or has the connection failed? */
static void check_end(struct run *run, struct sock *sk)
{
	struct adit_tcp *tcp = run->tcp;

	if (run->err) {
		tcp->violated = true;
		adit_tcp_end(tcp, -run->err);
	} else if (run->budget > 0) {
		if (sk->sk_state == TCP_CLOSE)
			adit_tcp_end(tcp, READ_ONCE(sk->sk_err) ?: ECONNRESET);
		else if (sk->sk_shutdown & RCV_SHUTDOWN)
			adit_tcp_end(tcp, ESHUTDOWN);
	}
}

/* The socket is locked. Returns whether there may be more. */
static bool read_some(struct adit_tcp *tcp, struct sock *sk)
{
	struct run run = { .tcp = tcp, .budget = BUDGET };

	if (tcp->ended || ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)))
		return false;
	local_bh_disable();
	rcu_read_lock();
	read_plain(&run, sk);
	rcu_read_unlock();
	local_bh_enable();
	check_end(&run, sk);
	return run.budget <= 0 && !run.err;
}

/* -------------------------------------------------------------------- transmit */

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

/* Drop what waits; the stream cannot go on from the middle of a record. */
static void purge_out(struct adit_tcp *tcp)
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

/*
 * The socket is locked, but with TLS, which locks it, and where nobody else
 * writes. All records are linear and nobody else's.
 */
static void write_some(struct adit_tcp *tcp, struct sock *sk)
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
		write_some(tcp, sk);
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

/* ------------------------------------------------------------------- callbacks */

static void data_ready(struct sock *sk)
{
	struct adit_tcp *tcp;

	rcu_read_lock();
	tcp = adit_tcp_of(sk);
	if (tcp && (tcp->tls || (!work_pending(&tcp->io_work) &&
				 read_some(tcp, sk))))
		adit_tcp_kick_io(tcp);
	rcu_read_unlock();
}

static void write_space(struct sock *sk)
{
	struct adit_tcp *tcp;

	rcu_read_lock();
	tcp = adit_tcp_of(sk);
	if (tcp) {
		tcp->saved.write_space(sk);
		if (!skb_queue_empty_lockless(&tcp->out))
			adit_tcp_kick_io(tcp);
	}
	rcu_read_unlock();
}

static void state_change(struct sock *sk)
{
	struct adit_tcp *tcp;

	rcu_read_lock();
	tcp = adit_tcp_of(sk);
	if (tcp) {
		tcp->saved.state_change(sk);
		if (tcp->connects && sk->sk_state == TCP_ESTABLISHED)
			adit_tcp_kick_link(tcp, 0);
		else
			adit_tcp_kick_io(tcp);
	}
	rcu_read_unlock();
}

static bool is_ours(const struct adit_tcp *tcp, const struct sock *sk)
{
	return rcu_access_pointer(tcp->sk) == sk;
}

static bool work_plain(struct adit_tcp *tcp, struct sock *sk)
{
	bool more = false;

	lock_sock(sk);
	if (is_ours(tcp, sk) && !tcp->ended) {
		more = read_some(tcp, sk);
		if (!tcp->ended)
			write_some(tcp, sk);
	}
	release_sock(sk);
	return more;
}

static bool work_tls(struct adit_tcp *tcp, struct sock *sk)
{
	bool more = false;

	mutex_lock(&tcp->tls_lock);
	if (is_ours(tcp, sk) && !tcp->ended) {
		more = read_tls(tcp, sk);
		if (!tcp->ended)
			write_some(tcp, sk);
	}
	mutex_unlock(&tcp->tls_lock);
	return more;
}

static void io_work(struct work_struct *work)
{
	struct adit_tcp *tcp = container_of(work, struct adit_tcp, io_work);
	struct sock *sk = adit_tcp_hold_sk(tcp);
	bool more = false;

	if (sk) {
		more = tcp->tls ? work_tls(tcp, sk) : work_plain(tcp, sk);
		sock_put(sk);
	}
	if (more)
		adit_tcp_kick_io(tcp);
	adit_sock_put(&tcp->sock);
}

/* ------------------------------------------------------------------------ life */

static void make_header4(struct adit_tcp *tcp, const struct sock *sk)
{
	struct iphdr *iph = (void *)tcp->header.octets;

	tcp->sock.family = AF_INET;
	tcp->sock.local.v4 = inet_sk(sk)->inet_saddr;
	tcp->sock.remote.v4 = inet_sk(sk)->inet_daddr;
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->ttl = IPDEFTTL;
	iph->protocol = IPPROTO_TCP;
	iph->saddr = tcp->sock.remote.v4;
	iph->daddr = tcp->sock.local.v4;
	tcp->header.len = sizeof(*iph);
	tcp->header.nhoff = offsetof(struct iphdr, protocol);
	tcp->header.protocol = htons(ETH_P_IP);
}

static void make_header6(struct adit_tcp *tcp, const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct ipv6hdr *iph = (void *)tcp->header.octets;

	tcp->sock.family = AF_INET6;
	tcp->sock.local.v6 = inet6_sk(sk)->saddr;
	tcp->sock.remote.v6 = sk->sk_v6_daddr;
	iph->version = 6;
	iph->nexthdr = IPPROTO_TCP;
	iph->hop_limit = IPDEFTTL;
	iph->saddr = tcp->sock.remote.v6;
	iph->daddr = tcp->sock.local.v6;
	tcp->header.len = sizeof(*iph);
	tcp->header.nhoff = offsetof(struct ipv6hdr, nexthdr);
	tcp->header.protocol = htons(ETH_P_IPV6);
#endif
}

/**
 * adit_tcp_read_ends() - learn who is connected
 * @tcp: the connection
 * @sk: the kernel's socket, connected
 *
 * Context: the namespace's lock is held.
 */
void adit_tcp_read_ends(struct adit_tcp *tcp, const struct sock *sk)
{
	tcp->sock.local_port = inet_sk(sk)->inet_sport;
	tcp->sock.remote_port = inet_sk(sk)->inet_dport;
	memset(&tcp->header, 0, sizeof(tcp->header));
	if (sk->sk_family == AF_INET || ipv6_addr_v4mapped(&sk->sk_v6_daddr))
		make_header4(tcp, sk);
	else
		make_header6(tcp, sk);
}

/**
 * adit_tcp_init() - a connection that has no socket yet
 * @tcp: the connection, all zero
 */
void adit_tcp_init(struct adit_tcp *tcp)
{
	skb_queue_head_init(&tcp->ike);
	skb_queue_head_init(&tcp->out);
	INIT_WORK(&tcp->io_work, io_work);
	mutex_init(&tcp->tls_lock);
}

/**
 * adit_tcp_save() - note what a socket has
 * @tcp: the connection
 * @sk: the kernel's socket
 *
 * Context: @sk is locked, by a process.
 */
void adit_tcp_save(struct adit_tcp *tcp, const struct sock *sk)
{
	struct adit_tcp_saved *saved = &tcp->saved;

	saved->data_ready = sk->sk_data_ready;
	saved->write_space = sk->sk_write_space;
	saved->state_change = sk->sk_state_change;
	saved->allocation = sk->sk_allocation;
	saved->use_task_frag = compat_use_task_frag(sk);
	saved->notsent_lowat = tcp_sk(sk)->notsent_lowat;
}

/**
 * adit_tcp_attach() - get what comes to a socket
 * @tcp: the connection
 * @sk: the kernel's socket
 *
 * Context: @sk is locked, by a process.
 */
void adit_tcp_attach(struct adit_tcp *tcp, struct sock *sk)
{
	/* The packet path looks at it without a reference. */
	sock_set_flag(sk, SOCK_RCU_FREE);
	sock_hold(sk);
	tcp->ended = 0;
	tcp->violated = false;
	adit_tcp_save(tcp, sk);
	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_sk_user_data(sk, tcp);
	sk->sk_data_ready = data_ready;
	sk->sk_write_space = write_space;
	sk->sk_state_change = state_change;
	write_unlock_bh(&sk->sk_callback_lock);
	sk->sk_allocation = GFP_ATOMIC;
	compat_set_use_task_frag(sk, false);
	WRITE_ONCE(tcp_sk(sk)->notsent_lowat, NOTSENT);
	rcu_assign_pointer(tcp->sk, sk);
}

/**
 * adit_tcp_detach() - give a socket back
 * @tcp: the connection
 * @sk: the kernel's socket, counted by the caller
 *
 * What is under way in either direction is dropped, but what TCP takes at once.
 *
 * Context: may sleep.
 */
void adit_tcp_detach(struct adit_tcp *tcp, struct sock *sk)
{
	struct adit_tcp_saved *saved = &tcp->saved;

	mutex_lock(&tcp->tls_lock);
	lock_sock(sk);
	if (!is_ours(tcp, sk))
		goto out;
	adit_tcp_set_ready(tcp, false);
	if (!tcp->ended && !tcp->tls)
		write_some(tcp, sk);
	if (tcp->twin)
		adit_tcp_hand_back(tcp, sk);
	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_data_ready = saved->data_ready;
	sk->sk_write_space = saved->write_space;
	sk->sk_state_change = saved->state_change;
	rcu_assign_sk_user_data(sk, NULL);
	write_unlock_bh(&sk->sk_callback_lock);
	sk->sk_allocation = saved->allocation;
	compat_set_use_task_frag(sk, saved->use_task_frag);
	WRITE_ONCE(tcp_sk(sk)->notsent_lowat, saved->notsent_lowat);
	RCU_INIT_POINTER(tcp->sk, NULL);
	kfree_skb(tcp->record.skb);
	memset(&tcp->record, 0, sizeof(tcp->record));
	purge_out(tcp);
	/* Who waits there finds the socket as it was. */
	adit_tcp_wake_users(sk);
	/* The caller has another reference. */
	sock_put(sk);
out:
	release_sock(sk);
	mutex_unlock(&tcp->tls_lock);
}

/**
 * adit_tcp_purge() - free what a connection has kept
 * @tcp: the connection, of which nobody knows any more
 */
void adit_tcp_purge(struct adit_tcp *tcp)
{
	purge_out(tcp);
	skb_queue_purge(&tcp->ike);
}
