/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The security policy database of a device (RFC 4301, 4.4.1): which child an
 * outbound packet leaves through.
 *
 * An SPD is ordered (RFC 4301, 4.4.1): of the children whose selectors match
 * the packet as a whole the lowest priority number wins, then the longest
 * remote prefix, then the lowest child id. Prefixes are kept in one hash table,
 * looked up once for each prefix length that is in use: two or three in
 * practice, whatever the number of children, and no tree to rebalance. The
 * lookup begins with the longest, and leaves out lengths that no child of a
 * better priority has: where all have the same, the first match is the best.
 */
#ifndef ADIT_SPD_H
#define ADIT_SPD_H

#include <linux/bitmap.h>
#include <linux/rhashtable.h>

#include "selector.h"

struct adit_child;

/**
 * struct adit_spd_len - the entries of one prefix length
 * @count: how many; under the namespace's lock
 * @floor: no entry has a lower priority number, since the length has come into
 *	use; under the namespace's lock for writing
 */
struct adit_spd_len {
	u32 count;
	u32 floor;
};

/**
 * struct adit_spd - the policies of a device
 * @table: &struct adit_spd_entry by prefix
 * @lens4: IPv4 prefix lengths in use
 * @lens6: IPv6 prefix lengths in use
 * @len4: of each IPv4 length
 * @len6: of each IPv6 length
 */
struct adit_spd {
	struct rhltable table;
	DECLARE_BITMAP(lens4, 33);
	DECLARE_BITMAP(lens6, 129);
	struct adit_spd_len len4[33];
	struct adit_spd_len len6[129];
};

/**
 * struct adit_spd_entry - a child's claim to a remote prefix
 * @prefix: the prefix
 * @hash: in &adit_spd.table
 * @child: whose; borrowed: the child goes after its entries
 * @selectors: the child's, as they were when the entry was made; borrowed
 *	likewise
 * @priority: the child's
 * @id: the child's
 */
struct adit_spd_entry {
	struct adit_prefix prefix;
	struct rhlist_head hash;
	struct adit_child *child;
	const struct adit_selectors *selectors;
	u32 priority;
	u32 id;
};

/**
 * struct adit_spd_claim - all entries of a child
 * @rcu: frees it
 * @count: how many
 * @entry: they
 */
struct adit_spd_claim {
	struct rcu_head rcu;
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
