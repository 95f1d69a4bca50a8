/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flows in transport mode through NAT. Several hosts behind one NAT have its
 * address, and all their packets do. Two questions follow, RFC 3948, 5.2:
 *
 * - Whose is a packet that goes to that address? The child's that the last
 *   packet of its flow came through.
 * - Two hosts use the same port (L2TP does: 1701): which is which? The flow of
 *   the second one gets another remote port, which is put in as its packets are
 *   received, and taken out of the answers again.
 *
 * A device has a table of the flows that it has received, for children in
 * transport mode whose packets come through UDP or TCP.
 */
#ifndef ADIT_NATFLOW_H
#define ADIT_NATFLOW_H

#include <linux/rhashtable-types.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>

#include "alarm.h"
#include "flow.h"

struct adit_child;
struct adit_dev;

/**
 * struct adit_natflows - the flows of a device
 * @in: by child and the ports that the other end uses
 * @out: by the ports that are used here
 * @lock: guards what is in both, @count, and each child's list; taken with
 *	bottom halves off
 * @count: how many there are; read without the lock as "any?"
 * @alarm: removes those that are idle
 */
struct adit_natflows {
	struct rhashtable in;
	struct rhashtable out;
	spinlock_t lock; /* in, out, count, the lists of children */
	u32 count;
	struct adit_alarm alarm;
};

int adit_natflows_init(struct adit_natflows *flows);
void adit_natflows_uninit(struct adit_natflows *flows);
void adit_natflows_forget(struct adit_child *child);

int adit_natflow_receive(struct adit_child *child, struct sk_buff *skb);
struct adit_child *adit_natflow_send(struct adit_dev *adit, struct sk_buff *skb,
				     int *reason);
struct adit_child *adit_natflow_child(struct adit_dev *adit,
				      const struct adit_flow *flow);

#endif
