// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of a TCP connection that come (RFC 9329, 3). Each has its length in
 * front, and is ESP, or an IKE message behind a marker of zeros.
 */

#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "compat.h"
#include "io.h"
#include "tcp_conn.h"

enum {
	/* IKE messages that userspace has not read. */
	IKE_MAX = 512 << 10,
	IKE_MESSAGES_MAX = 256,
	/* Of one run: 128 small records, or 128 KiB. */
	BUDGET = 256,
	OCTETS_PER_STEP = 512,
};

static void take(struct adit_tcp_run *run, void *to, unsigned int len)
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

static unsigned int feed_prefix(struct adit_tcp_run *run, unsigned int len)
{
	struct adit_tcp_record *record = &run->tcp->record;
	u8 octet;

	take(run, &octet, 1);
	if (octet != ADIT_TCP_PREFIX[ADIT_TCP_PREFIX_LEN - record->prefix_left])
		run->err = -EPROTO;
	else if (!--record->prefix_left)
		adit_tcp_kick_link(run->tcp, 0);
	return 1;
}

/* The length counts itself; less there cannot be (RFC 9329, 3). */
static unsigned int feed_length(struct adit_tcp_run *run, unsigned int len)
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
static unsigned int feed_record(struct adit_tcp_run *run, unsigned int len)
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

/**
 * adit_tcp_feed() - take octets of the stream
 * @run: where they are
 * @len: how many
 *
 * Context: RCU read section, bottom halves off; nobody else reads the connection.
 * Return: how many were taken; all, but for the budget and errors.
 */
unsigned int adit_tcp_feed(struct adit_tcp_run *run, unsigned int len)
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
	struct adit_tcp_run *run = desc->arg.data;

	run->skb = skb;
	run->offset = offset;
	return adit_tcp_feed(run, len);
}

static void read_plain(struct adit_tcp_run *run, struct sock *sk)
{
	read_descriptor_t desc = { .count = 1, .arg.data = run };

	tcp_read_sock(sk, &desc, feed_skb);
}

/* Has the other end said that nothing follows, or has the connection failed? */
static void check_end(struct adit_tcp_run *run, struct sock *sk)
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

/**
 * adit_tcp_read() - take what has come
 * @tcp: the connection, without TLS
 * @sk: the kernel's socket
 *
 * Context: @sk is locked.
 * Return: whether there may be more.
 */
bool adit_tcp_read(struct adit_tcp *tcp, struct sock *sk)
{
	struct adit_tcp_run run = { .tcp = tcp, .budget = BUDGET };

	if (tcp->ended)
		return false;
	/* A server may speak before it is known who that is: see connected(). */
	if (tcp->header.len) {
		local_bh_disable();
		rcu_read_lock();
		read_plain(&run, sk);
		rcu_read_unlock();
		local_bh_enable();
	}
	check_end(&run, sk);
	return run.budget <= 0 && !run.err;
}
