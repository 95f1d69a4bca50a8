// SPDX-License-Identifier: GPL-2.0-only
/* The security policy database: packets to children. */

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

static u32 hash_group(const void *data, u32 len, u32 seed)
{
	const struct adit_spd_group *group = data;

	return hash_prefix(&group->shape.prefix, len, seed);
}

static bool same_prefix(const struct adit_prefix *a,
			const struct adit_prefix *b)
{
	return a->family == b->family && a->len == b->len &&
	       !adit_addr_cmp(a->family, &a->addr, &b->addr);
}

static int compare_group(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct adit_spd_group *group = obj;

	return !same_prefix(arg->key, &group->shape.prefix);
}

static const struct rhashtable_params group_params = {
	.head_offset = offsetof(struct adit_spd_group, hash),
	.key_offset = offsetof(struct adit_spd_group, shape.prefix),
	.key_len = sizeof(struct adit_prefix),
	.hashfn = hash_prefix,
	.obj_hashfn = hash_group,
	.obj_cmpfn = compare_group,
	.automatic_shrinking = true,
};

static const struct rhashtable_params entry_params = {
	.head_offset = offsetof(struct adit_spd_entry, hash),
	.key_offset = offsetof(struct adit_spd_entry, key),
	.key_len = sizeof(struct adit_spd_key),
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
	int err = rhltable_init(&spd->groups, &group_params);

	if (err)
		return err;
	err = rhltable_init(&spd->entries, &entry_params);
	if (err)
		rhltable_destroy(&spd->groups);
	return err;
}

/**
 * adit_spd_uninit() - free a database that is empty again
 * @spd: the database
 *
 * Context: may sleep.
 */
void adit_spd_uninit(struct adit_spd *spd)
{
	rhltable_destroy(&spd->entries);
	rhltable_destroy(&spd->groups);
}

static struct adit_spd_len *lens_of(struct adit_spd *spd, u16 family)
{
	return family == AF_INET ? spd->len4 : spd->len6;
}

static unsigned long *bits_of(struct adit_spd *spd, u16 family)
{
	return family == AF_INET ? spd->lens4 : spd->lens6;
}

/* ------------------------------------------------------------------- groups */

static bool same_shape(const struct adit_spd_shape *a,
		       const struct adit_spd_shape *b)
{
	return a->local_len == b->local_len &&
	       a->local_port_len == b->local_port_len &&
	       a->remote_port_len == b->remote_port_len &&
	       a->has_proto == b->has_proto;
}

static struct adit_spd_group *find_group(struct adit_spd *spd,
					 const struct adit_spd_shape *shape)
{
	struct adit_spd_group *group, *found = NULL;
	struct rhlist_head *list, *at;

	rcu_read_lock();
	list = rhltable_lookup(&spd->groups, &shape->prefix, group_params);
	rhl_for_each_entry_rcu(group, at, list, hash)
		if (same_shape(&group->shape, shape))
			found = group;
	rcu_read_unlock();
	return found;
}

/* A length has come into use or has a better priority: where may lookups end? */
static void settle(struct adit_spd *spd, u16 family)
{
	unsigned int i, size = family == AF_INET ? 33 : 129;
	struct adit_spd_len *len = lens_of(spd, family);
	u32 below = U32_MAX;

	for (i = 0; i < size; i++) {
		WRITE_ONCE(len[i].below, below);
		if (len[i].count)
			below = min(below, len[i].floor);
	}
}

static struct adit_spd_group *add_group(struct adit_spd *spd,
					const struct adit_spd_shape *shape)
{
	const struct adit_prefix *prefix = &shape->prefix;
	struct adit_spd_len *len = lens_of(spd, prefix->family) + prefix->len;
	struct adit_spd_group *group = kzalloc_obj(*group, GFP_KERNEL_ACCOUNT);

	if (!group)
		return NULL;
	group->shape = *shape;
	group->floor = U32_MAX;
	if (rhltable_insert(&spd->groups, &group->hash, group_params)) {
		kfree(group);
		return NULL;
	}
	if (!len->count++) {
		len->floor = U32_MAX;
		set_bit(prefix->len, bits_of(spd, prefix->family));
	}
	return group;
}

static void remove_group(struct adit_spd *spd, struct adit_spd_group *group)
{
	const struct adit_prefix *prefix = &group->shape.prefix;

	rhltable_remove(&spd->groups, &group->hash, group_params);
	if (!--lens_of(spd, prefix->family)[prefix->len].count) {
		clear_bit(prefix->len, bits_of(spd, prefix->family));
		settle(spd, prefix->family);
	}
	kfree_rcu(group, rcu);
}

/* ------------------------------------------------------------------ entries */

static u16 mask_port(u16 port, unsigned int len)
{
	return port & ~(0xffff >> len);
}

static void make_key(struct adit_spd_key *key, struct adit_spd_group *group,
		     const union adit_addr *local, u8 proto, u16 local_port,
		     u16 remote_port)
{
	const struct adit_spd_shape *shape = &group->shape;

	key->group = group;
	key->local = *local;
	adit_addr_mask(shape->prefix.family, &key->local, shape->local_len);
	key->proto = shape->has_proto ? proto : 0;
	key->local_port = mask_port(local_port, shape->local_port_len);
	key->remote_port = mask_port(remote_port, shape->remote_port_len);
}

static unsigned int port_len(const struct adit_ts *ts)
{
	return 16 - fls(ts->port_start ^ ts->port_end);
}

/*
 * What is common to all packets that match @local here and @remote there is
 * the key: the beginnings that both ends of each range have.
 */
static void make_shape(struct adit_spd_shape *shape,
		       const struct adit_ts *local,
		       const struct adit_ts *remote)
{
	shape->local_len = adit_addr_common(local->family, &local->start,
					    &local->end);
	shape->local_port_len = port_len(local);
	shape->remote_port_len = port_len(remote);
	shape->has_proto = local->proto || remote->proto;
}

/* Returns whether the priority is better than any before. */
static bool lower(u32 *floor, u32 priority)
{
	if (priority >= *floor)
		return false;
	WRITE_ONCE(*floor, priority);
	return true;
}

static int insert(struct adit_spd *spd, struct adit_spd_entry *entry,
		  const struct adit_spd_shape *shape,
		  const struct adit_ts *local, const struct adit_ts *remote)
{
	const struct adit_prefix *prefix = &shape->prefix;
	struct adit_spd_group *group;
	u32 priority = entry->claim->priority;

	group = find_group(spd, shape) ?: add_group(spd, shape);
	if (!group)
		return -ENOMEM;
	make_key(&entry->key, group, &local->start,
		 remote->proto ?: local->proto, local->port_start,
		 remote->port_start);
	if (rhltable_insert(&spd->entries, &entry->hash, entry_params)) {
		if (!group->count)
			remove_group(spd, group);
		return -ENOMEM;
	}
	lower(&group->floor, priority);
	if (lower(&lens_of(spd, prefix->family)[prefix->len].floor, priority))
		settle(spd, prefix->family);
	rcu_assign_pointer(group->only, group->count ? NULL : entry);
	group->count++;
	return 0;
}

static void remove(struct adit_spd *spd, struct adit_spd_entry *entry)
{
	struct adit_spd_group *group = entry->key.group;

	rhltable_remove(&spd->entries, &entry->hash, entry_params);
	if (!--group->count)
		remove_group(spd, group);
}

/* ------------------------------------------------------------------- claims */

/* What a side without selectors has. */
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

static const struct adit_ts *or_anything(const struct adit_ts *ts,
					 unsigned int *count)
{
	if (*count)
		return ts;
	*count = ARRAY_SIZE(anything);
	return anything;
}

static const struct adit_ts *local_of(const struct adit_selectors *selectors,
				      unsigned int *count)
{
	*count = selectors->local_count;
	return or_anything(selectors->ts, count);
}

static const struct adit_ts *remote_of(const struct adit_selectors *selectors,
				       unsigned int *count)
{
	*count = selectors->remote_count;
	return or_anything(adit_selectors_remote(selectors), count);
}

/* With room for the prefixes of all remote selectors; @scratch is for one's. */
static struct adit_spd_claim *
claim_alloc(const struct adit_selectors *selectors, struct adit_prefix *scratch)
{
	struct adit_spd_claim *claim;
	const struct adit_ts *ts;
	unsigned int i, count, n = 0;

	ts = remote_of(selectors, &count);
	for (i = 0; i < count; i++)
		n += adit_ts_prefixes(ts + i, scratch, ADIT_RANGE_PREFIXES_MAX);
	claim = kvzalloc(struct_size(claim, entry, n), GFP_KERNEL_ACCOUNT);
	if (claim)
		claim->selectors = selectors;
	return claim;
}

/* Enter all prefixes of one remote selector. */
static int claim_ts(struct adit_spd *spd, struct adit_spd_claim *claim,
		    const struct adit_ts *ts, struct adit_prefix *scratch)
{
	struct adit_spd_shape shape;
	const struct adit_ts *here;
	struct adit_ts local, remote;
	unsigned int i, n;

	adit_ts_hull(ts, 1, ts->family, &remote);
	here = local_of(claim->selectors, &n);
	/* None of this family here: no packet matches. */
	if (!adit_ts_hull(here, n, ts->family, &local))
		return 0;
	make_shape(&shape, &local, &remote);
	n = adit_ts_prefixes(ts, scratch, ADIT_RANGE_PREFIXES_MAX);
	for (i = 0; i < n; i++) {
		struct adit_spd_entry *entry = &claim->entry[claim->count];

		entry->claim = claim;
		shape.prefix = scratch[i];
		if (insert(spd, entry, &shape, &local, &remote))
			return -ENOMEM;
		claim->count++;
	}
	return 0;
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
	struct adit_spd_claim *claim = NULL;
	struct adit_prefix *scratch;
	const struct adit_ts *ts;
	unsigned int i, count;

	scratch = kmalloc_array(ADIT_RANGE_PREFIXES_MAX, sizeof(*scratch),
				GFP_KERNEL);
	if (!scratch)
		return NULL;
	claim = claim_alloc(selectors, scratch);
	if (!claim)
		goto out;
	claim->child = child;
	claim->id = id;
	claim->priority = priority;
	ts = remote_of(selectors, &count);
	for (i = 0; i < count; i++) {
		if (claim_ts(spd, claim, ts + i, scratch)) {
			adit_spd_disclaim(spd, claim);
			claim = NULL;
			break;
		}
	}
out:
	kfree(scratch);
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
	unsigned int i = claim->count;

	while (i--)
		remove(spd, &claim->entry[i]);
	kvfree_rcu(claim, rcu);
}

/* ------------------------------------------------------------------- lookup */

/* Of two claims to the same prefix the better one for a packet. */
static const struct adit_spd_claim *better(const struct adit_spd_claim *claim,
					   const struct adit_spd_claim *best,
					   const struct adit_flow *flow)
{
	if (best && (claim->priority > best->priority ||
		     (claim->priority == best->priority &&
		      claim->id > best->id)))
		return best;
	return adit_selectors_match_out(claim->selectors, flow) ? claim : best;
}

static const struct adit_spd_claim *
lookup_key(struct adit_spd *spd, struct adit_spd_group *group,
	   const struct adit_spd_claim *best, const struct adit_flow *flow)
{
	struct rhlist_head *list, *at;
	struct adit_spd_entry *entry;
	struct adit_spd_key key;

	make_key(&key, group, &flow->source, flow->proto, flow->source_port,
		 flow->destination_port);
	list = rhltable_lookup(&spd->entries, &key, entry_params);
	rhl_for_each_entry_rcu(entry, at, list, hash)
		best = better(entry->claim, best, flow);
	return best;
}

/* The best of the claims to one prefix. */
static const struct adit_spd_claim *
lookup_prefix(struct adit_spd *spd, const struct adit_prefix *prefix,
	      const struct adit_flow *flow)
{
	const struct adit_spd_claim *best = NULL;
	struct rhlist_head *list, *at;
	struct adit_spd_group *group;
	struct adit_spd_entry *only;

	list = rhltable_lookup(&spd->groups, prefix, group_params);
	rhl_for_each_entry_rcu(group, at, list, hash) {
		if (best && READ_ONCE(group->floor) > best->priority)
			continue;
		only = rcu_dereference(group->only);
		if (only)
			best = better(only->claim, best, flow);
		else
			best = lookup_key(spd, group, best, flow);
	}
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
	const struct adit_spd_claim *claim, *best = NULL;
	struct adit_prefix prefix = {
		.addr = flow->destination,
		.family = flow->family,
	};
	unsigned long len;

	/* From the longest length in use to the shortest. */
	while ((len = find_last_bit(bits, size)) < size) {
		size = len;
		prefix.len = len;
		adit_addr_mask(prefix.family, &prefix.addr, len);
		claim = lookup_prefix(spd, &prefix, flow);
		if (claim && (!best || claim->priority < best->priority))
			best = claim;
		/* A shorter prefix wins only with a better priority. */
		if (best && READ_ONCE(lens[len].below) >= best->priority)
			break;
	}
	return best ? best->child : NULL;
}
