/* SPDX-License-Identifier: GPL-2.0-only */
/* What a network namespace has: its SAs, and the lock of all configuration. */
#ifndef ADIT_NETNS_H
#define ADIT_NETNS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "sadb.h"

/* Senders of packets for no SA are told apart by so many bits of a hash. */
#define ADIT_SENDERS_BITS 6

/**
 * struct adit_net_counters - what is counted for a namespace, on each CPU
 * @unknown_spi: packets for no SA of ours, passed on to the kernel's IPsec
 * @truncated: packets too short for an ESP header
 */
struct adit_net_counters {
	unsigned long unknown_spi;
	unsigned long truncated;
};

/**
 * struct adit_net - what belongs to a network namespace
 * @net: the namespace
 * @lock: held by every change to a device that was born here, and to its
 *	peers, children and SAs; inside the RTNL where both are held
 * @devices: &struct adit_dev that were born here, wherever they are now;
 *	under the RTNL
 * @sockets: &struct adit_sock by id; under @lock
 * @sock_work: removes those of them that were closed
 * @sadb: SAs of these devices: their ESP is in this namespace
 * @counters: packets that belong to no device
 * @senders: when an event was last sent for one of these senders, in jiffies
 */
struct adit_net {
	struct net *net;
	struct mutex lock; /* of all configuration, see above */
	struct list_head devices;
	struct xarray sockets;
	struct delayed_work sock_work;
	struct adit_sadb sadb;
	struct adit_net_counters __percpu *counters;
	unsigned long senders[1 << ADIT_SENDERS_BITS];
};

struct adit_net *adit_net(const struct net *net);
void adit_net_sum(const struct adit_net *an, struct adit_net_counters *sum);

int adit_netns_module_init(void (*exit_batch)(struct list_head *nets));
void adit_netns_module_exit(void);

#endif
