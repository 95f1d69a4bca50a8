/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The security policy database of a device (RFC 4301, 4.4.1): which child an
 * outbound packet leaves through.
 *
 * An SPD is ordered (RFC 4301, 4.4.1): of the children whose selectors match
 * the packet as a whole the lowest priority number wins, then the longest
 * remote prefix, then the lowest child id. What a packet costs does not depend
 * on the number of children:
 *
 * - Remote prefixes are in a hash table, looked up once for each prefix length
 *   that is in use: two or three in practice, and no tree to rebalance. The
 *   lookup begins with the longest, and ends where no shorter one has a child
 *   of a better priority: where all have the same, with the first match.
 *
 * - Children with the same remote prefix form groups. Those of a group are told
 *   apart by the same further bits of a packet: the beginning of its local
 *   address and of its ports, and its protocol. These are the key of another
 *   hash table, in which a packet is looked up once for each group of the
 *   prefix: one or two in practice. It is not where the group has one child.
 *
 * What has the same key is tried one by one: children whose selectors are the
 * same, or whose ranges do not end where prefixes do.
 */
#ifndef ADIT_SPD_H
#define ADIT_SPD_H

#include <linux/bitmap.h>
#include <linux/rhashtable.h>

#include "selector.h"

struct adit_child;

/**
 * struct adit_spd_len - the groups of one prefix length
 * @count: how many; under the namespace's lock
 * @floor: no child has a lower priority number, since the length has come into
 *	use; under the namespace's lock for writing
 * @below: the lowest @floor of all shorter lengths in use; likewise
 */
struct adit_spd_len {
	u32 count;
	u32 floor;
	u32 below;
};

/**
 * struct adit_spd - the policies of a device
 * @groups: &struct adit_spd_group by prefix
 * @entries: &struct adit_spd_entry by key
 * @lens4: IPv4 prefix lengths in use
 * @lens6: IPv6 prefix lengths in use
 * @len4: of each IPv4 length
 * @len6: of each IPv6 length
 */
struct adit_spd {
	struct rhltable groups;
	struct rhltable entries;
	DECLARE_BITMAP(lens4, 33);
	DECLARE_BITMAP(lens6, 129);
	struct adit_spd_len len4[33];
	struct adit_spd_len len6[129];
};

/**
 * struct adit_spd_shape - what children of a group have in common
 * @prefix: the remote prefix
 * @local_len: bits of the local address that tell them apart
 * @local_port_len: bits of the local port that do
 * @remote_port_len: bits of the remote port that do
 * @has_proto: the protocol does
 */
struct adit_spd_shape {
	struct adit_prefix prefix;
	u8 local_len;
	u8 local_port_len;
	u8 remote_port_len;
	bool has_proto;
};

/**
 * struct adit_spd_group - children of one shape
 * @hash: in &adit_spd.groups
 * @shape: their shape
 * @only: the entry of the group if it has never had more than one
 * @count: entries; under the namespace's lock
 * @floor: as in &struct adit_spd_len
 * @rcu: frees it
 */
struct adit_spd_group {
	struct rhlist_head hash;
	struct adit_spd_shape shape;
	struct adit_spd_entry __rcu *only;
	u32 count;
	u32 floor;
	struct rcu_head rcu;
};

/**
 * struct adit_spd_key - where an entry is; hashed as it is, without a gap
 * @group: its group
 * @local: local address; what does not tell children apart is 0 here and below
 * @local_port: local port
 * @remote_port: remote port
 * @proto: IP protocol
 */
struct adit_spd_key {
	struct adit_spd_group *group;
	union adit_addr local;
	u16 local_port;
	u16 remote_port;
	u32 proto;
};

/**
 * struct adit_spd_entry - a child's claim to one remote prefix
 * @key: its key
 * @hash: in &adit_spd.entries
 * @claim: whose
 */
struct adit_spd_entry {
	struct adit_spd_key key;
	struct rhlist_head hash;
	struct adit_spd_claim *claim;
};

/**
 * struct adit_spd_claim - all entries of a child
 * @rcu: frees it
 * @child: the child; borrowed: it goes after its claim
 * @selectors: the child's, as they were when the claim was made; borrowed
 *	likewise
 * @priority: the child's
 * @id: the child's
 * @count: entries
 * @entry: they
 */
struct adit_spd_claim {
	struct rcu_head rcu;
	struct adit_child *child;
	const struct adit_selectors *selectors;
	u32 priority;
	u32 id;
	unsigned int count;
	struct adit_spd_entry entry[];
};

int adit_spd_init(struct adit_spd *spd);
void adit_spd_uninit(struct adit_spd *spd);

struct adit_spd_claim *adit_spd_claim(struct adit_spd *spd,
				      struct adit_child *child, u32 id,
				      u32 priority,
				      const struct adit_selectors *selectors);
void adit_spd_disclaim(struct adit_spd *spd, struct adit_spd_claim *claim);

struct adit_child *adit_spd_lookup(struct adit_spd *spd,
				   const struct adit_flow *flow);

#endif
