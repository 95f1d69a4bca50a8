// SPDX-License-Identifier: GPL-2.0-or-later
/* The engine itself, and what comes into it from outside. See engine.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "child.h"

void counter_add(struct engine *engine, enum counter counter)
{
	engine->counts[counter]++;
}

static void count_conn(struct engine *engine, const char *conn,
		       enum counter counter)
{
	struct conn_slot *slot = conn_slot(engine, conn);

	if (slot)
		slot->counts[counter]++;
}

void ike_sa_count(const struct ike_sa *sa, enum counter counter)
{
	counter_add(sa->engine, counter);
	if (sa->conn)
		count_conn(sa->engine, sa->conn->name, counter);
}

uint64_t engine_now(const struct engine *engine)
{
	return engine->env.ops->now(engine->env.world);
}

int engine_random(const struct engine *engine, void *out, size_t len)
{
	return engine->env.ops->random(engine->env.world, out, len);
}

static struct table *tables_of(struct engine *engine, size_t i)
{
	struct table *const tables[] = {
		&engine->by_spi,  &engine->by_cookie, &engine->by_unique,
		&engine->by_peer, &engine->child_in,  &engine->child_out,
		&engine->by_init, &engine->child_id,  &engine->child_unique,
		&engine->by_from, &engine->slot_name, &engine->slot_remote,
		&engine->by_conn,
	};

	return i < ARRAY_SIZE(tables) ? tables[i] : NULL;
}

struct engine *engine_new(const struct env *env)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	struct table *table;
	uint64_t salt;

	if (!engine)
		return NULL;
	engine->env = *env;
	engine->slots_end = &engine->slots;
	pace_init(engine);
	engine->errors = (struct limit){ .per_second = 20, .burst = 100 };
	engine->cookies.refused =
		(struct limit){ .per_second = REFUSED_PER_SECOND,
				.burst = REFUSED_BURST };
	for (size_t i = 0; (table = tables_of(engine, i)) != NULL; i++) {
		if (engine_random(engine, &salt, sizeof(salt)) ||
		    table_init(table, salt)) {
			engine_free(engine);
			return NULL;
		}
	}
	return engine;
}

void engine_set_secret(struct engine *engine,
		       const uint8_t secret[ENGINE_SECRET_LEN])
{
	memcpy(engine->secret, secret, ENGINE_SECRET_LEN);
	engine->has_secret = true;
}

void engine_forget_tickets(struct engine *engine)
{
	ticket_keys_free(&engine->tickets);
}

void engine_add_version(struct engine *engine,
			const struct ike_version_ops *ops)
{
	for (size_t i = 0; i < VERSIONS_MAX; i++) {
		if (!engine->versions[i]) {
			engine->versions[i] = ops;
			return;
		}
	}
}

const struct ike_version_ops *engine_version(const struct engine *engine,
					     unsigned int major)
{
	for (size_t i = 0; i < VERSIONS_MAX; i++)
		if (engine->versions[i] && engine->versions[i]->major == major)
			return engine->versions[i];
	return NULL;
}

static void reap(struct engine *engine)
{
	struct child_sa *child;
	struct ike_sa *sa;

	while ((child = engine->dead_children) != NULL) {
		engine->dead_children = child->next;
		free(child);
	}
	while ((sa = engine->dead) != NULL) {
		engine->dead = sa->next;
		ident_free(&sa->local_id);
		ident_free(&sa->remote_id);
		ident_free(&sa->eap_id);
		free(sa->vips.names);
		conn_put(sa->conn);
		sa->ops->destroy(sa);
	}
}

void engine_enter(struct engine *engine)
{
	engine->depth++;
}

void engine_leave(struct engine *engine)
{
	if (engine->depth == 1)
		reap(engine);
	engine->depth--;
}

void engine_free(struct engine *engine)
{
	struct table *table;

	if (!engine)
		return;
	engine->closing = true;
	engine_enter(engine);
	while (engine->first)
		ike_sa_remove(engine->first, "the daemon stops");
	while (engine->slots)
		engine_conn_remove(engine, engine->slots->conn->name);
	pace_stop(engine);
	engine_leave(engine);
	for (size_t i = 0; (table = tables_of(engine, i)) != NULL; i++)
		table_free(table);
	pools_free(&engine->pools);
	history_free(&engine->history);
	explicit_bzero(&engine->cookies, sizeof(engine->cookies));
	ticket_keys_free(&engine->tickets);
	explicit_bzero(engine->secret, sizeof(engine->secret));
	free(engine);
}

void engine_close_all(struct engine *engine)
{
	engine->closing = true;
	engine_enter(engine);
	while (engine->first) {
		if (engine->first->state == IKE_ESTABLISHED)
			engine->first->ops->farewell(engine->first);
		ike_sa_remove(engine->first, "the daemon stops");
	}
	engine_leave(engine);
}

void engine_log(struct engine *engine, enum env_level level,
		const struct ike_sa *sa, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	engine->env.ops->log(engine->env.world, level, sa, text);
}

void engine_fail(struct engine *engine, const struct ike_sa *sa,
		 const char *conn, const char *text, const char *hint)
{
	counter_add(engine, COUNT_FAILURES);
	if (conn)
		count_conn(engine, conn, COUNT_FAILURES);
	engine_log(engine, LEVEL_ERROR, sa, "%s%s%s", text,
		   hint && *hint ? "; " : "", hint ? hint : "");
	history_add(&engine->history, conn, engine_now(engine), text, hint);
}

bool engine_may_tell(struct engine *engine)
{
	struct cookies *cookies = &engine->cookies;

	if (limit_take(&cookies->refused, engine_now(engine)))
		return true;
	cookies->until = engine_now(engine) + REFUSED_COOKIES_MS;
	counter_add(engine, COUNT_FAILURES);
	return false;
}

void engine_input(struct engine *engine, const struct ike_path *path,
		  struct span message)
{
	const struct ike_version_ops *ops = NULL;

	/* The version is at the same place in all of them (RFC 7296, 3.1). */
	if (message.len > 17)
		ops = engine_version(engine, message.data[17] >> 4);
	/* Who is newer than us learns that from the newest that we have. */
	if (!ops && message.len > 17 && message.data[17] >> 4 > 2)
		ops = engine_version(engine, 2);
	if (!ops) {
		counter_add(engine, COUNT_INVALID);
		return;
	}
	engine_enter(engine);
	ops->input(engine, path, message);
	engine_leave(engine);
}

void engine_auth_done(struct engine *engine, uint32_t cookie,
		      const struct env_auth_reply *reply)
{
	struct ike_sa *sa = ike_sa_of_cookie(engine, cookie);

	if (!sa)
		return;
	engine_enter(engine);
	ike_sa_uncookie(sa);
	sa->ops->auth_done(sa, reply);
	engine_leave(engine);
}

void engine_expire(struct engine *engine, uint32_t spi, bool inbound, bool hard)
{
	struct child_sa *child = table_find(
		inbound ? &engine->child_in : &engine->child_out, spi);

	if (!child || child->state != CHILD_INSTALLED)
		return;
	engine_enter(engine);
	ike_sa_log(child->ike, LEVEL_INFO, "child %s{%u}: %s limit reached",
		   child->conf->name, child->unique, hard ? "hard" : "soft");
	ike_sa_want(child->ike, hard ? TASK_CHILD_DELETE : TASK_CHILD_REKEY,
		    child->unique);
	engine_leave(engine);
}

/* Verified ESP came from elsewhere; the device has followed it already. */
void engine_moved(struct engine *engine, const char *interface, uint32_t peer,
		  const struct ike_path *path)
{
	struct table_node *node = table_first(&engine->by_peer, peer);
	struct ike_sa *sa;

	engine_enter(engine);
	for (; node; node = table_next(node)) {
		sa = node->owner;
		if (strcmp(sa->interface, interface) != 0 || !sa->nat_there ||
		    sa->path.tcp)
			continue;
		sa->path.remote = path->remote;
		sa->path.remote_port = path->remote_port;
		engine->env.ops->event(engine->env.world, EVENT_CHANGED, sa,
				       NULL);
	}
	engine_leave(engine);
}

void engine_unknown_spi(struct engine *engine, const struct ike_path *path,
			uint8_t protocol, uint32_t spi)
{
	engine_enter(engine);
	for (size_t i = 0; i < VERSIONS_MAX; i++)
		if (engine->versions[i] && engine->versions[i]->unknown_spi)
			engine->versions[i]->unknown_spi(engine, path, protocol,
							 spi);
	engine_leave(engine);
}

void engine_install_failed(struct engine *engine, uint32_t cookie,
			   const char *text)
{
	struct child_sa *child = child_of_unique(engine, cookie);

	if (!child)
		return;
	engine_enter(engine);
	engine_fail(engine, child->ike, child->ike->conn->name, text,
		    "the kernel did not take the child");
	ike_sa_want(child->ike, TASK_CHILD_DELETE, child->unique);
	engine_leave(engine);
}

struct ike_sa *engine_first(struct engine *engine)
{
	return engine->first;
}

struct ike_sa *engine_ike(struct engine *engine, uint32_t unique)
{
	return table_find(&engine->by_unique, unique);
}

int engine_pool_add(struct engine *engine, struct pool_conf *conf,
		    struct err *err)
{
	uint64_t salt = 0;

	engine_random(engine, &salt, sizeof(salt));
	return pool_add(&engine->pools, conf, salt, err);
}

int engine_pool_remove(struct engine *engine, const char *name, struct err *err)
{
	return pool_remove(&engine->pools, name, err);
}

const struct pool *engine_pools(const struct engine *engine)
{
	return engine->pools.first;
}

size_t engine_failures(struct engine *engine, const char *conn,
		       const struct engine_failure **list)
{
	return history_list(&engine->history, conn, list);
}

size_t engine_counters(struct engine *engine, const char *conn,
		       const struct engine_counter **list)
{
#define NAME(name, text) [COUNT_##name] = (text),
	static const char *const names[] = { COUNTERS(NAME) };
#undef NAME

	const struct conn_slot *slot = conn ? conn_slot(engine, conn) : NULL;
	const uint64_t *counts = slot ? slot->counts : engine->counts;

	if (conn && !slot)
		return 0;
	for (size_t i = 0; i < COUNTS; i++)
		engine->shown[i] = (struct engine_counter){
			.name = names[i],
			.value = counts[i],
		};
	*list = engine->shown;
	return COUNTS;
}

void engine_counters_reset(struct engine *engine, const char *conn)
{
	struct conn_slot *slot = conn ? conn_slot(engine, conn) : NULL;

	if (slot)
		memset(slot->counts, 0, sizeof(slot->counts));
	else if (!conn)
		memset(engine->counts, 0, sizeof(engine->counts));
}
