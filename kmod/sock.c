// SPDX-License-Identifier: GPL-2.0-only
/* Sockets that peers are reached through: found, used, removed. */

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <net/sock.h>

#include "compat.h"
#include "defer.h"
#include "io.h"
#include "sock.h"

static void assert_held(const struct adit_sock *sock)
{
	lockdep_assert_held(&sock->an->lock);
}

/*
 * An owner can take back that we are told when it closes a socket (UDP_ENCAP),
 * and a socket that we keep keeps its namespace: so it is looked at, too.
 */
static void look_at(const struct adit_sock *sock)
{
	if (sock->ops->is_closed && !sock->own)
		queue_delayed_work(adit_sock_wq, &sock->an->sock_work,
				   ADIT_SOCK_LOOK_SECONDS * HZ);
}

/**
 * adit_sock_add() - put a socket into its namespace
 * @sock: the socket, all filled in but for id and references
 * @id: its id, or NULL for the lowest free one above 0
 * @extack: where a refusal is explained
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: 0, -EEXIST if the id is taken, or -ENOMEM; then @sock is still the
 * caller's.
 */
int adit_sock_add(struct adit_sock *sock, const u32 *id,
		  struct netlink_ext_ack *extack)
{
	struct adit_net *an = sock->an;
	int err;

	assert_held(sock);
	refcount_set(&sock->ref, 1);
	if (id) {
		sock->id = *id;
		err = xa_insert(&an->sockets, *id, sock, GFP_KERNEL_ACCOUNT);
	} else {
		err = xa_alloc(&an->sockets, &sock->id, sock,
			       XA_LIMIT(1, INT_MAX - 1), GFP_KERNEL_ACCOUNT);
	}
	if (err == -EBUSY && id) {
		NL_SET_ERR_MSG_FMT(extack, "id: there is a socket %u already",
				   *id);
		return -EEXIST;
	}
	if (err)
		return err;
	adit_event_socket(sock, ADIT_CMD_SOCKET_NTF);
	look_at(sock);
	return 0;
}

/**
 * adit_sock_remove() - close a socket, or give it back
 * @sock: the socket; not the caller's any more
 *
 * Its peers keep all they have, and can send nothing until they get another one.
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_sock_remove(struct adit_sock *sock)
{
	assert_held(sock);
	WRITE_ONCE(sock->gone, true);
	xa_erase(&sock->an->sockets, sock->id);
	sock->ops->release(sock);
	adit_event_socket(sock, ADIT_CMD_SOCKET_DEL_NTF);
	adit_sock_put(sock);
}

/**
 * adit_sock_remove_all() - close the sockets of a namespace that ends
 * @an: the namespace; no device is left
 *
 * Context: may sleep.
 */
void adit_sock_remove_all(struct adit_net *an)
{
	struct adit_sock *sock;
	unsigned long id;

	mutex_lock(&an->lock);
	xa_for_each(&an->sockets, id, sock)
		adit_sock_remove(sock);
	mutex_unlock(&an->lock);
	/* Whoever still sees one that is being closed is done with it... */
	synchronize_rcu();
	/* ...and nothing is left that could be closed. */
	cancel_delayed_work_sync(&an->sock_work);
	/* They take the lock to find out that there is nothing to do. */
	flush_workqueue(adit_sock_wq);
}

/**
 * adit_sock_lost() - a socket was closed, by its owner or by the other end
 * @sock: the socket
 * @error: why, a positive errno, or 0
 *
 * Context: any; the socket is removed soon after.
 */
void adit_sock_lost(struct adit_sock *sock, int error)
{
	WRITE_ONCE(sock->error, error);
	WRITE_ONCE(sock->closed, true);
	mod_delayed_work(adit_sock_wq, &sock->an->sock_work, 0);
}

static bool is_closed(const struct adit_sock *sock)
{
	return READ_ONCE(sock->closed) ||
	       (sock->ops->is_closed && sock->ops->is_closed(sock));
}

/**
 * adit_sock_closed_work() - remove the sockets that were closed
 * @work: &adit_net.sock_work
 */
void adit_sock_closed_work(struct work_struct *work)
{
	struct adit_net *an = container_of(to_delayed_work(work),
					   struct adit_net, sock_work);
	struct adit_sock *sock;
	unsigned long id;

	mutex_lock(&an->lock);
	xa_for_each(&an->sockets, id, sock)
		if (is_closed(sock))
			adit_sock_remove(sock);
		else
			look_at(sock);
	mutex_unlock(&an->lock);
}

/**
 * adit_sock_create() - open a socket of the module
 * @an: the namespace
 * @family: AF_INET or AF_INET6, and of this one alone
 * @type: SOCK_DGRAM or SOCK_STREAM
 *
 * Context: may sleep.
 * Return: the socket, or ERR_PTR.
 */
struct socket *adit_sock_create(struct adit_net *an, u16 family, int type)
{
	struct socket *own;
	int err;

	err = sock_create_kern(an->net, family, type, 0, &own);
	if (err)
		return ERR_PTR(err);
#if IS_ENABLED(CONFIG_IPV6)
	/* So that both families can have the same port. */
	if (family == AF_INET6)
		own->sk->sk_ipv6only = true;
#endif
	return own;
}

/**
 * adit_sock_addr() - an address as sockets have it
 * @to: where to
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @port: the port
 *
 * Return: octets that it has.
 */
int adit_sock_addr(struct sockaddr_storage *to, u16 family,
		   const union adit_addr *addr, __be16 port)
{
	struct sockaddr_in6 *in6 = (void *)to;
	struct sockaddr_in *in = (void *)to;

	memset(to, 0, sizeof(*to));
	if (family == AF_INET) {
		in->sin_family = AF_INET;
		in->sin_addr.s_addr = addr->v4;
		in->sin_port = port;
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_addr = addr->v6;
	in6->sin6_port = port;
	return sizeof(*in6);
}

/**
 * adit_sock_bind() - bind a socket of the module
 * @own: the socket
 * @family: AF_INET or AF_INET6
 * @addr: the address, all zero for any
 * @port: the port, 0 for any
 *
 * Context: may sleep.
 * Return: 0 or a negative error.
 */
int adit_sock_bind(struct socket *own, u16 family, const union adit_addr *addr,
		   __be16 port)
{
	struct sockaddr_storage local;
	int len = adit_sock_addr(&local, family, addr, port);

	return kernel_bind(own, (struct sockaddr_unsized *)&local, len);
}

/**
 * adit_sock_refuse_bind() - explain why a socket cannot be opened
 * @kind: "UDP" or "TCP"
 * @port: the port that it was to be bound to
 * @err: what binding it gave
 * @extack: where it is explained
 */
void adit_sock_refuse_bind(const char *kind, __be16 port, int err,
			   struct netlink_ext_ack *extack)
{
	if (err == -EADDRINUSE)
		NL_SET_ERR_MSG_FMT(extack,
				   "local-port: another socket has %s port %u already",
				   kind, ntohs(port));
	else if (err == -EADDRNOTAVAIL)
		NL_SET_ERR_MSG(extack,
			       "local: is not an address of this host");
	else
		NL_SET_ERR_MSG_FMT(extack,
				   "local-port: %s port %u cannot be bound to (error %d)",
				   kind, ntohs(port), -err);
}

/**
 * adit_sock_carries() - can packets of a family come and go through a socket?
 * @sock: the socket
 * @family: AF_INET or AF_INET6
 *
 * Return: whether they can.
 */
bool adit_sock_carries(const struct adit_sock *sock, u16 family)
{
	return !sock->listen &&
	       (sock->family == family || sock->both_families);
}

/**
 * adit_sock_find() - a socket that is bound to an address and a port
 * @an: the namespace
 * @encap: ADIT_ENCAP_*
 * @family: of @local
 * @local: the address; a socket that is bound to none has it, too
 * @port: the port
 *
 * Context: the namespace's lock is held.
 * Return: the socket, borrowed until the lock is released, or NULL.
 */
struct adit_sock *adit_sock_find(struct adit_net *an, u8 encap, u16 family,
				 const union adit_addr *local, __be16 port)
{
	struct adit_sock *sock;
	unsigned long id;

	lockdep_assert_held(&an->lock);
	xa_for_each(&an->sockets, id, sock) {
		if (sock->ops->encap != encap || sock->local_port != port ||
		    !sock->marker || READ_ONCE(sock->closed) ||
		    !adit_sock_carries(sock, family))
			continue;
		if (adit_addr_is_any(sock->family, &sock->local) ||
		    (sock->family == family &&
		     !adit_addr_cmp(family, &sock->local, local)))
			return sock;
	}
	return NULL;
}

/**
 * adit_sock_take() - reach a peer through a socket
 * @end: the ends of its path; gets what the socket says of them
 * @sock: the socket; one that carries the family of @end
 */
void adit_sock_take(struct adit_endpoint *end, struct adit_sock *sock)
{
	end->sock = sock;
	end->local_port = sock->local_port;
	if (!end->family)
		end->family = sock->family;
	if (sock->family == end->family &&
	    !adit_addr_is_any(sock->family, &sock->local))
		end->local = sock->local;
	if (sock->remote_port) {
		end->family = sock->family;
		end->remote = sock->remote;
		end->remote_port = sock->remote_port;
	}
}

/**
 * adit_sock_get() - keep a socket's memory
 * @sock: the socket
 *
 * Context: any; the caller knows that it is not freed.
 */
void adit_sock_get(struct adit_sock *sock)
{
	refcount_inc(&sock->ref);
}

static void free_work(struct work_struct *work)
{
	struct adit_sock *sock = container_of(to_rcu_work(work),
					      struct adit_sock, free_work);

	sock->ops->free(sock);
}

/**
 * adit_sock_put() - give back a socket's memory
 * @sock: the socket; freed after a grace period if this was the last reference
 *
 * Context: any.
 */
void adit_sock_put(struct adit_sock *sock)
{
	if (!refcount_dec_and_test(&sock->ref))
		return;
	INIT_RCU_WORK(&sock->free_work, free_work);
	queue_rcu_work(adit_free_wq, &sock->free_work);
}

/**
 * adit_sock_use() - a peer is reached through a socket
 * @sock: the socket, or NULL
 *
 * Context: the namespace's lock is held.
 */
void adit_sock_use(struct adit_sock *sock)
{
	if (!sock)
		return;
	assert_held(sock);
	sock->users++;
}

/**
 * adit_sock_unuse() - a peer is reached through a socket no more
 * @sock: the socket, or NULL
 *
 * One that was opened for its peers goes with the last of them.
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_sock_unuse(struct adit_sock *sock)
{
	if (!sock)
		return;
	assert_held(sock);
	if (!--sock->users && sock->automatic && !sock->gone)
		adit_sock_remove(sock);
}
