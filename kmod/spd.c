// SPDX-License-Identifier: GPL-2.0-only
/* The security policy database: prefixes to children. */

#include <linux/jhash.h>
#include <linux/slab.h>

#include "compat.h"
#include "spd.h"

static u32 hash_prefix(const void *data, u32 len, u32 seed)
{
	const struct adit_prefix *prefix = data;
	u32 head = prefix->family << 16 | prefix->len;

	if (prefix->family == AF_INET)
		return jhash_2words((__force u32)prefix->addr.v4, head, seed);
	return jhash2((__force const u32 *)prefix->addr.word, 4, seed ^ head);
}

static u32 hash_entry(const void *data, u32 len, u32 seed)
{
	const struct adit_spd_entry *entry = data;

	return hash_prefix(&entry->prefix, len, seed);
}

static int compare(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct adit_spd_entry *entry = obj;
	const struct adit_prefix *prefix = arg->key;

	return prefix->family != entry->prefix.family ||
	       prefix->len != entry->prefix.len ||
	       adit_addr_cmp(prefix->family, &prefix->addr,
			     &entry->prefix.addr);
}

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct adit_spd_entry, hash),
	.key_len = sizeof(struct adit_prefix),
	.hashfn = hash_prefix,
	.obj_hashfn = hash_entry,
	.obj_cmpfn = compare,
	.automatic_shrinking = true,
};

/**
 * adit_spd_init() - make an empty database
 * @spd: where to, all zero
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int adit_spd_init(struct adit_spd *spd)
{
	return rhltable_init(&spd->table, &params);
}

/**
 * adit_spd_uninit() - free a database that is empty again
 * @spd: the database
 *
 * Context: may sleep.
 */
void adit_spd_uninit(struct adit_spd *spd)
{
	rhltable_destroy(&spd->table);
}

static struct adit_spd_len *lens_of(struct adit_spd *spd, u16 family)
{
	return family == AF_INET ? spd->len4 : spd->len6;
}

static unsigned long *bits_of(struct adit_spd *spd, u16 family)
{
	return family == AF_INET ? spd->lens4 : spd->lens6;
}

static int insert(struct adit_spd *spd, struct adit_spd_entry *entry)
{
	const struct adit_prefix *prefix = &entry->prefix;
	struct adit_spd_len *len = lens_of(spd, prefix->family) + prefix->len;
	int err = rhltable_insert(&spd->table, &entry->hash, params);

	if (err)
		return err;
	if (!len->count || entry->priority < len->floor)
		WRITE_ONCE(len->floor, entry->priority);
	if (!len->count++)
		set_bit(prefix->len, bits_of(spd, prefix->family));
	return 0;
}

static void remove(struct adit_spd *spd, struct adit_spd_entry *entry)
{
	const struct adit_prefix *prefix = &entry->prefix;
	struct adit_spd_len *len = lens_of(spd, prefix->family) + prefix->len;

	rhltable_remove(&spd->table, &entry->hash, params);
	if (!--len->count)
		clear_bit(prefix->len, bits_of(spd, prefix->family));
}

/* No selectors of the remote side claim all of both families. */
static const struct adit_ts anything[] = {
	{
		.family = AF_INET,
		.end.word = { cpu_to_be32(~0U) },
		.port_end = 65535,
	},
	{
		.family = AF_INET6,
		.end.word = { cpu_to_be32(~0U), cpu_to_be32(~0U),
			      cpu_to_be32(~0U), cpu_to_be32(~0U) },
		.port_end = 65535,
	},
};

/* The prefixes of all remote selectors; @prefixes has room for all of them. */
static unsigned int prefixes_of(const struct adit_selectors *selectors,
				struct adit_prefix *prefixes, unsigned int max)
{
	const struct adit_ts *ts = adit_selectors_remote(selectors);
	unsigned int count = selectors->remote_count;
	unsigned int i, n = 0;

	if (!count) {
		ts = anything;
		count = ARRAY_SIZE(anything);
	}
	for (i = 0; i < count; i++)
		n += adit_ts_prefixes(ts + i, prefixes + n, max - n);
	return n;
}

static struct adit_spd_claim *claim_alloc(const struct adit_selectors *selectors)
{
	unsigned int max = ADIT_RANGE_PREFIXES_MAX *
			   max_t(unsigned int, selectors->remote_count, 1);
	struct adit_spd_claim *claim = NULL;
	struct adit_prefix *prefixes;
	unsigned int i, n;

	prefixes = kvmalloc_array(max, sizeof(*prefixes), GFP_KERNEL);
	if (!prefixes)
		return NULL;
	n = prefixes_of(selectors, prefixes, max);
	claim = kvzalloc(struct_size(claim, entry, n), GFP_KERNEL_ACCOUNT);
	if (claim) {
		claim->count = n;
		for (i = 0; i < n; i++)
			claim->entry[i].prefix = prefixes[i];
	}
	kvfree(prefixes);
	return claim;
}

static void retract(struct adit_spd *spd, struct adit_spd_claim *claim,
		    unsigned int count)
{
	while (count--)
		remove(spd, &claim->entry[count]);
	kvfree_rcu(claim, rcu);
}

/**
 * adit_spd_claim() - let outbound packets find a child
 * @spd: the database
 * @child: the child
 * @id: its id
 * @priority: its priority
 * @selectors: its selectors; they stay until adit_spd_disclaim() and a grace
 *	period
 *
 * A child may have two claims for a moment, so that one set of selectors
 * takes over from another without a gap.
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: the claim, or NULL without memory; then nothing has changed.
 */
struct adit_spd_claim *adit_spd_claim(struct adit_spd *spd,
				      struct adit_child *child, u32 id,
				      u32 priority,
				      const struct adit_selectors *selectors)
{
	struct adit_spd_claim *claim = claim_alloc(selectors);
	unsigned int i;

	if (!claim)
		return NULL;
	for (i = 0; i < claim->count; i++) {
		struct adit_spd_entry *entry = &claim->entry[i];

		entry->child = child;
		entry->id = id;
		entry->priority = priority;
		entry->selectors = selectors;
		if (insert(spd, entry)) {
			retract(spd, claim, i);
			return NULL;
		}
	}
	return claim;
}

/**
 * adit_spd_disclaim() - let outbound packets find a child no more
 * @spd: the database
 * @claim: the claim; freed after a grace period
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_spd_disclaim(struct adit_spd *spd, struct adit_spd_claim *claim)
{
	retract(spd, claim, claim->count);
}

static bool better(const struct adit_spd_entry *a,
		   const struct adit_spd_entry *b)
{
	if (!b)
		return true;
	return a->priority != b->priority ? a->priority < b->priority :
					    a->id < b->id;
}

/* The best of the children that have the same prefix. */
static const struct adit_spd_entry *
lookup_prefix(struct adit_spd *spd, const struct adit_flow *flow,
	      const struct adit_prefix *prefix)
{
	const struct adit_spd_entry *best = NULL;
	struct adit_spd_entry *entry;
	struct rhlist_head *list, *at;

	list = rhltable_lookup(&spd->table, prefix, params);
	rhl_for_each_entry_rcu(entry, at, list, hash)
		if (better(entry, best) &&
		    adit_selectors_match_out(entry->selectors, flow))
			best = entry;
	return best;
}

/**
 * adit_spd_lookup() - which child does a packet leave through?
 * @spd: the database
 * @flow: the packet
 *
 * Context: RCU read section.
 * Return: the child, borrowed until the end of the section, or NULL.
 */
struct adit_child *adit_spd_lookup(struct adit_spd *spd,
				   const struct adit_flow *flow)
{
	const struct adit_spd_len *lens = lens_of(spd, flow->family);
	const unsigned long *bits = bits_of(spd, flow->family);
	unsigned long size = flow->family == AF_INET ? 33 : 129;
	const struct adit_spd_entry *entry, *best = NULL;
	struct adit_prefix prefix = {
		.addr = flow->destination,
		.family = flow->family,
	};
	unsigned long len;

	/* From the longest length in use to the shortest. */
	while ((len = find_last_bit(bits, size)) < size) {
		size = len;
		/* A shorter prefix wins only with a better priority. */
		if (best && READ_ONCE(lens[len].floor) >= best->priority)
			continue;
		prefix.len = len;
		adit_addr_mask(prefix.family, &prefix.addr, len);
		entry = lookup_prefix(spd, flow, &prefix);
		if (entry && (!best || entry->priority < best->priority))
			best = entry;
	}
	return best ? best->child : NULL;
}
