/* SPDX-License-Identifier: GPL-2.0-only */
/* A Child SA over all its rekeys: selectors, SAs, and the one that sends. */
#ifndef ADIT_CHILD_H
#define ADIT_CHILD_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/skbuff.h>

#include "alarm.h"
#include "sa.h"
#include "spd.h"
#include "stats.h"

struct adit_dev;
struct adit_peer;

/**
 * struct adit_child_config - what userspace says of a child
 * @mode: ADIT_MODE_*
 * @protocols: ADIT_PROTOCOLS_*
 * @priority: of children that match a packet the lowest one wins
 * @hold_seconds: how long a packet may wait for an outbound SA
 * @icmp_errors: let through errors about packets that the selectors allow
 * @selectors: its selectors, given to the child
 */
struct adit_child_config {
	u8 mode;
	u8 protocols;
	u32 priority;
	u32 hold_seconds;
	bool icmp_errors;
	struct adit_selectors *selectors;
};

/**
 * struct adit_child - a child
 * @out: the outbound SA in use; set under the namespace's lock and @hold_lock
 * @selectors: replaced as a whole under the namespace's lock
 * @adit: the device; constant, kept by @peer
 * @peer: whose; counted, constant
 * @id: unique in the device; constant
 * @mode: ADIT_MODE_*; constant
 * @protocols: which protocols each packet is protected by, ADIT_PROTOCOLS_*;
 *	constant
 * @priority: under the namespace's lock
 * @hold_seconds: under the namespace's lock for writing
 * @icmp_errors: as @hold_seconds
 * @gone: removed; nothing is attached or held any more; as @out
 * @claim: in the device's policies; under the namespace's lock
 * @peer_node: in &adit_peer.children, until it is freed; under the namespace's
 *	lock
 * @sas: &struct adit_sa.child_node, until they are freed; under the
 *	namespace's lock
 * @sa_count: SAs that are not DEAD; under the namespace's lock
 * @hold_lock: guards @held, @acquired, @gone and the setting of @out; taken
 *	with bottom halves off
 * @held: packets that wait for an outbound SA, or for the peer to move
 * @acquired: jiffies of the last acquire event
 * @hold_alarm: drops what has waited too long
 * @natflows: its flows through NAT; as &adit_natflows.lock says
 * @natflow_count: how many; likewise
 * @stats: counts of SAs that are gone, and drops before an SA is known
 * @ref: one while it is in the device, one for each SA that is not freed
 * @free_work: frees it after a grace period
 */
struct adit_child {
	struct adit_sa_out __rcu *out;
	struct adit_selectors __rcu *selectors;
	struct adit_dev *adit;
	struct adit_peer *peer;
	u32 id;
	u8 mode;
	u8 protocols;
	u32 priority;
	u32 hold_seconds;
	bool icmp_errors;
	bool gone;
	struct adit_spd_claim *claim;
	struct list_head peer_node;
	struct list_head sas;
	u32 sa_count;
	spinlock_t hold_lock; /* held, acquired, gone; setting out */
	struct sk_buff_head held;
	unsigned long acquired;
	struct adit_alarm hold_alarm;
	struct list_head natflows;
	u32 natflow_count;
	struct adit_stats stats;
	refcount_t ref;
	struct rcu_work free_work;
};

struct adit_child *adit_child_add(struct adit_peer *peer, u32 *id,
				  const struct adit_child_config *config);
int adit_child_set(struct adit_child *child,
		   const struct adit_child_config *config);
const struct adit_selectors *
adit_child_selectors(const struct adit_child *child);
void adit_child_remove(struct adit_child *child);
unsigned int adit_child_sa_mtu(struct adit_sa *sa);
unsigned int adit_child_mtu(const struct adit_child *child);
void adit_child_get(struct adit_child *child);
void adit_child_put(struct adit_child *child);
void adit_child_sum(const struct adit_child *child,
		    struct adit_stats_sum *sum);

void adit_child_attach(struct adit_child *child, struct adit_sa *sa);
void adit_child_activate(struct adit_child *child, struct adit_sa_out *out);
void adit_child_detach(struct adit_child *child, struct adit_sa *sa);
struct adit_sa *adit_child_find_sa(struct adit_child *child, u8 dir, u8 proto,
				   __be32 spi);

bool adit_child_uses(const struct adit_child *child,
		     const struct adit_sa_out *out);

int adit_child_hold(struct adit_child *child, struct sk_buff *skb);
void adit_child_send_held(struct adit_child *child);

bool adit_child_has_ends(const struct adit_child *child, u16 family,
			 const union adit_addr *local,
			 const union adit_addr *remote);

/**
 * adit_child_between() - is a packet between the hosts that a child is for?
 * @child: the child
 * @family: AF_INET or AF_INET6
 * @local: the packet's address here
 * @remote: the packet's address there
 *
 * Context: RCU read section.
 * Return: whether it is; in tunnel mode that is the selectors' question alone.
 */
static inline bool adit_child_between(const struct adit_child *child,
				      u16 family,
				      const union adit_addr *local,
				      const union adit_addr *remote)
{
	return likely(child->mode == ADIT_MODE_TUNNEL) ||
	       adit_child_has_ends(child, family, local, remote);
}

/**
 * adit_child_carries() - may a packet leave through a child?
 * @child: the child, whichever the policy database would choose
 * @flow: of the packet
 *
 * Context: RCU read section.
 * Return: whether it may.
 */
static inline bool adit_child_carries(const struct adit_child *child,
				      const struct adit_flow *flow)
{
	return adit_selectors_match_out(rcu_dereference(child->selectors),
					flow) &&
	       adit_child_between(child, flow->family, &flow->source,
				  &flow->destination);
}

#endif
