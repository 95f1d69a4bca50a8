// SPDX-License-Identifier: GPL-2.0-or-later
/* Pools of inner addresses as VICI loads and shows them. */
#include <stdio.h>

#include "../conf/pool.h"
#include "ctl_client.h"

int ctl_pool_add(struct ctl *ctl, const struct setting *request,
		 struct err *err)
{
	struct pool_conf *conf;

	if (!request->first)
		return err_set(err, ERR_USAGE, "no pool to load");
	for (const struct setting *i = request->first; i; i = i->next)
		if (conf_pool_read(i, &conf, err) ||
		    engine_pool_add(ctl->engine, conf, err))
			return -1;
	return 0;
}

void ctl_load_pool(struct ctl_client *client, const struct setting *request)
{
	struct err err;

	if (ctl_pool_add(client->ctl, request, &err))
		ctl_answer_result(client, err.text);
	else
		ctl_answer_result(client, NULL);
}

int ctl_pool_remove(struct ctl *ctl, const struct setting *request,
		    struct err *err)
{
	const char *name = ctl_name(request, "name");

	return engine_pool_remove(ctl->engine, name ? name : "", err);
}

void ctl_unload_pool(struct ctl_client *client, const struct setting *request)
{
	struct err err;

	if (ctl_pool_remove(client->ctl, request, &err))
		ctl_answer_result(client, err.text);
	else
		ctl_answer_result(client, NULL);
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
