/* SPDX-License-Identifier: GPL-2.0-only */
/* A remote gateway and how it is reached. */
#ifndef ADIT_PEER_H
#define ADIT_PEER_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/refcount.h>

#include "path.h"
#include "stats.h"

struct adit_dev;

/**
 * struct adit_peer - a peer
 * @adit: the device; constant, kept by @tracker
 * @id: unique in the device; constant
 * @path: how it is reached; replaced as a whole under the namespace's lock
 * @children: &struct adit_child.peer_node; under the namespace's lock
 * @child_count: how many
 * @stats: counts of children that are gone, and drops before a child is known
 * @ref: one while it is in the device, one for each child that is not freed
 * @tracker: of the reference to the device
 * @rcu: frees it
 */
struct adit_peer {
	struct adit_dev *adit;
	u32 id;
	struct adit_path __rcu *path;
	struct list_head children;
	u32 child_count;
	struct adit_stats stats;
	refcount_t ref;
	netdevice_tracker tracker;
	struct rcu_head rcu;
};

struct adit_peer *adit_peer_add(struct adit_dev *adit, u32 *id,
				const struct adit_endpoint *end);
int adit_peer_set(struct adit_peer *peer, const struct adit_endpoint *end);
const struct adit_endpoint *adit_peer_end(const struct adit_peer *peer);
unsigned int adit_peer_mtu(struct adit_peer *peer, u16 *family);
void adit_peer_forget_route(struct adit_peer *peer);
void adit_peer_remove(struct adit_peer *peer);
void adit_peer_put(struct adit_peer *peer);
void adit_peer_sum(const struct adit_peer *peer, struct adit_stats_sum *sum);

#endif
