/* SPDX-License-Identifier: GPL-2.0-only */
/* A remote gateway and how it is reached. */
#ifndef ADIT_PEER_H
#define ADIT_PEER_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/refcount.h>

#include "alarm.h"
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
 * @move_lock: guards @move_to, @move_sock, @moves and @gone; taken with bottom
 *	halves off
 * @move_to: family, remote address and port of where it was heard from
 * @move_sock: id of the socket that it was heard through
 * @moves: how often it was heard from elsewhere
 * @moves_done: how many of these @move_alarm has seen to; if fewer, it rings
 *	soon; under the namespace's lock for writing
 * @gone: removed; it moves no more
 * @move_alarm: gives it the path there
 * @keepalive_alarm: sends the next NAT keepalive, if nothing else was sent
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
	spinlock_t move_lock; /* move_to, move_sock, moves, gone */
	struct adit_endpoint move_to;
	u32 move_sock;
	u32 moves;
	u32 moves_done;
	bool gone;
	struct adit_alarm move_alarm;
	struct adit_alarm keepalive_alarm;
	struct adit_stats stats;
	refcount_t ref;
	netdevice_tracker tracker;
	struct rcu_head rcu;
};

struct adit_peer *adit_peer_add(struct adit_dev *adit, u32 *id,
				const struct adit_endpoint *end);
int adit_peer_set(struct adit_peer *peer, const struct adit_endpoint *end);
const struct adit_endpoint *adit_peer_end(const struct adit_peer *peer);
bool adit_peer_has_ah(const struct adit_peer *peer);
unsigned int adit_peer_mtu(struct adit_peer *peer);
unsigned int adit_peer_inner_mtu(const struct adit_peer *peer);
void adit_peer_move(struct adit_peer *peer, const struct adit_endpoint *to,
		    u32 sock);
int adit_peer_lacks(const struct adit_peer *peer);
bool adit_peer_is_moving(const struct adit_peer *peer);
void adit_peer_forget_route(struct adit_peer *peer);
void adit_peer_remove(struct adit_peer *peer);
void adit_peer_put(struct adit_peer *peer);
void adit_peer_sum(const struct adit_peer *peer, struct adit_stats_sum *sum);

#endif
