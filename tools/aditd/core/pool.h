/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pools of inner addresses, and who has which of them. A lease stays when its
 * identity goes offline, so that it gets the same address the next time; when
 * there is no other address left, the one that was offline longest is given to
 * somebody else.
 */
#ifndef ADITD_CORE_POOL_H
#define ADITD_CORE_POOL_H

#include "../../lib/buf.h"
#include "conf.h"
#include "table.h"

enum { POOL_SIZE_MAX = INT32_MAX, POOL_ATTRIBUTES_MAX = 64 };

/* What is told with the addresses: a type of RFC 7296, 3.15.1. */
struct pool_attribute {
	uint16_t type;
	struct buf value;
};

struct pool_conf {
	char name[CONF_NAME_MAX];
	struct addr base; /* as it is shown */
	struct addr first; /* that is given */
	uint32_t size;
	size_t n_attributes;
	struct pool_attribute attributes[POOL_ATTRIBUTES_MAX];
};

void pool_conf_free(struct pool_conf *conf); /* and what it points to */

struct lease {
	struct lease *next; /* of the pool, in the order of addresses */
	struct lease *older, *newer; /* of those that are offline */
	struct pool *pool;
	struct addr addr;
	struct ident id;
	unsigned int online; /* IKE SAs that have it */
	struct table_node by_id;
};

struct pool {
	struct pool *next;
	struct pool_conf *conf;
	struct lease *first, *last;
	struct lease *oldest, *newest; /* offline */
	size_t n; /* leases there are */
	size_t n_online;
	struct table by_id;
};

struct pools {
	struct pool *first;
};

/*
 * @conf is the pool's then, whatever it says. One that is there is changed,
 * but its addresses only while nobody has one of them.
 */
int pool_add(struct pools *pools, struct pool_conf *conf, uint64_t salt,
	     struct err *err);
int pool_remove(struct pools *pools, const char *name, struct err *err);
struct pool *pool_find(const struct pools *pools, const char *name);
void pools_free(struct pools *pools);

/*
 * An address of @wanted's family for that identity, of the pools in their
 * order: the one that it had (@wanted, if it had several), a new one, or one
 * that somebody had before. NULL if there is none. Counted.
 */
struct lease *pools_lease(const struct pools *pools,
			  const struct conf_texts *names,
			  const struct ident *id, const struct addr *wanted);
void lease_get(struct lease *lease);
void lease_put(struct lease *lease);

#endif
