// SPDX-License-Identifier: GPL-2.0-or-later
/* Pools of inner addresses as VICI loads and shows them. */
#include <inttypes.h>
#include <stdio.h>

#include "../conf/option.h"
#include "ctl_client.h"

const struct setting *ctl_pool(const struct ctl *ctl, const char *name)
{
	return setting_find(ctl->pools, name);
}

/* A subnet or a range; the selector of it, since that is the same text. */
static int parse_addrs(const struct setting *pool, struct ts *ts,
		       struct err *err)
{
	const char *text = setting_text(pool, "addrs", NULL);
	struct ts_list list = { .n = 0 };
	struct err why;

	if (!text)
		return setting_err(pool, err, "%.64s: 'addrs' is missing",
				   pool->name);
	if (ts_parse(&list, text, &why))
		return setting_err(pool, err, "%.64s: addrs: %s", pool->name,
				   why.text);
	if (list.n != 1 || list.ts[0].dynamic || list.ts[0].proto)
		return setting_err(
			pool, err,
			"%.64s: addrs: '%.64s' is no subnet or range",
			pool->name, text);
	*ts = list.ts[0];
	return 0;
}

/* Two of an IPv4 subnet are for no host. */
static uint64_t count(const struct ts *ts)
{
	int plen = addr_range_prefix(&ts->start, &ts->end);
	uint64_t n = 0;

	for (unsigned int i = 0; i < ts->start.len; i++) {
		if (n > UINT32_MAX)
			return UINT32_MAX;
		n = n * 256 + ts->end.octets[i] - ts->start.octets[i];
	}
	n++;
	if (ts->start.len == 4 && plen >= 0 && plen < 31)
		n -= 2;
	return n < UINT32_MAX ? n : UINT32_MAX;
}

static int add_pool(struct ctl *ctl, const struct setting *pool,
		    struct err *err)
{
	struct setting *old = setting_find(ctl->pools, pool->name);
	struct setting *copy;
	struct ts ts = { 0 };

	if (pool->kind != SETTING_SECTION)
		return setting_err(pool, err, "'%.64s' is no pool", pool->name);
	if (conf_check(&conf_pool_section, pool, err) ||
	    parse_addrs(pool, &ts, err))
		return -1;
	copy = setting_copy(old ? NULL : ctl->pools, pool);
	if (!copy)
		return setting_err(pool, err, "no memory");
	if (old)
		setting_replace(ctl->pools, old, copy);
	return 0;
}

int ctl_pool_add(struct ctl *ctl, const struct setting *request,
		 struct err *err)
{
	if (!request->first)
		return err_set(err, ERR_USAGE, "no pool to load");
	for (const struct setting *i = request->first; i; i = i->next)
		if (add_pool(ctl, i, err))
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
	struct setting *pool = name ? setting_find(ctl->pools, name) : NULL;

	if (!pool)
		return err_set(err, ERR_USAGE,
			       "there is no pool '%.64s' to unload",
			       name ? name : "");
	setting_take(ctl->pools, pool);
	setting_free(pool);
	return 0;
}

void ctl_unload_pool(struct ctl_client *client, const struct setting *request)
{
	struct err err;

	if (ctl_pool_remove(client->ctl, request, &err))
		ctl_answer_result(client, err.text);
	else
		ctl_answer_result(client, NULL);
}

void ctl_get_pools(struct ctl_client *client, const struct setting *request)
{
	const char *name = ctl_name(request, "name");
	struct setting *answer = ctl_root();
	struct err ignored;

	for (const struct setting *i = client->ctl->pools->first; i;
	     i = i->next) {
		char text[ADDR_TEXT_SIZE];
		struct setting *to;
		struct ts ts = { 0 };

		if ((name && strcmp(i->name, name) != 0) ||
		    parse_addrs(i, &ts, &ignored))
			continue;
		to = ctl_section(answer, i->name);
		ctl_put(to, "base", "%s", addr_digits(&ts.start, text));
		ctl_put(to, "size", "%" PRIu64, count(&ts));
		ctl_put(to, "online", "0");
		ctl_put(to, "offline", "0");
	}
	ctl_answer(client, answer);
}
