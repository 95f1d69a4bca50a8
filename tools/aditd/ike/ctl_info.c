// SPDX-License-Identifier: GPL-2.0-or-later
/* What VICI says of the daemon itself. */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>

#include "../../lib/quantity.h"
#include "../crypto/alg.h"
#include "ctl_client.h"

#ifndef ADIT_VERSION
#define ADIT_VERSION "unknown"
#endif

void ctl_version(struct ctl_client *client, const struct setting *request)
{
	struct setting *answer = ctl_root();
	struct utsname host;

	(void)request;
	uname(&host);
	ctl_put(answer, "daemon", "aditd");
	ctl_put(answer, "version", "%s", ADIT_VERSION);
	ctl_put(answer, "sysname", "%s", host.sysname);
	ctl_put(answer, "release", "%s", host.release);
	ctl_put(answer, "machine", "%s", host.machine);
	ctl_answer(client, answer);
}

static void put_uptime(struct ctl *ctl, struct setting *answer)
{
	static const struct {
		const char *unit;
		uint64_t seconds;
	} units[] = {
		{ "day", 86400 },
		{ "hour", 3600 },
		{ "minute", 60 },
		{ "second", 1 },
	};
	struct setting *uptime = ctl_section(answer, "uptime");
	uint64_t seconds = (ctl->ops->now(ctl->world) - ctl->started) / 1000;
	time_t since = (time_t)ctl->started_at;
	size_t unit = 0;
	uint64_t n;
	struct tm tm;
	char text[64];

	while (unit + 1 < ARRAY_SIZE(units) &&
	       seconds < 2 * units[unit].seconds)
		unit++;
	n = seconds / units[unit].seconds;
	ctl_put(uptime, "running", "%" PRIu64 " %s%s", n, units[unit].unit,
		n == 1 ? "" : "s");
	localtime_r(&since, &tm);
	strftime(text, sizeof(text), "%b %d %H:%M:%S %Y", &tm);
	ctl_put(uptime, "since", "%s", text);
}

/* There are no threads; who reads this wants to find the names. */
static void put_workers(struct setting *answer)
{
	static const char *const names[] = { "critical", "high", "medium",
					     "low" };
	struct setting *workers = ctl_section(answer, "workers");
	struct setting *active, *queues;

	ctl_put(workers, "total", "1");
	ctl_put(workers, "idle", "0");
	active = ctl_section(workers, "active");
	queues = ctl_section(answer, "queues");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		ctl_put(active, names[i], "%d", i == 0);
		ctl_put(queues, names[i], "0");
	}
	ctl_put(answer, "scheduled", "0");
}

void ctl_stats(struct ctl_client *client, const struct setting *request)
{
	const struct mallinfo2 info = mallinfo2();
	struct setting *answer = ctl_root();
	size_t total = 0, half_open = 0;
	struct setting *to;

	(void)request;
	for (const struct ike_sa *i = engine_first(client->ctl->engine); i;
	     i = i->next) {
		total++;
		half_open += i->state < IKE_ESTABLISHED;
	}
	put_uptime(client->ctl, answer);
	put_workers(answer);
	to = ctl_section(answer, "ikesas");
	ctl_put(to, "total", "%zu", total);
	ctl_put(to, "half-open", "%zu", half_open);
	to = ctl_list(answer, "plugins");
	ctl_put(to, NULL, "aditd");
	to = ctl_section(answer, "mallinfo");
	ctl_put(to, "sbrk", "%zu", info.arena);
	ctl_put(to, "mmap", "%zu", info.hblkhd);
	ctl_put(to, "used", "%zu", info.uordblks);
	ctl_put(to, "free", "%zu", info.fordblks);
	ctl_answer(client, answer);
}

/* Names of VICI for our types; AEAD is one of encryption here. */
static const struct {
	const char *name;
	uint8_t type;
	bool aead;
} kinds[] = {
	{ "encryption", TRANSFORM_ENCR, false },
	{ "integrity", TRANSFORM_INTEG, false },
	{ "aead", TRANSFORM_ENCR, true },
	{ "prf", TRANSFORM_PRF, false },
	{ "dh", TRANSFORM_KE, false },
};

void ctl_algorithms(struct ctl_client *client, const struct setting *request)
{
	struct setting *answer = ctl_root();

	(void)request;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct setting *to = ctl_section(answer, kinds[i].name);
		const struct crypto_alg *alg = NULL;

		while ((alg = crypto_alg_next(kinds[i].type, alg)))
			if (alg->aead == kinds[i].aead && alg->ike &&
			    crypto_alg_usable(alg))
				ctl_put(to, alg->name, "openssl");
	}
	ctl_answer(client, answer);
}

static bool put_counters(struct ctl *ctl, struct setting *parent,
			 const char *conn)
{
	const struct engine_counter *list;
	size_t n = engine_counters(ctl->engine, conn, &list);
	struct setting *to = n ? ctl_section(parent, conn ? conn : "") : NULL;

	for (size_t i = 0; i < n; i++)
		ctl_put(to, list[i].name, "%" PRIu64, list[i].value);
	return n;
}

/* What is asked for: all connections, one, or the daemon as a whole. */
static bool has_counters(struct ctl_client *client,
			 const struct setting *request)
{
	const char *name = ctl_name(request, "name");
	const struct engine_counter *list;
	char text[128];

	if (ctl_yes(request, "all") ||
	    engine_counters(client->ctl->engine, name, &list))
		return true;
	snprintf(text, sizeof(text), "there is no connection '%.64s'", name);
	ctl_answer_result(client, text);
	return false;
}

void ctl_get_counters(struct ctl_client *client, const struct setting *request)
{
	struct engine *engine = client->ctl->engine;
	struct setting *answer, *counters;
	const struct conn *conn;

	if (!has_counters(client, request))
		return;
	answer = ctl_root();
	counters = ctl_section(answer, "counters");
	if (!ctl_yes(request, "all"))
		put_counters(client->ctl, counters, ctl_name(request, "name"));
	else
		for (size_t i = 0; (conn = engine_conn_at(engine, i)); i++)
			put_counters(client->ctl, counters, conn->name);
	ctl_put(answer, "success", "yes");
	ctl_answer(client, answer);
}

void ctl_reset_counters(struct ctl_client *client,
			const struct setting *request)
{
	struct engine *engine = client->ctl->engine;
	const struct conn *conn;

	if (!has_counters(client, request))
		return;
	if (!ctl_yes(request, "all"))
		engine_counters_reset(engine, ctl_name(request, "name"));
	else
		for (size_t i = 0; (conn = engine_conn_at(engine, i)); i++)
			engine_counters_reset(engine, conn->name);
	ctl_answer_result(client, NULL);
}

void ctl_get_failures(struct ctl_client *client, const struct setting *request)
{
	struct ctl *ctl = client->ctl;
	const struct engine_failure *list;
	char none[128];
	struct setting *answer = ctl_root();
	struct setting *failures = ctl_section(answer, "failures");
	uint64_t now = ctl->ops->now(ctl->world);
	const char *ike = setting_text(request, "ike", HISTORY_NONE);
	size_t n = engine_failures(ctl->engine, ike, &list);

	if (!n && *ike && !engine_conn(ctl->engine, ike)) {
		setting_free(answer);
		snprintf(none, sizeof(none), "there is no connection '%.64s'",
			 ike);
		ctl_answer_result(client, none);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct setting *to;
		char name[24];

		snprintf(name, sizeof(name), "%zu", i);
		to = ctl_section(failures, name);
		ctl_put(to, "ago", "%" PRIu64, (now - list[i].at) / 1000);
		ctl_put(to, "text", "%s", list[i].text);
		if (*list[i].hint)
			ctl_put(to, "hint", "%s", list[i].hint);
	}
	ctl_put(answer, "success", "yes");
	ctl_answer(client, answer);
}
