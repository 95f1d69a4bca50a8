/* SPDX-License-Identifier: GPL-2.0-only */
/* The interface. */
#ifndef ADIT_DEV_H
#define ADIT_DEV_H

#include <linux/netdevice.h>
#include <linux/xarray.h>
#include <net/gro_cells.h>

#include "alarm.h"
#include "natflow.h"
#include "netns.h"
#include "path.h"
#include "spd.h"
#include "stats.h"

#define ADIT_VERSION "0.1.0"

/**
 * struct adit_dev - private part of an interface
 * @dev: the interface
 * @an: the namespace that it was born in; ESP, sockets and SAs are there
 * @underlay: what its paths have in common; changed under the RTNL, read
 *	without a lock
 * @spd: which child a packet leaves through
 * @stats: counters, one for each CPU
 * @cells: where received packets are batched for GRO
 * @held: packets that all its children hold
 * @peers: by id; under the namespace's lock, read under RCU
 * @children: by id; under the namespace's lock, read under RCU
 * @peer_count: under the namespace's lock
 * @child_count: under the namespace's lock
 * @transport_count: how many of these are in transport mode; under the
 *	namespace's lock for writing
 * @natflows: what has come through NAT for these
 * @sa_count: SAs that are not DEAD; under the namespace's lock
 * @alarms: timers of its SAs and children
 * @gone: removed from the namespace; nothing is added any more; under the
 *	namespace's lock
 * @fit_mtu: the MTU that fits, 0 while that is not known; under the RTNL for
 *	writing
 * @mtu_fixed: an admin has set the MTU; under the RTNL
 * @setting_mtu: the change of MTU is ours; under the RTNL
 * @mtu_work: lets the MTU fit
 * @an_node: in &adit_net.devices; under the RTNL
 */
struct adit_dev {
	struct net_device *dev;
	struct adit_net *an;
	struct adit_underlay underlay;
	struct adit_spd spd;
	struct adit_dev_stats __percpu *stats;
	struct gro_cells cells;
	atomic_t held;
	struct xarray peers;
	struct xarray children;
	u32 peer_count;
	u32 child_count;
	u32 transport_count;
	struct adit_natflows natflows;
	u32 sa_count;
	struct adit_alarms alarms;
	unsigned int fit_mtu;
	bool gone;
	bool mtu_fixed;
	bool setting_mtu;
	struct work_struct mtu_work;
	struct list_head an_node;
};

void adit_dev_setup(struct net_device *dev);
bool adit_dev_is(const struct net_device *dev);
void adit_dev_drop(struct adit_dev *adit, struct adit_stats *stats,
		   struct sk_buff *skb, __be32 spi, u64 seq, int reason);
void adit_dev_count_drop(struct adit_dev *adit, struct adit_stats *stats,
			 int reason);

/* send.c and life.c share it: the namespace's lock of what a device has. */
static inline void adit_dev_assert_held(const struct adit_dev *adit)
{
	lockdep_assert_held(&adit->an->lock);
}

#endif
