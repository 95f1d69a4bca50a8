// SPDX-License-Identifier: GPL-2.0-or-later
/* See pool.h. */
#include "pool.h"

#include <stdio.h>
#include <stdlib.h>

/* More are not remembered: the memory of a large pool has an end, too. */
enum { LEASES_MAX = 1 << 18 };

void pool_conf_free(struct pool_conf *conf)
{
	if (!conf)
		return;
	for (size_t i = 0; i < conf->n_attributes; i++)
		buf_free(&conf->attributes[i].value);
	free(conf);
}

static uint64_t key_of(const struct ident *id)
{
	uint64_t key = 14695981039346656037U ^ id->type;

	for (size_t i = 0; i < id->len; i++)
		key = (key ^ id->data[i]) * 1099511628211U;
	return key;
}

struct pool *pool_find(const struct pools *pools, const char *name)
{
	struct pool *pool = pools->first;

	while (pool && strcmp(pool->conf->name, name) != 0)
		pool = pool->next;
	return pool;
}

static void free_leases(struct pool *pool)
{
	struct lease *lease, *next;

	for (lease = pool->first; lease; lease = next) {
		next = lease->next;
		table_remove(&pool->by_id, &lease->by_id);
		ident_free(&lease->id);
		free(lease);
	}
	pool->first = pool->last = pool->oldest = pool->newest = NULL;
	pool->n = 0;
}

static void free_pool(struct pool *pool)
{
	free_leases(pool);
	table_free(&pool->by_id);
	pool_conf_free(pool->conf);
	free(pool);
}

void pools_free(struct pools *pools)
{
	struct pool *pool, *next;

	for (pool = pools->first; pool; pool = next) {
		next = pool->next;
		free_pool(pool);
	}
	pools->first = NULL;
}

static bool is_same(const struct pool_conf *a, const struct pool_conf *b)
{
	return a->size == b->size && addr_compare(&a->first, &b->first) == 0;
}

static int change(struct pool *pool, struct pool_conf *conf, struct err *err)
{
	if (!is_same(pool->conf, conf)) {
		if (pool->n_online) {
			err_set(err, ERR_REFUSED,
				"pool '%.64s': %zu of its addresses are in use, and it can't have others until they are not",
				conf->name, pool->n_online);
			pool_conf_free(conf);
			return -1;
		}
		free_leases(pool);
	}
	pool_conf_free(pool->conf);
	pool->conf = conf;
	return 0;
}

int pool_add(struct pools *pools, struct pool_conf *conf, uint64_t salt,
	     struct err *err)
{
	struct pool *pool = pool_find(pools, conf->name), **at = &pools->first;

	if (pool)
		return change(pool, conf, err);
	pool = calloc(1, sizeof(*pool));
	if (!pool || table_init(&pool->by_id, salt)) {
		free(pool);
		pool_conf_free(conf);
		return err_set(err, ERR_REFUSED, "out of memory");
	}
	pool->conf = conf;
	while (*at)
		at = &(*at)->next;
	*at = pool;
	return 0;
}

int pool_remove(struct pools *pools, const char *name, struct err *err)
{
	struct pool **at = &pools->first, *pool;

	while (*at && strcmp((*at)->conf->name, name) != 0)
		at = &(*at)->next;
	pool = *at;
	if (!pool)
		return err_set(err, ERR_USAGE,
			       "there is no pool '%.64s' to unload", name);
	if (pool->n_online)
		return err_set(err, ERR_REFUSED,
			       "pool '%.64s': %zu of its addresses are in use",
			       name, pool->n_online);
	*at = pool->next;
	free_pool(pool);
	return 0;
}

/* ------------------------------------------------------------------- leases */

static void put_offline(struct pool *pool, struct lease *lease)
{
	lease->older = pool->newest;
	lease->newer = NULL;
	*(lease->older ? &lease->older->newer : &pool->oldest) = lease;
	pool->newest = lease;
	pool->n_online--;
}

static void take_online(struct pool *pool, struct lease *lease)
{
	*(lease->older ? &lease->older->newer : &pool->oldest) = lease->newer;
	*(lease->newer ? &lease->newer->older : &pool->newest) = lease->older;
	lease->older = lease->newer = NULL;
	pool->n_online++;
}

void lease_get(struct lease *lease)
{
	if (!lease->online++)
		take_online(lease->pool, lease);
}

void lease_put(struct lease *lease)
{
	if (!--lease->online)
		put_offline(lease->pool, lease);
}

/* One that it had, best the one that it wants. */
static struct lease *find_former(struct pool *pool, const struct ident *id,
				 const struct addr *wanted)
{
	struct table_node *node = table_first(&pool->by_id, key_of(id));
	struct lease *found = NULL;

	for (; node; node = table_next(node)) {
		struct lease *lease = node->owner;
		bool best = addr_compare(&lease->addr, wanted) == 0;

		if (!lease->online && ident_equal(&lease->id, id) &&
		    (best || !found))
			found = lease;
	}
	return found;
}

static struct addr addr_after(const struct addr *first, size_t n)
{
	struct addr addr = *first;

	for (unsigned int i = addr.len; i-- && n; n >>= 8) {
		n += addr.octets[i];
		addr.octets[i] = (uint8_t)n;
	}
	return addr;
}

static struct lease *make_new(struct pool *pool, const struct ident *id,
			      const struct addr *wanted)
{
	struct lease *lease;

	(void)wanted;
	if (pool->n >= pool->conf->size || pool->n >= LEASES_MAX)
		return NULL;
	lease = calloc(1, sizeof(*lease));
	if (!lease || ident_copy(&lease->id, id)) {
		free(lease);
		return NULL;
	}
	lease->pool = pool;
	lease->addr = addr_after(&pool->conf->first, pool->n++);
	*(pool->last ? &pool->last->next : &pool->first) = lease;
	pool->last = lease;
	table_add(&pool->by_id, &lease->by_id, key_of(id), lease);
	pool->n_online++;
	put_offline(pool, lease);
	return lease;
}

static struct lease *take_oldest(struct pool *pool, const struct ident *id,
				 const struct addr *wanted)
{
	struct lease *lease = pool->oldest;
	struct ident copy = { 0 };

	(void)wanted;
	if (!lease || ident_copy(&copy, id))
		return NULL;
	ident_free(&lease->id);
	lease->id = copy;
	table_add(&pool->by_id, &lease->by_id, key_of(id), lease);
	return lease;
}

struct lease *pools_lease(const struct pools *pools,
			  const struct conf_texts *names,
			  const struct ident *id, const struct addr *wanted)
{
	static struct lease *(*const ways[])(struct pool * pool,
					     const struct ident *id,
					     const struct addr *wanted) = {
		find_former,
		make_new,
		take_oldest,
	};
	struct lease *lease;
	struct pool *pool;

	for (size_t way = 0; way < ARRAY_SIZE(ways); way++) {
		for (size_t i = 0; i < names->n; i++) {
			pool = pool_find(pools, names->texts[i]);
			if (!pool || pool->conf->first.len != wanted->len)
				continue;
			lease = ways[way](pool, id, wanted);
			if (!lease)
				continue;
			lease_get(lease);
			return lease;
		}
	}
	return NULL;
}
