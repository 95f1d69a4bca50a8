// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets that listen, and the TCP connections that they take. Anybody can make
 * these: one that says nothing, or that no peer comes through, does not stay.
 */

#include <linux/net.h>
#include <linux/slab.h>
#include <net/tcp.h>

#include "compat.h"
#include "tcp_conn.h"

enum {
	/* For the stream prefix. */
	PREFIX_SECONDS = 10,
	/* Of one listening socket: connections that no peer has come through. */
	UNPROVEN_MAX = 128,
	ACCEPT_AT_ONCE = 16,
	BACKLOG = 128,
};

static void listen_ready(struct sock *sk)
{
	struct adit_tcp *tcp;

	rcu_read_lock();
	tcp = adit_tcp_of(sk);
	/* A connection that nobody has taken yet looks as the socket that has it. */
	if (tcp)
		adit_tcp_kick_link(tcp, 0);
	rcu_read_unlock();
}

/* The oldest of those that are no use goes, if there are too many. */
static void make_room(const struct adit_tcp *listener)
{
	struct adit_net *an = listener->sock.an;
	struct adit_tcp *tcp, *oldest = NULL;
	unsigned int count = 0;
	struct adit_sock *sock;
	unsigned long id;

	xa_for_each(&an->sockets, id, sock) {
		tcp = adit_to_tcp(sock);
		if (sock->ops != &adit_tcp_ops ||
		    tcp->listener != listener->sock.id || sock->users)
			continue;
		count++;
		if (!oldest || time_before(tcp->since, oldest->since))
			oldest = tcp;
	}
	if (count < UNPROVEN_MAX)
		return;
	WRITE_ONCE(oldest->sock.error, EUSERS);
	adit_sock_remove(&oldest->sock);
}

static void take_connection(struct adit_tcp *listener, struct socket *own)
{
	struct adit_tcp *tcp = adit_tcp_alloc(listener->sock.an);
	struct sock *sk = own->sk;

	make_room(listener);
	if (!tcp)
		goto err;
	tcp->own = own;
	tcp->sock.own = true;
	tcp->sock.state = ADIT_SOCKET_STATE_CONNECTING;
	tcp->listener = listener->sock.id;
	tcp->since = jiffies;
	tcp->record.prefix_left = ADIT_TCP_PREFIX_LEN;
	adit_tcp_tune(sk);
	adit_tcp_read_ends(tcp, sk);
	if (adit_sock_add(&tcp->sock, NULL, NULL))
		goto err;
	adit_tcp_kick_link(tcp, PREFIX_SECONDS * HZ);
	lock_sock(sk);
	sk->sk_data_ready = listener->saved.data_ready;
	adit_tcp_attach(tcp, sk);
	release_sock(sk);
	adit_tcp_set_ready(tcp, true);
	/* What came before. */
	adit_tcp_kick_io(tcp);
	return;

err:
	kfree(tcp);
	sock_release(own);
}

/**
 * adit_tcp_accept() - take connections that wait
 * @listener: the socket that listens
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_tcp_accept(struct adit_tcp *listener)
{
	struct socket *own;
	unsigned int i;

	for (i = 0; i < ACCEPT_AT_ONCE; i++) {
		if (kernel_accept(listener->own, &own, O_NONBLOCK))
			return;
		take_connection(listener, own);
	}
	adit_tcp_kick_link(listener, 0);
}

/**
 * adit_tcp_go_on_accepted() - the next step of a connection that was taken
 * @tcp: the connection
 *
 * Context: the namespace's lock is held.
 */
void adit_tcp_go_on_accepted(struct adit_tcp *tcp)
{
	if (tcp->ended) {
		adit_sock_lost(&tcp->sock, tcp->ended);
	} else if (tcp->sock.state == ADIT_SOCKET_STATE_CONNECTING) {
		if (!READ_ONCE(tcp->record.prefix_left))
			adit_tcp_set_state(tcp, ADIT_SOCKET_STATE_OPEN);
		else
			adit_sock_lost(&tcp->sock, ETIMEDOUT);
	}
}

/**
 * adit_tcp_listen() - take connections
 * @tcp: the socket, with all that says where
 * @extack: where a refusal is explained
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: 0 or a negative error.
 */
int adit_tcp_listen(struct adit_tcp *tcp, struct netlink_ext_ack *extack)
{
	struct socket *own = adit_tcp_create_own(tcp);
	struct sock *sk;
	int err;

	err = PTR_ERR_OR_ZERO(own);
	if (!err)
		err = kernel_listen(own, BACKLOG);
	if (err) {
		if (!IS_ERR(own))
			sock_release(own);
		adit_sock_refuse_bind("TCP", tcp->bind_port, err, extack);
		return err;
	}
	sk = own->sk;
	tcp->own = own;
	tcp->sock.local_port = inet_sk(sk)->inet_sport;
	lock_sock(sk);
	sock_set_flag(sk, SOCK_RCU_FREE);
	sock_hold(sk);
	write_lock_bh(&sk->sk_callback_lock);
	adit_tcp_save(tcp, sk);
	__rcu_assign_sk_user_data_with_flags(sk, tcp, SK_USER_DATA_NOCOPY);
	sk->sk_data_ready = listen_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	rcu_assign_pointer(tcp->sk, sk);
	release_sock(sk);
	adit_tcp_kick_link(tcp, 0);
	return 0;
}
