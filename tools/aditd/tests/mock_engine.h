/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An engine that only looks like one: what core/engine.h has for the control
 * socket. For one test program, which then does not get the real one.
 */
#ifndef ADITD_TESTS_MOCK_ENGINE_H
#define ADITD_TESTS_MOCK_ENGINE_H

#include <stdio.h>

#include "../core/engine.h"
#include "../core/pool.h"

enum { MOCK_CONNS = 64 };

struct mock {
	struct conn *conns[MOCK_CONNS];
	size_t n_conns;
	unsigned int adds; /* calls of engine_conn_add() */
	unsigned int forgets; /* and of engine_forget_tickets() */
	struct ike_sa *first;
	char asked[512]; /* what was called, in words */
	size_t matches; /* of terminate and rekey */
	bool at_once; /* done is called from within */
	engine_done_fn done;
	void *done_arg;
	const char *refuse; /* of initiate and trap */
	struct engine_failure failure;
	struct engine_counter counters[2], conn_counters[2];
	struct pools pools;
};

static struct mock mock;

static void say(const char *what, const char *a, const char *b)
{
	snprintf(mock.asked, sizeof(mock.asked), "%s %s %s", what, a ? a : "-",
		 b ? b : "-");
}

static int mock_answer(engine_done_fn done, void *arg, struct err *err)
{
	if (mock.refuse)
		return err_set(err, ERR_USAGE, "%s", mock.refuse);
	if (mock.at_once && done)
		done(arg, 0, "");
	else if (done) {
		mock.done = done;
		mock.done_arg = arg;
	}
	return 0;
}

int engine_conn_add(struct engine *engine, struct conn *conn, struct err *err)
{
	(void)engine;
	mock.adds++;
	for (size_t i = 0; i < mock.n_conns; i++) {
		if (strcmp(mock.conns[i]->name, conn->name) != 0)
			continue;
		conn_put(mock.conns[i]);
		mock.conns[i] = conn_get(conn);
		return 0;
	}
	if (mock.n_conns == MOCK_CONNS)
		return err_set(err, ERR_USAGE, "too many");
	mock.conns[mock.n_conns++] = conn_get(conn);
	return 0;
}

bool engine_conn_remove(struct engine *engine, const char *name)
{
	(void)engine;
	for (size_t i = 0; i < mock.n_conns; i++) {
		if (strcmp(mock.conns[i]->name, name) != 0)
			continue;
		conn_put(mock.conns[i]);
		mock.conns[i] = mock.conns[--mock.n_conns];
		return true;
	}
	return false;
}

struct conn *engine_conn_at(struct engine *engine, size_t i)
{
	(void)engine;
	return i < mock.n_conns ? mock.conns[i] : NULL;
}

struct conn *engine_conn(struct engine *engine, const char *name)
{
	(void)engine;
	for (size_t i = 0; i < mock.n_conns; i++)
		if (strcmp(mock.conns[i]->name, name) == 0)
			return mock.conns[i];
	return NULL;
}

int engine_initiate(struct engine *engine, const char *conn, const char *child,
		    engine_done_fn done, void *arg, struct err *err)
{
	(void)engine;
	say("initiate", conn, child);
	return mock_answer(done, arg, err);
}

size_t engine_terminate(struct engine *engine, const struct engine_pick *pick,
			bool force, engine_done_fn done, void *arg)
{
	struct err err;

	(void)engine;
	say(force ? "terminate by force" : "terminate", pick->ike, pick->child);
	if (mock.matches)
		mock_answer(done, arg, &err);
	return mock.matches;
}

size_t engine_rekey(struct engine *engine, const struct engine_pick *pick,
		    bool reauth)
{
	(void)engine;
	say(reauth ? "reauth" : "rekey", pick->ike, pick->child);
	return mock.matches;
}

struct ike_sa *engine_first(struct engine *engine)
{
	(void)engine;
	return mock.first;
}

struct ike_sa *engine_ike(struct engine *engine, uint32_t unique)
{
	struct ike_sa *sa = engine_first(engine);

	while (sa && sa->unique != unique)
		sa = sa->next;
	return sa;
}

int engine_trap(struct engine *engine, const char *conn, const char *child,
		bool on, struct err *err)
{
	(void)engine;
	say(on ? "trap" : "untrap", conn, child);
	return mock_answer(NULL, NULL, err);
}

bool engine_trapped_at(struct engine *engine, size_t i,
		       struct engine_trapped *out)
{
	(void)engine;
	if (i >= mock.n_conns || !mock.conns[i]->children)
		return false;
	*out = (struct engine_trapped){ .conn = mock.conns[i],
					.child = mock.conns[i]->children };
	return true;
}

int engine_pool_add(struct engine *engine, struct pool_conf *conf,
		    struct err *err)
{
	(void)engine;
	return pool_add(&mock.pools, conf, 0, err);
}

int engine_pool_remove(struct engine *engine, const char *name, struct err *err)
{
	(void)engine;
	return pool_remove(&mock.pools, name, err);
}

const struct pool *engine_pools(const struct engine *engine)
{
	(void)engine;
	return mock.pools.first;
}

size_t engine_failures(struct engine *engine, const char *conn,
		       const struct engine_failure **list)
{
	(void)engine;
	*list = &mock.failure;
	return strcmp(conn, "home") == 0;
}

size_t engine_counters(struct engine *engine, const char *conn,
		       const struct engine_counter **list)
{
	(void)engine;
	*list = conn ? mock.conn_counters : mock.counters;
	return conn && strcmp(conn, "home") != 0 ? 0 : 2;
}

void engine_forget_tickets(struct engine *engine)
{
	(void)engine;
	mock.forgets++;
}

void engine_counters_reset(struct engine *engine, const char *conn)
{
	struct engine_counter *list = conn ? mock.conn_counters : mock.counters;

	(void)engine;
	list[0].value = 0;
	list[1].value = 0;
}

const char *ike_sa_waits(const struct ike_sa *sa, char *buf, size_t size)
{
	snprintf(buf, size, "%s", sa->waits_for);
	return buf;
}

const char *ike_state_name(enum ike_state state)
{
	return state == IKE_ESTABLISHED ? "ESTABLISHED" : "CONNECTING";
}

const char *child_state_name(enum child_state state)
{
	return state == CHILD_INSTALLED ? "INSTALLED" : "OTHER";
}

#endif
