// SPDX-License-Identifier: GPL-2.0-or-later
/* Pools of inner addresses as VICI loads and shows them. */
#include <stdio.h>

#include "../conf/pool.h"
#include "ctl_client.h"

/* The pool is whose it was brought by last. */
static void set_origin(struct ctl *ctl, const char *name,
		       enum ctl_origin origin)
{
	struct setting *old = setting_find(ctl->pools, name);

	if (old)
		setting_take(ctl->pools, old);
	setting_free(old);
	if (origin == CTL_OF_FILES)
		ctl_put(ctl->pools, name, "yes");
}

int ctl_pool_add(struct ctl *ctl, const struct setting *request,
		 enum ctl_origin origin, struct err *err)
{
	struct pool_conf *conf;

	if (!request->first)
		return err_set(err, ERR_USAGE, "no pool to load");
	for (const struct setting *i = request->first; i; i = i->next) {
		if (conf_pool_read(i, &conf, err) ||
		    engine_pool_add(ctl->engine, conf, err))
			return -1;
		set_origin(ctl, i->name, origin);
	}
	return 0;
}

/* swanctl unloads all pools that are not in its own files. */
int ctl_pool_remove(struct ctl *ctl, const struct setting *request,
		    enum ctl_origin origin, struct err *err)
{
	const char *name = setting_text(request, "name", "");

	if (origin == CTL_OF_CLIENT && setting_find(ctl->pools, name))
		return err_set(
			err, ERR_REFUSED,
			"pool '%.64s' is of the configuration files, so it stays",
			name);
	if (engine_pool_remove(ctl->engine, name, err))
		return -1;
	set_origin(ctl, name, CTL_OF_CLIENT);
	return 0;
}

static void put_leases(struct setting *parent, const struct pool *pool)
{
	struct setting *leases = ctl_section(parent, "leases");
	char text[ADDR_TEXT_SIZE], id[IDENT_TEXT_SIZE], name[24];
	unsigned int n = 0;

	for (const struct lease *i = pool->first; i; i = i->next) {
		struct setting *to;

		snprintf(name, sizeof(name), "%u", n++);
		to = ctl_section(leases, name);
		ctl_put(to, "address", "%s", addr_digits(&i->addr, text));
		ctl_put(to, "identity", "%s", ident_show(&i->id, id));
		ctl_put(to, "status", "%s", i->online ? "online" : "offline");
	}
}

void ctl_get_pools(struct ctl_client *client, const struct setting *request)
{
	const struct pool *pool = engine_pools(client->ctl->engine);
	const char *name = ctl_name(request, "name");
	struct setting *answer = ctl_root();
	char text[ADDR_TEXT_SIZE];

	for (; pool; pool = pool->next) {
		const struct pool_conf *conf = pool->conf;
		struct setting *to;

		if (name && strcmp(conf->name, name) != 0)
			continue;
		to = ctl_section(answer, conf->name);
		ctl_put(to, "base", "%s", addr_digits(&conf->base, text));
		ctl_put(to, "size", "%u", conf->size);
		ctl_put(to, "online", "%zu", pool->n_online);
		ctl_put(to, "offline", "%zu", pool->n - pool->n_online);
		if (ctl_yes(request, "leases"))
			put_leases(to, pool);
	}
	ctl_answer(client, answer);
}
