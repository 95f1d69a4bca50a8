// SPDX-License-Identifier: GPL-2.0-only
/* The security association database: two hash tables. */

#include <linux/jhash.h>

#include "compat.h"
#include "sadb.h"

struct sa_key {
	__be32 spi;
	u32 proto;
};

static struct sa_key key_of(u8 proto, __be32 spi)
{
	return (struct sa_key){ .spi = spi, .proto = proto };
}

static u32 hash_key(const void *data, u32 len, u32 seed)
{
	const struct sa_key *key = data;

	return jhash_2words((__force u32)key->spi, key->proto, seed);
}

static u32 hash_sa(const struct adit_sa *sa, u32 seed)
{
	return jhash_2words((__force u32)sa->spi, sa->proto, seed);
}

static u32 hash_in(const void *data, u32 len, u32 seed)
{
	return hash_sa(&((const struct adit_sa_in *)data)->sa, seed);
}

static u32 hash_out(const void *data, u32 len, u32 seed)
{
	return hash_sa(&((const struct adit_sa_out *)data)->sa, seed);
}

static bool differs(const struct rhashtable_compare_arg *arg,
		    const struct adit_sa *sa)
{
	const struct sa_key *key = arg->key;

	return sa->spi != key->spi || sa->proto != key->proto;
}

static int compare_in(struct rhashtable_compare_arg *arg, const void *obj)
{
	return differs(arg, &((const struct adit_sa_in *)obj)->sa);
}

static int compare_out(struct rhashtable_compare_arg *arg, const void *obj)
{
	return differs(arg, &((const struct adit_sa_out *)obj)->sa);
}

static const struct rhashtable_params in_params = {
	.head_offset = offsetof(struct adit_sa_in, hash),
	.key_len = sizeof(struct sa_key),
	.hashfn = hash_key,
	.obj_hashfn = hash_in,
	.obj_cmpfn = compare_in,
	.automatic_shrinking = true,
};

static const struct rhashtable_params out_params = {
	.head_offset = offsetof(struct adit_sa_out, hash),
	.key_len = sizeof(struct sa_key),
	.hashfn = hash_key,
	.obj_hashfn = hash_out,
	.obj_cmpfn = compare_out,
	.automatic_shrinking = true,
};

/**
 * adit_sadb_init() - make an empty database
 * @sadb: where to
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int adit_sadb_init(struct adit_sadb *sadb)
{
	int err;

	err = rhashtable_init(&sadb->in, &in_params);
	if (err)
		return err;
	err = rhltable_init(&sadb->out, &out_params);
	if (err)
		rhashtable_destroy(&sadb->in);
	return err;
}

/**
 * adit_sadb_uninit() - free a database that is empty again
 * @sadb: the database
 *
 * Context: may sleep.
 */
void adit_sadb_uninit(struct adit_sadb *sadb)
{
	WARN_ON(atomic_read(&sadb->count));
	rhltable_destroy(&sadb->out);
	rhashtable_destroy(&sadb->in);
}

/**
 * adit_sadb_insert_in() - let an inbound SA be found
 * @sadb: the database; it has the SA's first reference from now on
 * @in: the SA
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: 0, -EEXIST if the SPI is taken, or -ENOMEM.
 */
int adit_sadb_insert_in(struct adit_sadb *sadb, struct adit_sa_in *in)
{
	struct sa_key key = key_of(in->sa.proto, in->sa.spi);
	int err;

	err = rhashtable_lookup_insert_key(&sadb->in, &key, &in->hash,
					   in_params);
	if (!err)
		atomic_inc(&sadb->count);
	return err;
}

/**
 * adit_sadb_insert_out() - let an outbound SA be found
 * @sadb: the database; it has the SA's first reference from now on
 * @out: the SA
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: 0 or -ENOMEM.
 */
int adit_sadb_insert_out(struct adit_sadb *sadb, struct adit_sa_out *out)
{
	struct sa_key key = key_of(out->sa.proto, out->sa.spi);
	int err;

	err = rhltable_insert_key(&sadb->out, &key, &out->hash, out_params);
	if (!err)
		atomic_inc(&sadb->count);
	return err;
}

/**
 * adit_sadb_remove() - let an SA be found no more
 * @sadb: the database
 * @sa: the SA; its first reference is the caller's again
 *
 * Context: may sleep; the namespace's lock is held. Readers may still see the
 * SA until a grace period has passed.
 */
void adit_sadb_remove(struct adit_sadb *sadb, struct adit_sa *sa)
{
	if (sa->dir == ADIT_DIR_IN)
		rhashtable_remove_fast(&sadb->in, &adit_sa_in(sa)->hash,
				       in_params);
	else
		rhltable_remove(&sadb->out, &adit_sa_out(sa)->hash,
				out_params);
	atomic_dec(&sadb->count);
}

/**
 * adit_sadb_lookup_in() - find an inbound SA
 * @sadb: the database
 * @proto: IP protocol
 * @spi: the SPI
 *
 * Context: RCU read section.
 * Return: the SA, borrowed until the end of the section, or NULL.
 */
struct adit_sa_in *adit_sadb_lookup_in(struct adit_sadb *sadb, u8 proto,
				       __be32 spi)
{
	struct sa_key key = key_of(proto, spi);

	return rhashtable_lookup(&sadb->in, &key, in_params);
}

/**
 * adit_sadb_lookup_out() - find the outbound SAs with an SPI
 * @sadb: the database
 * @proto: IP protocol
 * @spi: the SPI
 *
 * Context: RCU read section.
 * Return: a list for rhl_for_each_entry_rcu(), or NULL.
 */
struct rhlist_head *adit_sadb_lookup_out(struct adit_sadb *sadb, u8 proto,
					 __be32 spi)
{
	struct sa_key key = key_of(proto, spi);

	return rhltable_lookup(&sadb->out, &key, out_params);
}
