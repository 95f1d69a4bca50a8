// SPDX-License-Identifier: GPL-2.0-only
/* Peers: added, moved to other paths, removed with all they have. */

#include <linux/slab.h>

#include "compat.h"
#include "child.h"
#include "dev.h"
#include "io.h"
#include "mtu.h"
#include "peer.h"
#include "sock.h"
#include "udp.h"

static struct adit_path *path_of(const struct adit_peer *peer)
{
	return rcu_dereference_protected(peer->path,
					 lockdep_is_held(&peer->adit->an->lock));
}

static void keep_alive(struct adit_peer *peer)
{
	const struct adit_endpoint *end = &path_of(peer)->end;
	struct adit_alarms *alarms = &peer->adit->alarms;

	if (end->encap == ADIT_ENCAP_UDP && end->keepalive)
		adit_alarm_set(alarms, &peer->keepalive_alarm,
			       ktime_add_ns(ktime_get_boottime(),
					    end->keepalive * NSEC_PER_SEC));
	else
		adit_alarm_cancel(alarms, &peer->keepalive_alarm);
}

static void ring_keepalive(struct adit_alarm *alarm)
{
	struct adit_peer *peer = container_of(alarm, struct adit_peer,
					      keepalive_alarm);
	struct adit_path *path = path_of(peer);
	unsigned long idle = jiffies - READ_ONCE(path->sent);
	unsigned long wait = path->end.keepalive * HZ;

	if (netif_running(peer->adit->dev) && idle >= wait) {
		adit_udp_keepalive(path);
		idle = 0;
	}
	adit_alarm_set(&peer->adit->alarms, alarm,
		       ktime_add_ns(ktime_get_boottime(),
				    jiffies_to_nsecs(idle < wait ? wait - idle :
								   wait)));
}

/* The socket may have gone, and another one have its id: then it is not ours. */
static struct adit_sock *moved_sock(struct adit_peer *peer, u32 id,
				    const struct adit_endpoint *end)
{
	struct adit_sock *sock;

	if (end->encap == ADIT_ENCAP_NONE)
		return NULL;
	sock = xa_load(&peer->adit->an->sockets, id);
	if (!sock || sock->ops->encap != end->encap)
		return ERR_PTR(-ENOENT);
	return sock;
}

static void move(struct adit_peer *peer, const struct adit_endpoint *to, u32 id)
{
	struct adit_endpoint end = path_of(peer)->end;
	struct adit_sock *sock = moved_sock(peer, id, &end);

	if (!end.roam || IS_ERR(sock))
		return;
	if (end.family != to->family)
		memset(&end.local, 0, sizeof(end.local));
	end.family = to->family;
	end.remote = to->remote;
	end.remote_port = to->remote_port;
	if (sock)
		adit_sock_take(&end, sock);
	if (adit_peer_set(peer, &end))
		return;
	adit_event_peer(peer, ADIT_CMD_PEER_MOVE_NTF);
	adit_mtu_fit_later(peer->adit, adit_peer_inner_mtu(peer));
}

/*
 * What its children hold is sent, or dropped if it could not move. Whoever wants
 * to hold more sees, with a child's hold_lock, that the move is done.
 */
static void ring_move(struct adit_alarm *alarm)
{
	struct adit_peer *peer = container_of(alarm, struct adit_peer,
					      move_alarm);
	struct adit_endpoint to;
	struct adit_child *child;
	u32 id, moves;

	spin_lock_bh(&peer->move_lock);
	to = peer->move_to;
	id = peer->move_sock;
	moves = peer->moves;
	spin_unlock_bh(&peer->move_lock);

	move(peer, &to, id);
	/* After the path: see adit_child_hold(). */
	smp_store_release(&peer->moves_done, moves);
	list_for_each_entry(child, &peer->children, peer_node)
		adit_child_send_held(child);
}

/**
 * adit_peer_move() - a verified packet came from elsewhere
 * @peer: the peer
 * @to: family, remote address and port of where it came from
 * @sock: id of the socket that it came through, 0 for none
 *
 * The peer moves soon after, if it may, and an event tells of it.
 *
 * Context: any but hard interrupts; RCU read section.
 */
void adit_peer_move(struct adit_peer *peer, const struct adit_endpoint *to,
		    u32 sock)
{
	spin_lock_bh(&peer->move_lock);
	peer->move_to = *to;
	peer->move_sock = sock;
	/* With the lock: adit_peer_remove() cancels it, and it is not set again. */
	if (!peer->gone) {
		WRITE_ONCE(peer->moves, peer->moves + 1);
		adit_alarm_set(&peer->adit->alarms, &peer->move_alarm, 0);
	}
	spin_unlock_bh(&peer->move_lock);
}

/**
 * adit_peer_inner_mtu() - what each of a peer's children carries
 * @peer: the peer
 *
 * Context: process context; the namespace's lock is held.
 * Return: octets of the largest inner packet that fits all of them; 0 if there is
 * no outbound SA in use, or no route.
 */
unsigned int adit_peer_inner_mtu(const struct adit_peer *peer)
{
	const struct adit_child *child;
	unsigned int mtu = 0;

	adit_dev_assert_held(peer->adit);
	list_for_each_entry(child, &peer->children, peer_node)
		mtu = min_not_zero(mtu, adit_child_mtu(child));
	return mtu;
}

/**
 * adit_peer_lacks() - what is missing to send to a peer?
 * @peer: the peer
 *
 * Context: RCU read section.
 * Return: ADIT_DROP_TX_NO_SOCKET, ADIT_DROP_TX_NO_ENDPOINT, or ADIT_OK if there
 * is somewhere to send to.
 */
int adit_peer_lacks(const struct adit_peer *peer)
{
	const struct adit_path *path = rcu_dereference(peer->path);

	if (!adit_sock_ready(&path->end))
		return ADIT_DROP_TX_NO_SOCKET;
	return adit_path_known(path) ? ADIT_OK : ADIT_DROP_TX_NO_ENDPOINT;
}

/**
 * adit_peer_is_moving() - will it get another path in a moment?
 * @peer: the peer
 *
 * Context: any.
 * Return: whether it was heard from elsewhere, and has not followed yet; if not,
 * the path that is read afterwards is the one there.
 */
bool adit_peer_is_moving(const struct adit_peer *peer)
{
	/* Before the path: see ring_move(). */
	return READ_ONCE(peer->moves) != smp_load_acquire(&peer->moves_done);
}

/* One that is used by nobody after all goes again. */
static void forget_sock(struct adit_sock *sock)
{
	adit_sock_use(sock);
	adit_sock_unuse(sock);
}

static struct adit_peer *alloc_peer(struct adit_dev *adit,
				    const struct adit_endpoint *end)
{
	struct adit_peer *peer = kzalloc_obj(*peer, GFP_KERNEL_ACCOUNT);
	struct adit_path *path;

	if (!peer)
		return NULL;
	path = adit_path_alloc(&adit->underlay, end);
	if (!path) {
		kfree(peer);
		return NULL;
	}
	peer->adit = adit;
	INIT_LIST_HEAD(&peer->children);
	spin_lock_init(&peer->move_lock);
	adit_alarm_init(&peer->move_alarm, ring_move);
	adit_alarm_init(&peer->keepalive_alarm, ring_keepalive);
	refcount_set(&peer->ref, 1);
	RCU_INIT_POINTER(peer->path, path);
	return peer;
}

/**
 * adit_peer_add() - add a peer to a device
 * @adit: the device
 * @id: its id, or NULL for the lowest free one above 0
 * @end: how it is reached; copied. A socket that was opened for it goes if this
 *	fails
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: the peer, borrowed until the lock is released, or ERR_PTR: -EBUSY if
 * the id is taken, -ENOMEM.
 */
struct adit_peer *adit_peer_add(struct adit_dev *adit, u32 *id,
				const struct adit_endpoint *end)
{
	struct adit_peer *peer;
	int err = -ENOMEM;

	adit_dev_assert_held(adit);
	peer = alloc_peer(adit, end);
	if (!peer)
		goto err_sock;
	if (id) {
		peer->id = *id;
		err = xa_insert(&adit->peers, *id, peer, GFP_KERNEL);
	} else {
		err = xa_alloc(&adit->peers, &peer->id, peer,
			       XA_LIMIT(1, INT_MAX - 1), GFP_KERNEL);
	}
	if (err)
		goto err_peer;
	adit->peer_count++;
	adit_sock_use(end->sock);
	netdev_hold(adit->dev, &peer->tracker, GFP_KERNEL);
	pr_debug("adit: peer %p created\n", peer);
	keep_alive(peer);
	return peer;

err_peer:
	adit_path_free(rcu_dereference_protected(peer->path, true));
	kfree(peer);
err_sock:
	forget_sock(end->sock);
	return ERR_PTR(err);
}

/**
 * adit_peer_set() - give a peer another path
 * @peer: the peer
 * @end: how it is reached now; copied. A socket that was opened for it goes if
 *	this fails
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: 0 or -ENOMEM.
 */
int adit_peer_set(struct adit_peer *peer, const struct adit_endpoint *end)
{
	struct adit_path *path;

	adit_dev_assert_held(peer->adit);
	path = adit_path_alloc(&peer->adit->underlay, end);
	if (!path) {
		forget_sock(end->sock);
		return -ENOMEM;
	}
	adit_sock_use(end->sock);
	path = rcu_replace_pointer(peer->path, path,
				   lockdep_is_held(&peer->adit->an->lock));
	adit_sock_unuse(path->end.sock);
	adit_path_free(path);
	keep_alive(peer);
	return 0;
}

/**
 * adit_peer_end() - how a peer is reached
 * @peer: the peer
 *
 * Context: the namespace's lock is held.
 * Return: the ends of its path, borrowed until the lock is released.
 */
const struct adit_endpoint *adit_peer_end(const struct adit_peer *peer)
{
	return &path_of(peer)->end;
}

/**
 * adit_peer_has_ah() - has it a child with AH?
 * @peer: the peer
 *
 * Context: the namespace's lock is held.
 * Return: whether it has.
 */
bool adit_peer_has_ah(const struct adit_peer *peer)
{
	const struct adit_child *child;

	adit_dev_assert_held(peer->adit);
	list_for_each_entry(child, &peer->children, peer_node)
		if (!child->gone && child->protocols != ADIT_PROTOCOLS_ESP)
			return true;
	return false;
}

/**
 * adit_peer_mtu() - what the underlay carries to a peer
 * @peer: the peer
 *
 * Asked from outside the packet path, as that would see it.
 *
 * Context: process context; the namespace's lock is held.
 * Return: octets of the largest outer packet; 0 if there is no route.
 */
unsigned int adit_peer_mtu(struct adit_peer *peer)
{
	unsigned int mtu;

	local_bh_disable();
	rcu_read_lock();
	mtu = adit_path_mtu(path_of(peer));
	rcu_read_unlock();
	local_bh_enable();
	return mtu;
}

/**
 * adit_peer_forget_route() - look the route up again with the next packet
 * @peer: the peer
 *
 * Context: the namespace's lock is held.
 */
void adit_peer_forget_route(struct adit_peer *peer)
{
	dst_cache_reset(&path_of(peer)->cache);
}

/**
 * adit_peer_remove() - remove a peer, its children and their SAs
 * @peer: the peer; not the caller's any more
 *
 * Packets that are under way are dropped; memory is freed when the last of
 * them is done.
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_peer_remove(struct adit_peer *peer)
{
	struct adit_dev *adit = peer->adit;
	struct adit_child *child, *next;

	adit_dev_assert_held(adit);
	list_for_each_entry_safe(child, next, &peer->children, peer_node)
		if (!child->gone)
			adit_child_remove(child);
	spin_lock_bh(&peer->move_lock);
	peer->gone = true;
	spin_unlock_bh(&peer->move_lock);
	adit_alarm_cancel(&adit->alarms, &peer->move_alarm);
	adit_alarm_cancel(&adit->alarms, &peer->keepalive_alarm);
	adit_sock_unuse(path_of(peer)->end.sock);
	xa_erase(&adit->peers, peer->id);
	adit->peer_count--;
	adit_event_peer(peer, ADIT_CMD_PEER_DEL_NTF);
	adit_peer_put(peer);
}

/**
 * adit_peer_put() - give back a peer
 * @peer: the peer; freed after a grace period if this was the last reference
 *
 * Context: any; with the last reference the device may go, too.
 */
void adit_peer_put(struct adit_peer *peer)
{
	struct net_device *dev = peer->adit->dev;
	netdevice_tracker tracker;

	if (!refcount_dec_and_test(&peer->ref))
		return;
	pr_debug("adit: peer %p destroyed\n", peer);
	adit_path_free(rcu_dereference_protected(peer->path, true));
	tracker = peer->tracker;
	kfree_rcu(peer, rcu);
	netdev_put(dev, &tracker);
}

/**
 * adit_peer_sum() - a peer's counters, with those of all it has
 * @peer: the peer
 * @sum: where they are added
 *
 * Context: the namespace's lock is held.
 */
void adit_peer_sum(const struct adit_peer *peer, struct adit_stats_sum *sum)
{
	const struct adit_child *child;

	adit_dev_assert_held(peer->adit);
	adit_stats_add(sum, &peer->stats);
	list_for_each_entry(child, &peer->children, peer_node)
		adit_child_sum(child, sum);
}

/**
 * adit_peer_path_to() - does an outbound SA send to this address?
 * @sa: the SA
 * @family: AF_INET or AF_INET6
 * @remote: the address
 *
 * Context: RCU read section.
 * Return: its path if it does, else NULL; borrowed until the end of the section.
 */
struct adit_path *adit_peer_path_to(const struct adit_sa *sa, u16 family,
				    const union adit_addr *remote)
{
	struct adit_path *path = rcu_dereference(sa->child->peer->path);

	return adit_path_leads_to(path, family, remote) ? path : NULL;
}
