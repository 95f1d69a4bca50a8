/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets that peers are reached through: UDP (RFC 3948) and TCP (RFC 9329).
 * Handed over by userspace, or opened by the module. Here is what both have:
 * who uses one, and how long it is there.
 */
#ifndef ADIT_SOCK_H
#define ADIT_SOCK_H

#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "netns.h"
#include "path.h"

struct adit_sock;

/**
 * struct adit_sock_ops - functions of a kind of socket
 * @encap: ADIT_ENCAP_UDP or ADIT_ENCAP_TCP
 *
 * @release: take it away from the kernel's socket, or close that if it is the
 * module's own. May sleep; the namespace's lock is held. No packet is taken from
 * it afterwards; packets that are under way may still be sent through it.
 *
 * @is_closed: was it closed without a word? NULL if that cannot be.
 *
 * @queued: octets that wait to be sent; NULL if none ever does.
 *
 * @unused: a path does not lead through it any more, and no packet is on its way
 * to it by that path; NULL if that is nothing to it.
 *
 * @free: free the memory; a grace period after @release, may sleep.
 */
struct adit_sock_ops {
	u8 encap;
	void (*release)(struct adit_sock *sock);
	bool (*is_closed)(const struct adit_sock *sock);
	u32 (*queued)(const struct adit_sock *sock);
	void (*unused)(struct adit_sock *sock);
	void (*free)(struct adit_sock *sock);
};

/**
 * struct adit_sock_counters - what is counted of a socket
 * @keepalives: NAT keepalives received
 * @ike: IKE messages given to userspace
 * @ike_dropped: IKE messages that nobody reads
 * @dropped: what is neither, and ESP for no SA
 */
struct adit_sock_counters {
	atomic64_t keepalives;
	atomic64_t ike;
	atomic64_t ike_dropped;
	atomic64_t dropped;
};

/**
 * struct adit_sock - a socket; the first member of its kind's own structure
 * @ops: its kind's functions; constant
 * @an: the namespace; constant
 * @id: unique in the namespace; constant
 * @family: AF_INET or AF_INET6; constant
 * @both_families: an IPv6 socket that IPv4 packets come to as well; constant
 * @own: opened by the module; constant
 * @automatic: opened for a peer, and closed with the last one; constant
 * @listen: takes connections and carries nothing; constant
 * @marker: has the non-ESP marker, else all is IKE; constant
 * @local: where it is bound to; all zero for any; under the namespace's lock
 * @remote: the other end of a connection; under the namespace's lock
 * @local_port: constant once it is bound
 * @remote_port: constant
 * @state: ADIT_SOCKET_STATE_*; under the namespace's lock for writing
 * @error: why the last connection failed or ended, a positive errno, or 0;
 *	under the namespace's lock for writing
 * @closed: userspace or the other end has closed it; &adit_net.sock_work removes
 *	it
 * @gone: removed; under the namespace's lock for writing
 * @users: peers whose path it is; under the namespace's lock
 * @counters: what has come through it
 * @ref: one while it is in the namespace, one for each path
 * @free_work: frees it after a grace period
 */
struct adit_sock {
	const struct adit_sock_ops *ops;
	struct adit_net *an;
	u32 id;
	u16 family;
	bool both_families;
	bool own;
	bool automatic;
	bool listen;
	bool marker;
	union adit_addr local;
	union adit_addr remote;
	__be16 local_port;
	__be16 remote_port;
	u8 state;
	int error;
	bool closed;
	bool gone;
	u32 users;
	struct adit_sock_counters counters;
	refcount_t ref;
	struct rcu_work free_work;
};

/**
 * adit_sock_ready() - is there a socket, if one is needed?
 * @end: the ends of a path
 *
 * Context: RCU read section.
 * Return: whether packets can be sent as far as that goes.
 */
static inline bool adit_sock_ready(const struct adit_endpoint *end)
{
	return end->encap == ADIT_ENCAP_NONE ||
	       (end->sock && !READ_ONCE(end->sock->gone));
}

struct socket *adit_sock_create(struct adit_net *an, u16 family, int type);
int adit_sock_addr(struct sockaddr_storage *to, u16 family,
		   const union adit_addr *addr, __be16 port);
int adit_sock_bind(struct socket *own, u16 family, const union adit_addr *addr,
		   __be16 port);
int adit_sock_add(struct adit_sock *sock, const u32 *id,
		  struct netlink_ext_ack *extack);
void adit_sock_remove(struct adit_sock *sock);
void adit_sock_remove_all(struct adit_net *an);
void adit_sock_lost(struct adit_sock *sock, int error);
void adit_sock_closed_work(struct work_struct *work);
struct adit_sock *adit_sock_find(struct adit_net *an, u8 encap, u16 family,
				 const union adit_addr *local, __be16 port);
void adit_sock_refuse_bind(const char *kind, __be16 port, int err,
			   struct netlink_ext_ack *extack);
bool adit_sock_carries(const struct adit_sock *sock, u16 family);
void adit_sock_take(struct adit_endpoint *end, struct adit_sock *sock);
void adit_sock_get(struct adit_sock *sock);
void adit_sock_put(struct adit_sock *sock);
void adit_sock_use(struct adit_sock *sock);
void adit_sock_unuse(struct adit_sock *sock);

#endif
