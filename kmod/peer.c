// SPDX-License-Identifier: GPL-2.0-only
/* Peers: added, moved to other paths, removed with all they have. */

#include <linux/slab.h>

#include "compat.h"
#include "child.h"
#include "dev.h"
#include "io.h"
#include "peer.h"

/**
 * adit_peer_add() - add a peer to a device
 * @adit: the device
 * @id: its id, or NULL for the lowest free one above 0
 * @end: the ends of its path; copied
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: the peer, borrowed until the lock is released, or ERR_PTR: -EBUSY if
 * the id is taken, -ENOMEM.
 */
struct adit_peer *adit_peer_add(struct adit_dev *adit, u32 *id,
				const struct adit_endpoint *end)
{
	struct adit_peer *peer;
	struct adit_path *path;
	int err = -ENOMEM;

	adit_dev_assert_held(adit);
	peer = kzalloc_obj(*peer, GFP_KERNEL_ACCOUNT);
	if (!peer)
		return ERR_PTR(-ENOMEM);
	path = adit_path_alloc(&adit->underlay, end);
	if (!path)
		goto err_free_peer;
	peer->adit = adit;
	INIT_LIST_HEAD(&peer->children);
	refcount_set(&peer->ref, 1);
	RCU_INIT_POINTER(peer->path, path);

	if (id) {
		peer->id = *id;
		err = xa_insert(&adit->peers, *id, peer, GFP_KERNEL);
	} else {
		err = xa_alloc(&adit->peers, &peer->id, peer,
			       XA_LIMIT(1, INT_MAX - 1), GFP_KERNEL);
	}
	if (err)
		goto err_free_path;
	adit->peer_count++;
	netdev_hold(adit->dev, &peer->tracker, GFP_KERNEL);
	pr_debug("adit: peer %p created\n", peer);
	return peer;

err_free_path:
	adit_path_free(path);
err_free_peer:
	kfree(peer);
	return ERR_PTR(err);
}

/**
 * adit_peer_set() - give a peer another path
 * @peer: the peer
 * @end: the ends of the new path; copied
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: 0 or -ENOMEM.
 */
int adit_peer_set(struct adit_peer *peer, const struct adit_endpoint *end)
{
	struct adit_path *path;

	adit_dev_assert_held(peer->adit);
	path = adit_path_alloc(&peer->adit->underlay, end);
	if (!path)
		return -ENOMEM;
	path = rcu_replace_pointer(peer->path, path,
				   lockdep_is_held(&peer->adit->an->lock));
	adit_path_free(path);
	return 0;
}

/**
 * adit_peer_end() - the ends of a peer's path
 * @peer: the peer
 *
 * Context: the namespace's lock is held.
 * Return: the ends, borrowed until the lock is released.
 */
const struct adit_endpoint *adit_peer_end(const struct adit_peer *peer)
{
	struct mutex *lock = &peer->adit->an->lock;

	return &rcu_dereference_protected(peer->path,
					  lockdep_is_held(lock))->end;
}

/**
 * adit_peer_mtu() - what the underlay carries to a peer
 * @peer: the peer
 * @family: where the outer header's family goes
 *
 * Asked from outside the packet path, as that would see it.
 *
 * Context: process context; the namespace's lock is held.
 * Return: octets of the largest outer packet; 0 if there is no route.
 */
unsigned int adit_peer_mtu(struct adit_peer *peer, u16 *family)
{
	struct adit_path *path;
	unsigned int mtu;

	local_bh_disable();
	rcu_read_lock();
	path = rcu_dereference(peer->path);
	mtu = adit_path_mtu(path);
	*family = path->end.family;
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
	struct mutex *lock = &peer->adit->an->lock;
	struct adit_path *path;

	path = rcu_dereference_protected(peer->path, lockdep_is_held(lock));
	dst_cache_reset(&path->cache);
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
