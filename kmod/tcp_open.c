// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP connections that userspace hands over, and that the module makes. These, and
 * those that it takes, go on from step to step in link_work(), with the
 * namespace's lock.
 */

#include <linux/net.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/tcp.h>
#include <net/tls.h>

#include "compat.h"
#include "defer.h"
#include "io.h"
#include "tcp.h"
#include "tcp_conn.h"

enum {
	/* For the handshake. */
	CONNECT_SECONDS = 30,
	/* From one try to connect to the next. */
	BACK_OFF_MIN = 1,
	BACK_OFF_MAX = 60,
	/* A connection that lived so long did not fail at once. */
	LASTING_SECONDS = 30,
};

/**
 * adit_tcp_set_state() - what has become of a connection, and tell it
 * @tcp: the connection
 * @state: ADIT_SOCKET_STATE_*
 *
 * Context: the namespace's lock is held.
 */
void adit_tcp_set_state(struct adit_tcp *tcp, u8 state)
{
	tcp->sock.state = state;
	adit_event_socket(&tcp->sock, ADIT_CMD_SOCKET_NTF);
}

static void close_own(struct adit_tcp *tcp)
{
	if (!tcp->own)
		return;
	sock_release(tcp->own);
	tcp->own = NULL;
}

/* Take it away from the kernel's socket, in which a garbled stream is no use. */
static void part(struct adit_tcp *tcp)
{
	struct sock *sk = adit_tcp_hold_sk(tcp);

	if (sk) {
		adit_tcp_detach(tcp, sk);
		if (tcp->violated)
			tcp_abort(sk, EPROTO);
		sock_put(sk);
	}
	close_own(tcp);
}

static void tcp_release(struct adit_sock *sock)
{
	struct adit_tcp *tcp = adit_to_tcp(sock);

	if (cancel_delayed_work(&tcp->link_work))
		adit_sock_put(sock);
	part(tcp);
}

static u32 tcp_queued(const struct adit_sock *sock)
{
	return READ_ONCE(adit_to_tcp(sock)->out_octets);
}

static void tcp_free(struct adit_sock *sock)
{
	struct adit_tcp *tcp = adit_to_tcp(sock);

	adit_tcp_purge(tcp);
	kfree(tcp);
}

const struct adit_sock_ops adit_tcp_ops = {
	.encap = ADIT_ENCAP_TCP,
	.release = tcp_release,
	.queued = tcp_queued,
	.unused = adit_tcp_wake,
	.free = tcp_free,
};

/* ------------------------------------------------------------ the module's own */

static int bind_own(struct adit_tcp *tcp, struct socket *own)
{
	if (tcp->mark)
		sock_set_mark(own->sk, tcp->mark);
	if (tcp->oif)
		sock_bindtoindex(own->sk, tcp->oif, true);
	if (!tcp->bind_port &&
	    adit_addr_is_any(tcp->sock.family, &tcp->bind_local))
		return 0;
	sock_set_reuseaddr(own->sk);
	return adit_sock_bind(own, tcp->sock.family, &tcp->bind_local,
			      tcp->bind_port);
}

/**
 * adit_tcp_create_own() - open a socket of the module
 * @tcp: what it is for
 *
 * Context: may sleep.
 * Return: the socket, bound; or ERR_PTR.
 */
struct socket *adit_tcp_create_own(struct adit_tcp *tcp)
{
	struct socket *own;
	int err;

	own = adit_sock_create(tcp->sock.an, tcp->sock.family, SOCK_STREAM);
	if (IS_ERR(own))
		return own;
	err = bind_own(tcp, own);
	if (!err)
		return own;
	sock_release(own);
	return ERR_PTR(err);
}

/* ------------------------------------------------------------------- connecting */

static void retry_later(struct adit_tcp *tcp, int error)
{
	unsigned int wait;

	part(tcp);
	if (tcp->sock.state == ADIT_SOCKET_STATE_OPEN &&
	    time_after(jiffies, tcp->since + LASTING_SECONDS * HZ))
		tcp->back_off = 0;
	tcp->back_off = clamp_t(unsigned int, 2 * tcp->back_off,
				BACK_OFF_MIN, BACK_OFF_MAX);
	/* Not all at once who have lost the same server. */
	wait = tcp->back_off * HZ;
	wait = wait / 2 + get_random_u32() % (wait / 2 + 1);
	WRITE_ONCE(tcp->sock.error, error);
	adit_tcp_set_state(tcp, ADIT_SOCKET_STATE_WAITING);
	adit_tcp_kick_link(tcp, wait);
}

static int try_connect(struct adit_tcp *tcp)
{
	struct adit_sock *sock = &tcp->sock;
	struct sockaddr_storage addr;
	struct socket *own;
	int err, len;

	own = adit_tcp_create_own(tcp);
	if (IS_ERR(own))
		return PTR_ERR(own);
	tcp->own = own;
	adit_tcp_tune(own->sk);
	/* That of the last connection. */
	memset(&tcp->header, 0, sizeof(tcp->header));
	lock_sock(own->sk);
	adit_tcp_attach(tcp, own->sk);
	release_sock(own->sk);
	len = adit_sock_addr(&addr, sock->family, &sock->remote,
			     sock->remote_port);
	err = kernel_connect(own, (struct sockaddr_unsized *)&addr, len,
			     O_NONBLOCK);
	return err == -EINPROGRESS ? 0 : err;
}

static void begin_connect(struct adit_tcp *tcp)
{
	int err;

	tcp->since = jiffies;
	if (tcp->sock.state != ADIT_SOCKET_STATE_CONNECTING)
		adit_tcp_set_state(tcp, ADIT_SOCKET_STATE_CONNECTING);
	/* First, as the connection may be there at once, and tells of it. */
	adit_tcp_kick_link(tcp, CONNECT_SECONDS * HZ);
	err = try_connect(tcp);
	if (err)
		retry_later(tcp, -err);
}

/* Who connects says what follows (RFC 9329, 4). */
static int queue_prefix(struct adit_tcp *tcp)
{
	struct sk_buff *skb = alloc_skb(ADIT_TCP_PREFIX_LEN,
					GFP_KERNEL_ACCOUNT);

	if (!skb)
		return -ENOMEM;
	skb_put_data(skb, ADIT_TCP_PREFIX, ADIT_TCP_PREFIX_LEN);
	adit_tcp_set_ready(tcp, true);
	if (adit_tcp_queue_ike(tcp, skb))
		return 0;
	kfree_skb(skb);
	return -ENOTCONN;
}

static void connected(struct adit_tcp *tcp)
{
	struct sock *sk = tcp->own->sk;
	int err;

	lock_sock(sk);
	adit_tcp_read_ends(tcp, sk);
	release_sock(sk);
	err = queue_prefix(tcp);
	if (err) {
		retry_later(tcp, -err);
		return;
	}
	tcp->since = jiffies;
	adit_tcp_set_state(tcp, ADIT_SOCKET_STATE_OPEN);
	adit_tcp_kick_io(tcp);
}

static void go_on_connecting(struct adit_tcp *tcp)
{
	int ended = READ_ONCE(tcp->ended);

	if (!tcp->own)
		begin_connect(tcp);
	else if (ended)
		retry_later(tcp, ended);
	else if (tcp->sock.state == ADIT_SOCKET_STATE_OPEN)
		return;
	else if (inet_sk_state_load(tcp->own->sk) == TCP_ESTABLISHED)
		connected(tcp);
	else if (time_after_eq(jiffies, tcp->since + CONNECT_SECONDS * HZ))
		retry_later(tcp, ETIMEDOUT);
}

/* ------------------------------------------------------------------------ steps */

static void link_work(struct work_struct *work)
{
	struct adit_tcp *tcp = container_of(to_delayed_work(work),
					    struct adit_tcp, link_work);
	struct adit_net *an = tcp->sock.an;

	mutex_lock(&an->lock);
	if (tcp->sock.gone)
		;
	else if (tcp->sock.listen)
		adit_tcp_accept(tcp);
	else if (tcp->connects)
		go_on_connecting(tcp);
	else
		adit_tcp_go_on_accepted(tcp);
	mutex_unlock(&an->lock);
	adit_sock_put(&tcp->sock);
}

/* ---------------------------------------------------------------------- opening */

/**
 * adit_tcp_alloc() - a connection that has no socket yet
 * @an: the namespace
 *
 * Context: may sleep.
 * Return: the connection, that nobody knows of; or NULL.
 */
struct adit_tcp *adit_tcp_alloc(struct adit_net *an)
{
	struct adit_tcp *tcp = kzalloc_obj(*tcp, GFP_KERNEL_ACCOUNT);

	if (!tcp)
		return NULL;
	adit_tcp_init(tcp);
	INIT_DELAYED_WORK(&tcp->link_work, link_work);
	tcp->sock.ops = &adit_tcp_ops;
	tcp->sock.an = an;
	tcp->sock.marker = true;
	return tcp;
}

/**
 * adit_tcp_open() - listen, or make a connection
 * @an: the namespace
 * @id: its id, or NULL for the lowest free one above 0
 * @config: what it is
 * @extack: where a refusal is explained
 *
 * A connection is made later, and again whenever it is lost.
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: the socket, borrowed until the lock is released, or ERR_PTR.
 */
struct adit_sock *adit_tcp_open(struct adit_net *an, const u32 *id,
				const struct adit_tcp_config *config,
				struct netlink_ext_ack *extack)
{
	struct adit_tcp *tcp = adit_tcp_alloc(an);
	struct adit_sock *sock;
	int err;

	if (!tcp)
		return ERR_PTR(-ENOMEM);
	sock = &tcp->sock;
	sock->family = config->family;
	sock->own = true;
	sock->automatic = config->automatic;
	sock->listen = config->listen;
	sock->local = config->local;
	sock->remote = config->remote;
	sock->local_port = config->local_port;
	sock->remote_port = config->remote_port;
	sock->state = config->listen ? ADIT_SOCKET_STATE_LISTENING :
				       ADIT_SOCKET_STATE_CONNECTING;
	tcp->connects = !config->listen;
	tcp->mark = config->mark;
	tcp->oif = config->oif;
	tcp->bind_local = config->local;
	tcp->bind_port = config->local_port;
	err = adit_sock_add(&tcp->sock, id, extack);
	if (err) {
		kfree(tcp);
		return ERR_PTR(err);
	}
	if (tcp->connects) {
		adit_tcp_kick_link(tcp, 0);
		return sock;
	}
	err = adit_tcp_listen(tcp, extack);
	if (!err)
		return sock;
	adit_sock_remove(sock);
	return ERR_PTR(err);
}

/**
 * adit_tcp_find() - a connection that the module makes for peers
 * @an: the namespace
 * @config: to where, and how
 *
 * Context: the namespace's lock is held.
 * Return: the socket, borrowed until the lock is released, or NULL.
 */
struct adit_sock *adit_tcp_find(struct adit_net *an,
				const struct adit_tcp_config *config)
{
	struct adit_sock *sock;
	struct adit_tcp *tcp;
	unsigned long id;

	lockdep_assert_held(&an->lock);
	xa_for_each(&an->sockets, id, sock) {
		tcp = adit_to_tcp(sock);
		if (sock->ops == &adit_tcp_ops && tcp->connects &&
		    sock->automatic && sock->family == config->family &&
		    sock->remote_port == config->remote_port &&
		    !adit_addr_cmp(config->family, &sock->remote,
				   &config->remote) &&
		    tcp->bind_port == config->local_port &&
		    !adit_addr_cmp(config->family, &tcp->bind_local,
				   &config->local) &&
		    tcp->mark == config->mark && tcp->oif == config->oif)
			return sock;
	}
	return NULL;
}

/* TLS that the kernel does, in both directions. */
static bool has_tls(const struct sock *sk)
{
	const struct tls_context *tls;

	if (strcmp(inet_csk(sk)->icsk_ulp_ops->name, "tls"))
		return false;
	tls = tls_get_ctx(sk);
	return tls->tx_conf != TLS_BASE && tls->rx_conf != TLS_BASE;
}

static int check_adopted(struct sock *sk, const struct nlattr *marker,
			 struct netlink_ext_ack *extack)
{
	if (marker && !nla_get_u8(marker)) {
		NL_SET_ERR_MSG_ATTR(extack, marker,
				    "marker: IKE in TCP always has one (RFC 9329, 3)");
		return -EINVAL;
	}
	if (sk->sk_state != TCP_ESTABLISHED) {
		NL_SET_ERR_MSG(extack, "fd: is not connected");
		return -ENOTCONN;
	}
	if (sk->sk_user_data || (inet_csk_has_ulp(sk) && !has_tls(sk))) {
		NL_SET_ERR_MSG(extack,
			       "fd: somebody else has its octets already (a ULP but TLS in both directions, or a sockmap)");
		return -EBUSY;
	}
	return 0;
}

/**
 * adit_tcp_adopt() - take ESP out of a connection of userspace
 * @an: the namespace
 * @id: its id, or NULL for the lowest free one above 0
 * @socket: the socket, TCP and of the namespace; not kept: it may be closed
 * @marker: NULL or 1
 * @extack: where a refusal is explained
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: the socket, borrowed until the lock is released, or ERR_PTR.
 */
struct adit_sock *adit_tcp_adopt(struct adit_net *an, const u32 *id,
				 struct socket *socket,
				 const struct nlattr *marker,
				 struct netlink_ext_ack *extack)
{
	struct adit_tcp *tcp = adit_tcp_alloc(an);
	struct sock *sk = socket->sk;
	int err;

	if (!tcp)
		return ERR_PTR(-ENOMEM);
	lock_sock(sk);
	err = check_adopted(sk, marker, extack) ?: adit_tcp_find_twin(tcp, sk);
	if (err)
		goto err;
	tcp->sock.state = ADIT_SOCKET_STATE_OPEN;
	tcp->tls = inet_csk_has_ulp(sk);
	adit_tcp_read_ends(tcp, sk);
	err = adit_sock_add(&tcp->sock, id, extack);
	if (err)
		goto err;
	adit_tcp_attach(tcp, sk);
	adit_tcp_take_over(tcp, sk);
	release_sock(sk);
	tcp_sock_set_nodelay(sk);
	adit_tcp_set_ready(tcp, true);
	/* What came before. */
	adit_tcp_kick_io(tcp);
	return &tcp->sock;

err:
	release_sock(sk);
	kfree(tcp);
	return ERR_PTR(err);
}
