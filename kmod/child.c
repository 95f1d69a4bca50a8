// SPDX-License-Identifier: GPL-2.0-only
/* Children: policies in, SAs attached, one of them put to use, packets held. */

#include <linux/slab.h>

#include "compat.h"
#include "child.h"
#include "defer.h"
#include "dev.h"
#include "io.h"
#include "peer.h"
#include "xform.h"

/* Drop what has waited too long. */
static void ring_held(struct adit_alarm *alarm)
{
	struct adit_child *child = container_of(alarm, struct adit_child,
						hold_alarm);
	struct sk_buff_head late;
	struct sk_buff *skb;
	int reason;

	__skb_queue_head_init(&late);
	spin_lock_bh(&child->hold_lock);
	skb_queue_splice_init(&child->held, &late);
	reason = rcu_access_pointer(child->out) ? ADIT_DROP_TX_NO_ENDPOINT :
						  ADIT_DROP_TX_NO_SA;
	spin_unlock_bh(&child->hold_lock);

	local_bh_disable();
	while ((skb = __skb_dequeue(&late))) {
		atomic_dec(&child->adit->held);
		adit_dev_drop(child->adit, &child->stats, skb, 0, 0, reason);
	}
	local_bh_enable();
}

/**
 * adit_child_add() - add a child to a peer
 * @peer: the peer
 * @id: its id, or NULL for the lowest free one above 0
 * @config: what it is; @config->selectors are the child's if this succeeds
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: the child, borrowed until the lock is released, or ERR_PTR: -EBUSY if
 * the id is taken, -ENOMEM.
 */
struct adit_child *adit_child_add(struct adit_peer *peer, u32 *id,
				  const struct adit_child_config *config)
{
	struct adit_dev *adit = peer->adit;
	struct adit_child *child;
	int err;

	adit_dev_assert_held(adit);
	child = kzalloc_obj(*child, GFP_KERNEL_ACCOUNT);
	if (!child)
		return ERR_PTR(-ENOMEM);
	child->adit = adit;
	child->peer = peer;
	child->mode = config->mode;
	child->protocols = config->protocols;
	child->priority = config->priority;
	child->hold_seconds = config->hold_seconds;
	child->icmp_errors = config->icmp_errors;
	/* No acquire event yet: the first packet raises one. */
	child->acquired = jiffies - 2 * HZ;
	RCU_INIT_POINTER(child->selectors, config->selectors);
	INIT_LIST_HEAD(&child->sas);
	INIT_LIST_HEAD(&child->natflows);
	spin_lock_init(&child->hold_lock);
	__skb_queue_head_init(&child->held);
	adit_alarm_init(&child->hold_alarm, ring_held);
	refcount_set(&child->ref, 1);

	if (id) {
		child->id = *id;
		err = xa_insert(&adit->children, *id, child, GFP_KERNEL);
	} else {
		err = xa_alloc(&adit->children, &child->id, child,
			       XA_LIMIT(1, INT_MAX - 1), GFP_KERNEL);
	}
	if (err)
		goto err_free_child;
	child->claim = adit_spd_claim(&adit->spd, child, child->id,
				      child->priority, config->selectors);
	if (!child->claim) {
		err = -ENOMEM;
		goto err_erase;
	}
	refcount_inc(&peer->ref);
	list_add_tail(&child->peer_node, &peer->children);
	peer->child_count++;
	adit->child_count++;
	WRITE_ONCE(adit->transport_count, adit->transport_count +
		   (child->mode == ADIT_MODE_TRANSPORT));
	pr_debug("adit: child %p created\n", child);
	return child;

err_erase:
	xa_erase(&adit->children, child->id);
err_free_child:
	kfree(child);
	return ERR_PTR(err);
}

/**
 * adit_child_set() - change a child; its SAs stay
 * @child: the child
 * @config: what it is to be; @config->selectors are the child's if this
 *	succeeds, mode and protocols are not looked at
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: 0 or -ENOMEM.
 */
int adit_child_set(struct adit_child *child,
		   const struct adit_child_config *config)
{
	struct adit_dev *adit = child->adit;
	struct adit_selectors *old;
	struct adit_spd_claim *claim;

	adit_dev_assert_held(adit);
	claim = adit_spd_claim(&adit->spd, child, child->id, config->priority,
			       config->selectors);
	if (!claim)
		return -ENOMEM;
	adit_spd_disclaim(&adit->spd, child->claim);
	child->claim = claim;
	child->priority = config->priority;
	WRITE_ONCE(child->hold_seconds, config->hold_seconds);
	WRITE_ONCE(child->icmp_errors, config->icmp_errors);
	old = rcu_replace_pointer(child->selectors, config->selectors,
				  lockdep_is_held(&adit->an->lock));
	kfree_rcu(old, rcu);
	/* What it carries from now on may be something else. */
	adit_natflows_forget(child);
	return 0;
}

/**
 * adit_child_selectors() - a child's selectors
 * @child: the child
 *
 * Context: the namespace's lock is held.
 * Return: the selectors, borrowed until the lock is released.
 */
const struct adit_selectors *
adit_child_selectors(const struct adit_child *child)
{
	struct mutex *lock = &child->adit->an->lock;

	return rcu_dereference_protected(child->selectors,
					 lockdep_is_held(lock));
}

/**
 * adit_child_remove() - remove a child and its SAs
 * @child: the child; not the caller's any more
 *
 * Two phases: now it is out of the device's tables, takes no SA and holds no
 * packet; it is freed when the last reader and the last SA are done with it.
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_child_remove(struct adit_child *child)
{
	struct adit_dev *adit = child->adit;
	struct adit_sa *sa, *next;

	adit_dev_assert_held(adit);
	adit_spd_disclaim(&adit->spd, child->claim);
	list_for_each_entry_safe(sa, next, &child->sas, child_node)
		if (sa->state != ADIT_SA_STATE_DEAD)
			adit_child_detach(child, sa);
	spin_lock_bh(&child->hold_lock);
	WRITE_ONCE(child->gone, true);
	spin_unlock_bh(&child->hold_lock);
	adit_natflows_forget(child);
	adit_alarm_cancel(&adit->alarms, &child->hold_alarm);
	ring_held(&child->hold_alarm);

	xa_erase(&adit->children, child->id);
	child->peer->child_count--;
	adit->child_count--;
	WRITE_ONCE(adit->transport_count, adit->transport_count -
		   (child->mode == ADIT_MODE_TRANSPORT));
	adit_event_child(child, ADIT_CMD_CHILD_DEL_NTF);
	adit_child_put(child);
}

/**
 * adit_child_get() - keep a child
 * @child: a child of which a reference is held, or the namespace's lock
 */
void adit_child_get(struct adit_child *child)
{
	refcount_inc(&child->ref);
}

/* No reader has the child any more, and no SA. */
static void free_work(struct work_struct *work)
{
	struct adit_child *child = container_of(to_rcu_work(work),
						struct adit_child, free_work);
	struct mutex *lock = &child->adit->an->lock;
	struct adit_peer *peer = child->peer;

	mutex_lock(lock);
	adit_stats_fold(&peer->stats, &child->stats);
	list_del(&child->peer_node);
	mutex_unlock(lock);

	pr_debug("adit: child %p destroyed\n", child);
	kvfree(rcu_dereference_protected(child->selectors, true));
	kfree(child);
	adit_peer_put(peer);
}

/**
 * adit_child_put() - give back a child
 * @child: the child; freed after a grace period if this was the last reference
 *
 * Context: any.
 */
void adit_child_put(struct adit_child *child)
{
	if (!refcount_dec_and_test(&child->ref))
		return;
	INIT_RCU_WORK(&child->free_work, free_work);
	queue_rcu_work(adit_free_wq, &child->free_work);
}

/**
 * adit_child_sum() - a child's counters, with those of its SAs
 * @child: the child
 * @sum: where they are added
 *
 * Context: the namespace's lock is held.
 */
void adit_child_sum(const struct adit_child *child, struct adit_stats_sum *sum)
{
	const struct adit_sa *sa;

	adit_dev_assert_held(child->adit);
	adit_stats_add(sum, &child->stats);
	/* Dead ones too: they still hold what they have counted. */
	list_for_each_entry(sa, &child->sas, child_node)
		if (adit_sa_is_outer(sa))
			adit_stats_add_drops(sum, &sa->stats);
		else
			adit_stats_add(sum, &sa->stats);
}

/**
 * adit_child_attach() - a child has a new SA
 * @child: the child
 * @sa: the SA, in the namespace's database
 *
 * Context: the namespace's lock is held.
 */
void adit_child_attach(struct adit_child *child, struct adit_sa *sa)
{
	adit_dev_assert_held(child->adit);
	list_add_tail(&sa->child_node, &child->sas);
	child->sa_count++;
	child->adit->sa_count++;
}

/**
 * adit_child_activate() - send with this SA from now on
 * @child: the child
 * @out: one of its SAs, VALID or DYING
 *
 * One pointer changes: each packet leaves with the old or with the new SA, and
 * none is lost. What was held for want of an SA is sent.
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_child_activate(struct adit_child *child, struct adit_sa_out *out)
{
	adit_dev_assert_held(child->adit);
	spin_lock_bh(&child->hold_lock);
	rcu_assign_pointer(child->out, out);
	spin_unlock_bh(&child->hold_lock);
	adit_child_send_held(child);
}

/**
 * adit_child_uses() - do packets leave with this SA?
 * @child: the child
 * @out: one of its SAs
 *
 * Context: the namespace's lock is held.
 * Return: whether they do; with the AH SA of a bundle, around the ESP SA in use.
 */
bool adit_child_uses(const struct adit_child *child,
		     const struct adit_sa_out *out)
{
	struct mutex *lock = &child->adit->an->lock;
	const struct adit_sa_out *used;

	used = rcu_dereference_protected(child->out, lockdep_is_held(lock));
	return used && (used == out || used->ah == out);
}

/**
 * adit_child_detach() - end an SA of a child
 * @child: the child
 * @sa: the SA; not the caller's any more
 *
 * Context: may sleep; the namespace's lock is held. Packets that are being
 * worked on are finished; the SA is freed after them.
 */
void adit_child_detach(struct adit_child *child, struct adit_sa *sa)
{
	struct adit_dev *adit = child->adit;

	adit_dev_assert_held(adit);
	adit_sa_set_state(sa, ADIT_SA_STATE_DEAD);
	adit_sadb_remove(&adit->an->sadb, sa);
	if (sa->dir == ADIT_DIR_OUT && adit_child_uses(child, adit_sa_out(sa))) {
		spin_lock_bh(&child->hold_lock);
		RCU_INIT_POINTER(child->out, NULL);
		spin_unlock_bh(&child->hold_lock);
	}
	adit_alarm_cancel(&adit->alarms, &sa->alarm);
	child->sa_count--;
	adit->sa_count--;
	adit_event_sa(sa, ADIT_CMD_SA_DEL_NTF);
	adit_sa_put(sa);
}

/**
 * adit_child_drained() - the last packet of an SA is through
 * @sa: the SA, about to be freed
 *
 * Context: may sleep; takes the namespace's lock.
 */
void adit_child_drained(struct adit_sa *sa)
{
	struct adit_child *child = sa->child;
	struct mutex *lock = &child->adit->an->lock;

	mutex_lock(lock);
	/* An alarm that was set while the SA died rings no more. */
	adit_alarm_cancel(&child->adit->alarms, &sa->alarm);
	if (adit_sa_is_outer(sa))
		adit_stats_fold_drops(&child->stats, &sa->stats);
	else
		adit_stats_fold(&child->stats, &sa->stats);
	list_del(&sa->child_node);
	mutex_unlock(lock);
}

/**
 * adit_child_find_sa() - one of a child's SAs
 * @child: the child
 * @dir: ADIT_DIR_*
 * @proto: IP protocol
 * @spi: its SPI
 *
 * Context: the namespace's lock is held.
 * Return: the SA, borrowed until the lock is released, or NULL.
 */
struct adit_sa *adit_child_find_sa(struct adit_child *child, u8 dir, u8 proto,
				   __be32 spi)
{
	struct adit_sa *sa;

	adit_dev_assert_held(child->adit);
	list_for_each_entry(sa, &child->sas, child_node)
		if (sa->dir == dir && sa->spi == spi && sa->proto == proto &&
		    sa->state != ADIT_SA_STATE_DEAD)
			return sa;
	return NULL;
}

/**
 * adit_child_sa_mtu() - the largest inner packet that an SA carries to its peer
 * @sa: the SA, an outbound one
 *
 * Context: process context; the namespace's lock is held.
 * Return: its octets, 0 if there is no route or no key.
 */
unsigned int adit_child_sa_mtu(struct adit_sa *sa)
{
	const struct adit_endpoint *end = adit_peer_end(sa->child->peer);
	unsigned int outer_len = adit_path_outer_len(end);
	unsigned int mtu = adit_peer_mtu(sa->child->peer);

	if (!adit_crypto_has_keys(&sa->crypto) || mtu <= outer_len)
		return 0;
	mtu = adit_bundle_max_inner(adit_sa_out(sa), mtu - outer_len,
				    end->family);
	/* In transport mode the outer header is the packet's own. */
	if (mtu && sa->child->mode == ADIT_MODE_TRANSPORT)
		mtu += outer_len - adit_path_encap_len(end);
	return mtu;
}

/**
 * adit_child_mtu() - the largest inner packet that a child carries to its peer
 * @child: the child
 *
 * Context: process context; the namespace's lock is held.
 * Return: its octets, 0 without an outbound SA or as adit_child_sa_mtu() says.
 */
unsigned int adit_child_mtu(const struct adit_child *child)
{
	struct adit_sa_out *out;

	out = rcu_dereference_protected(child->out,
					lockdep_is_held(&child->adit->an->lock));
	return out ? adit_child_sa_mtu(&out->sa) : 0;
}

/**
 * adit_child_has_ends() - are these the ends of a child's path?
 * @child: the child
 * @family: AF_INET or AF_INET6
 * @local: address here
 * @remote: address there
 *
 * Context: RCU read section.
 * Return: whether they are; where the path has no local end, any is.
 */
bool adit_child_has_ends(const struct adit_child *child, u16 family,
			 const union adit_addr *local,
			 const union adit_addr *remote)
{
	const struct adit_path *path = rcu_dereference(child->peer->path);

	return adit_path_leads_to(path, family, remote) &&
	       (adit_addr_is_any(family, &path->end.local) ||
		!adit_addr_cmp(family, &path->end.local, local));
}

static bool may_hold(const struct adit_child *child)
{
	return !child->gone &&
	       skb_queue_len(&child->held) < ADIT_HELD_PER_CHILD &&
	       atomic_read(&child->adit->held) < ADIT_HELD_PER_DEV;
}

/* An acquire event, at most one a second. */
static void acquire(struct adit_child *child, const struct sk_buff *skb)
{
	lockdep_assert_held(&child->hold_lock);
	if (child->gone || time_before(jiffies, child->acquired + HZ))
		return;
	child->acquired = jiffies;
	adit_event_acquire(child, skb);
}

static void keep(struct adit_child *child, struct sk_buff *skb)
{
	lockdep_assert_held(&child->hold_lock);
	skb_dst_force(skb);
	__skb_queue_tail(&child->held, skb);
	atomic_inc(&child->adit->held);
	if (skb_queue_len(&child->held) == 1)
		adit_alarm_set(&child->adit->alarms, &child->hold_alarm,
			       ktime_add_ns(ktime_get_boottime(),
					    READ_ONCE(child->hold_seconds) *
					    NSEC_PER_SEC));
}

/**
 * adit_child_hold() - keep a packet until it can be sent
 * @child: the child
 * @skb: the packet; the child's if the answer is ADIT_QUEUED
 *
 * Without an outbound SA it waits for one, and an acquire event is raised. While
 * the peer is about to move it waits for that, if there is nowhere to send to
 * before. The oldest packets are kept: the first one of a connection is worth
 * more than its repetitions.
 *
 * Context: bottom halves off, RCU read section.
 * Return: ADIT_QUEUED; ADIT_OK if nothing is missing by now, to try again; or
 * the reason to drop it, ADIT_DROP_TX_NO_*.
 */
int adit_child_hold(struct adit_child *child, struct sk_buff *skb)
{
	bool waits = true;
	int reason;

	spin_lock(&child->hold_lock);
	if (!rcu_access_pointer(child->out)) {
		reason = ADIT_DROP_TX_NO_SA;
		acquire(child, skb);
	} else {
		/* First, as the path is there before the move is done. */
		waits = adit_peer_is_moving(child->peer);
		reason = adit_peer_lacks(child->peer);
	}
	if (reason != ADIT_OK && waits && may_hold(child)) {
		keep(child, skb);
		reason = ADIT_QUEUED;
	}
	spin_unlock(&child->hold_lock);
	return reason;
}

/**
 * adit_child_send_held() - the peer has moved, or could not
 * @child: a child of it
 *
 * What still waits for an outbound SA goes on waiting.
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_child_send_held(struct adit_child *child)
{
	adit_dev_assert_held(child->adit);
	if (!rcu_access_pointer(child->out))
		return;
	adit_alarm_cancel(&child->adit->alarms, &child->hold_alarm);
	adit_send_held(child);
}
