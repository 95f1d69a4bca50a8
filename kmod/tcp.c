// SPDX-License-Identifier: GPL-2.0-only
/*
 * ESP in TCP (RFC 9329): the life of a connection. It takes callbacks of the
 * kernel's socket, and gives them back; what these may not do at once a work does.
 */

#include <linux/net.h>
#include <linux/slab.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "compat.h"
#include "defer.h"
#include "tcp_conn.h"

enum {
	/* What TCP takes beyond what the congestion window lets it send. */
	NOTSENT = 128 << 10,
	/* A dead connection is found in two minutes, with data in half of one. */
	IDLE_SECONDS = 60,
	PROBE_SECONDS = 10,
	PROBES = 6,
	USER_TIMEOUT_MS = 30 * MSEC_PER_SEC,
};

/* ----------------------------------------------------------------------- works */

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

static bool is_ours(const struct adit_tcp *tcp, const struct sock *sk)
{
	return rcu_access_pointer(tcp->sk) == sk;
}

static bool work_plain(struct adit_tcp *tcp, struct sock *sk)
{
	bool more = false;

	lock_sock(sk);
	if (is_ours(tcp, sk) && !tcp->ended) {
		more = adit_tcp_read(tcp, sk);
		if (!tcp->ended)
			adit_tcp_write(tcp, sk);
	}
	release_sock(sk);
	return more;
}

static bool work_tls(struct adit_tcp *tcp, struct sock *sk)
{
	bool more = false;

	mutex_lock(&tcp->tls_lock);
	if (is_ours(tcp, sk) && !tcp->ended) {
		more = adit_tcp_read_tls(tcp, sk);
		if (!tcp->ended)
			adit_tcp_write(tcp, sk);
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

/* ------------------------------------------------------------------- callbacks */

/* Urgent octets are as all others (RFC 6093, 3.1): nothing stops at them. */
static void forget_urgent(struct sock *sk)
{
	WRITE_ONCE(tcp_sk(sk)->urg_data, 0);
}

static void data_ready(struct sock *sk)
{
	struct adit_tcp *tcp;

	rcu_read_lock();
	tcp = adit_tcp_of(sk);
	if (tcp) {
		forget_urgent(sk);
		if (tcp->tls || (!work_pending(&tcp->io_work) &&
				 adit_tcp_read(tcp, sk)))
			adit_tcp_kick_io(tcp);
	}
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
 * Context: the namespace's lock is held; if it is attached, @sk is locked.
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
 * adit_tcp_tune() - records leave at once, and a dead connection is noticed
 * @sk: the kernel's socket
 *
 * Context: may sleep.
 */
void adit_tcp_tune(struct sock *sk)
{
	tcp_sock_set_nodelay(sk);
	sock_set_keepalive(sk);
	tcp_sock_set_keepidle(sk, IDLE_SECONDS);
	tcp_sock_set_keepintvl(sk, PROBE_SECONDS);
	tcp_sock_set_keepcnt(sk, PROBES);
	tcp_sock_set_user_timeout(sk, USER_TIMEOUT_MS);
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
	forget_urgent(sk);
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
		adit_tcp_write(tcp, sk);
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
	adit_tcp_purge_out(tcp);
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
	adit_tcp_purge_out(tcp);
	skb_queue_purge(&tcp->ike);
}
